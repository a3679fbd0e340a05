// Wrappers that look like what they wrap.

/** Whether something inherits from a wrapper, or from this one. */
const inherits = (value, from) => {
  for (let at = value, depth = 0; isObject(at) && depth < 100; at = getPrototypeOf(at), depth++) {
    if (from ? at === from : shared.nativeOf(at)) return true;
  }
  return false;
};

/** A function that does what `native` does, and then lets `note` know. */
const wrap = (native, note) => {
  // The name by which the stacks of errors and of the browser tell our frames from the page's.
  const trap = {
    [SECRET]: (target, self, values) => {
      let result;
      try {
        result = apply(target, self, values);
      } catch (error) {
        conceal(error, trap);
        throw error;
      }
      try {
        note(self, values, result, trap);
      } catch {
        // The page must not notice.
      }
      return result;
    },
  }[SECRET];
  return disguise(native, { __proto__: null, apply: trap });
};

/** The same for a constructor, which `note` is told the arguments of. */
const wrapConstructor = (native, note) => {
  let wrapped;
  const trap = {
    [SECRET]: (target, values, made) => {
      let result;
      try {
        result = construct(target, values, made === wrapped ? target : made);
      } catch (error) {
        conceal(error, trap);
        throw error;
      }
      try {
        note(values, trap);
      } catch {
        // The page must not notice.
      }
      return result;
    },
  }[SECRET];
  // The natives of these two look at whom they are called on.
  const get = {
    [SECRET]: (target, name, on) =>
      on === wrapped && (name === "arguments" || name === "caller") ? null : getOf(target, name, on),
  }[SECRET];
  wrapped = disguise(native, { __proto__: null, construct: trap, get });
  return wrapped;
};

const disguise = (native, traps) => {
  // Setting a function's prototype to something that inherits from it fails for a native one.
  const cycle = {
    [SECRET]: (target, proto) => {
      if (!inherits(proto, wrapped)) return setPrototypeOf(target, proto);
      if (indexOf(trace(cycle, 1), "at Reflect.") >= 0) return false;
      try {
        return setPrototypeOfOrThrow(target, target);
      } catch (error) {
        captureStackTrace(error, cycle);
        throw error;
      }
    },
  }[SECRET];
  const wrapped = new Proxy(native, { __proto__: null, ...traps, setPrototypeOf: cycle });
  shared.keep(wrapped, native);
  return wrapped;
};

/** Puts a wrapper in the place of a method, getter or setter, if there is one. */
const hook = (holder, name, kind, note) => {
  const found = holder && own(holder, name);
  if (!found || !found.configurable || typeof found[kind] !== "function") return;
  found[kind] = wrap(found[kind], note);
  define(holder, name, found);
};

/** Puts a wrapper in the place of a constructor, on the realm and on its prototype. */
const constructor = (name, note) => {
  const found = own(globalThis, name);
  if (!found || !found.configurable || typeof found.value !== "function") return;
  const { prototype } = found.value;
  const back = own(prototype, "constructor");
  found.value = wrapConstructor(found.value, note);
  define(globalThis, name, found);
  back.value = found.value;
  define(prototype, "constructor", back);
};

const method = (holder, name, note) => hook(holder, name, "value", note);
const prototypeOf = (name) => globalThis[name]?.prototype;

// Functions print as what they wrap, whichever realm's `toString` is asked.
{
  const found = own(Function.prototype, "toString");
  const trap = {
    [SECRET]: (target, self, values) => {
      const native = isObject(self) ? shared.nativeOf(self) : undefined;
      if (native || typeof self === "function") return apply(target, native || self, values);
      // It will throw: one frame of the stack will be ours.
      const limit = own(NativeError, "stackTraceLimit")?.value;
      const unlimit = typeof limit === "number" && lend("stackTraceLimit", limit + 1);
      try {
        return apply(target, self, values);
      } catch (error) {
        if (unlimit) unlimit();
        conceal(error, trap, inherits(self));
        throw error;
      }
    },
  }[SECRET];
  found.value = disguise(found.value, { __proto__: null, apply: trap });
  define(Function.prototype, "toString", found);
}
