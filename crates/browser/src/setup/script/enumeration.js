// Scripts that go through the properties of the navigator or the screen. Pages read one or two of them all the time:
// only a script that reads many is told.
const enumerated = (holder, api) => {
  if (!holder) return;
  const readers = { __proto__: null };
  const reads = { __proto__: null };

  const note = (name) => (self, values, result, from) => {
    const taken = (reads[name] || 0) + 1;
    reads[name] = taken;
    if (taken > READS || left <= 0) return;
    if (taken === READS) tell("capped", { __proto__: null, what: `${api}.${name}` }, "");
    const line = trace(from, 1);
    const script = line === "" ? "" : scriptOf(line);
    const reader = readers[script] || { __proto__: null, names: { __proto__: null }, list: "", count: 0 };
    readers[script] = reader;
    if (reader.names[name]) return;
    reader.names[name] = true;
    reader.list += reader.count ? `,${name}` : name;
    reader.count += 1;
    if (told[reader.count]) {
      const detail = `properties=${reader.count} names=${reader.list}`;
      tell("call", { __proto__: null, api, detail, count: 1 }, trace(from));
    }
  };

  const told = { __proto__: null, 8: true, 12: true, 16: true, 24: true, 32: true };
  for (const name of Object.getOwnPropertyNames(holder)) hook(holder, name, "get", note(name));
};

enumerated(prototypeOf("Navigator") || prototypeOf("WorkerNavigator"), "Navigator");
enumerated(prototypeOf("Screen"), "Screen");
