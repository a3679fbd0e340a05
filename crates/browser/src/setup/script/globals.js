// What the page has put on its window, for the inventory, which asks for it from a world of its own. Descriptors only, so that
// no getter of the page runs.
if (isWindow && parent === window) {
  const { keys } = Object;
  const printed = uncurry(Function.prototype.toString);
  const AnswerEvent = CustomEvent;
  const isNative = (value) => typeof value === "function" && indexOf(printed(value), "[native code]") >= 0;
  /** The names of an object's properties that `is` says yes to, by their place. */
  const namesOf = (holder, is) => {
    const found = { __proto__: null };
    const names = isObject(holder) ? keys(holder) : "";
    for (let at = 0, count = 0; at < names.length && count < GLOBALS; at++) {
      if (!is(names[at])) continue;
      found[count] = slice(names[at], 0, NAME_LENGTH);
      count += 1;
    }
    return found;
  };
  /** Texts that stand at these places of the window. */
  const textsAt = (...paths) => {
    const found = { __proto__: null };
    for (let at = 0; at < paths.length; at++) {
      let value = globalThis;
      for (let depth = 0; depth < paths[at].length; depth++) value = plain(value, paths[at][depth]);
      found[at] = text(value, NAME_LENGTH);
    }
    return found;
  };
  const isOfPage = (name) => {
    const found = own(window, name);
    return found !== undefined && !isNative("value" in found ? found.value : found.get);
  };

  const answer = {
    [SECRET]: () => {
      const said = { __proto__: null, names: namesOf(window, isOfPage) };
      said.managed = namesOf(plain(globalThis, "google_tag_manager"), () => true);
      said.utag = textsAt(["utag", "data", "ut.account"], ["utag", "data", "ut.profile"], ["utag", "cfg", "utid"], ["utag", "cfg", "path"]);
      said.satellite = textsAt(["_satellite", "property", "id"], ["_satellite", "property", "name"], ["_satellite", "buildInfo", "buildDate"]);
      apply(dispatch, window, [new AnswerEvent(`${ASK}ed`, { __proto__: null, detail: stringify(said) })]);
    },
  }[SECRET];
  addEventListener(ASK, answer);
}
