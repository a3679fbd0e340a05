// A flood of console messages freezes the whole headless shell: what exceeds the limit does not leave the page.
{
  let calls = CONSOLE_CALLS;
  const cap = (native) => {
    const trap = {
      [SECRET]: (target, self, values) => {
        try {
          return calls-- > 0 ? apply(target, self, values) : undefined;
        } catch (error) {
          conceal(error, trap);
          throw error;
        }
      },
    }[SECRET];
    return disguise(native, { __proto__: null, apply: trap });
  };
  for (const name of Object.keys(console)) {
    if (typeof console[name] === "function") console[name] = cap(console[name]);
  }
}
