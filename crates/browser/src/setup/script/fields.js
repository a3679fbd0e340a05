// Who reads what stands in a visitor's fields. What stands there is not looked at.
if (isWindow) {
  const typeOf = accessor(HTMLInputElement.prototype, "type");
  const notTyped = { __proto__: null };
  const others = "hidden submit button reset image checkbox radio file range color";
  for (const type of others.split(" ")) notTyped[type] = true;

  const read = (self, values, result, from) => {
    // A field that is in no document is none of a visitor's.
    if (isSpent("value") || !isConnected(self) || notTyped[typeOf(self) || ""]) return;
    const selector = selectorOf(self);
    report("read", "value", selector, { __proto__: null, target: selector }, from);
  };
  for (const element of [HTMLInputElement, HTMLTextAreaElement, HTMLSelectElement]) {
    hook(element.prototype, "value", "get", read);
  }

  // `new FormData(form)` reads all of its fields at once.
  const elementsOf = accessor(HTMLFormElement.prototype, "elements");
  const countOf = accessor(HTMLCollection.prototype, "length");
  const item = uncurry(HTMLCollection.prototype.item);
  constructor("FormData", (values, from) => {
    const elements = elementsOf(values[0]);
    const count = countOf(elements) || 0;
    for (let at = 0; at < count && at < TARGETS; at++) {
      const element = item(elements, at);
      if (nodeName(element) !== "BUTTON" && nodeName(element) !== "FIELDSET") read(element, undefined, undefined, from);
    }
  });
}
