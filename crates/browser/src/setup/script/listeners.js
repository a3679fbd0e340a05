// Who asks to be told of what a visitor does.
if (isWindow) {
  const events = { __proto__: null };
  for (const name of EVENTS.split(" ")) events[name] = true;

  const listened = (means, event, target, from) => {
    if (isSpent(`${means} ${event}`)) return;
    const selector = selectorOf(target);
    if (selector === undefined) return;
    const fields = { __proto__: null, event, target: selector, means };
    report("listener", `${means} ${event}`, selector, fields, from);
  };

  method(EventTarget.prototype, "addEventListener", (self, values, result, from) => {
    if (!isObject(values[1])) return;
    listenedOnCanvas(self);
    if (typeof values[0] === "string" && events[values[0]]) listened("listener", values[0], self, from);
  });

  const holders = [Document, Element, HTMLElement, HTMLBodyElement, SVGElement].map(({ prototype }) => prototype);
  for (const holder of [window, ...holders]) {
    for (const event of EVENTS.split(" ")) {
      hook(holder, `on${event}`, "set", (self, values, result, from) => {
        if (isObject(values[0])) listened("handler", event, self, from);
      });
    }
  }

  method(MutationObserver.prototype, "observe", (self, values, result, from) => {
    const selector = selectorOf(values[0]);
    if (selector === undefined) return;
    const option = (name) => (plain(values[1], name) ? ` ${name}` : "");
    const options = option("childList") + option("attributes") + option("characterData") + option("subtree");
    const target = `${selector} (${trim(options)})`;
    report("listener", "observe", target, { __proto__: null, event: "mutation", target, means: "observer" }, from);
  });
}
