// A flood of console messages freezes the whole headless shell: what exceeds the limit does not leave the page.
(() => {
  let left = LIMIT;
  const cap = (method) => new Proxy(method, {
    apply: (target, self, values) => (left-- > 0 ? Reflect.apply(target, self, values) : undefined),
  });
  for (const name of Object.keys(console)) {
    if (typeof console[name] === "function") console[name] = cap(console[name]);
  }
})();
