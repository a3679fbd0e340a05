// Web storage that is written by its method, databases and caches that are opened.
{
  const area = (name) => [name, accessor(window, `${name}Storage`)];
  const areas = isWindow ? [area("local"), area("session")] : [];

  method(prototypeOf("Storage"), "setItem", (self, values, result, from) => {
    const key = values[0];
    const value = values[1];
    // Conversions are the page's own code: what needs one is left to the browser's own account.
    if (isObject(key) || isObject(value)) return;
    const length = `${value}`.length;
    for (let at = 0; at < areas.length; at++) {
      if (areas[at][1](window) !== self) continue;
      const fields = { __proto__: null, area: areas[at][0], name: slice(`${key}`, 0, NAME_LENGTH), length };
      report("stored", `${areas[at][0]} setItem`, `${key}`, fields, from);
    }
  });

  const opened = (area) => (self, values, result, from) => {
    if (typeof values[0] !== "string") return;
    const fields = { __proto__: null, area, name: slice(values[0], 0, NAME_LENGTH), length: 0 };
    report("stored", area, values[0], fields, from);
  };
  method(prototypeOf("IDBFactory"), "open", opened("indexed_db"));
  method(prototypeOf("CacheStorage"), "open", opened("cache"));
}
