// What our scripts need of the realm, taken before the page can change it. From here on they touch nothing that a page can
// reach: no method of a prototype, no iterator, no object that has one.
const { apply, construct, defineProperty: define, deleteProperty, get: getOf, getOwnPropertyDescriptor, getPrototypeOf, setPrototypeOf } = Reflect;
const setPrototypeOfOrThrow = Object.setPrototypeOf;
const uncurry = Function.prototype.bind.bind(Function.prototype.call);
const stringify = JSON.stringify;
const lower = uncurry(String.prototype.toLowerCase);
const trim = uncurry(String.prototype.trim);
const slice = uncurry(String.prototype.slice);
const indexOf = uncurry(String.prototype.indexOf);
const lastIndexOf = uncurry(String.prototype.lastIndexOf);
const unitAt = uncurry(String.prototype.charCodeAt);
const hasOwn = uncurry(Object.prototype.hasOwnProperty);
const weakGet = uncurry(WeakMap.prototype.get);
const weakSet = uncurry(WeakMap.prototype.set);
const abs = Math.abs;
const round = Math.round;
const dateNow = Date.now;
// Worklets have no clock of their own.
const clock = globalThis.performance;
const now = clock ? clock.now.bind(clock) : dateNow;
const began = clock ? clock.timeOrigin : 0;
const isWindow = typeof Window === "function" && typeof document === "object";

/** A property's own description, which inherits nothing from the page. */
const own = (holder, name) => {
  const found = getOwnPropertyDescriptor(holder, name);
  if (found) setPrototypeOf(found, null);
  return found;
};

/** The getter or setter of an interface, to be called with its object; gives undefined for every other object. */
const accessor = (holder, name, kind = "get") => {
  const native = holder && own(holder, name)?.[kind];
  if (!native) return () => undefined;
  return (self) => {
    try {
      return apply(native, self, []);
    } catch {
      return undefined;
    }
  };
};

// A worker that is paused does not have its address yet: asking for it crashes the renderer.
const scope = isWindow ? null : globalThis.WorkerGlobalScope?.prototype;
const placeOf = accessor(scope, "location");
const hrefOf = accessor(isWindow ? null : globalThis.WorkerLocation?.prototype, "href");
const originOf = accessor(isWindow ? globalThis : scope, "origin");
const place = isWindow ? location : undefined;

/** The address of the document or worker now. A document's page may change it, but not how it is asked for. */
const addressNow = () => (isWindow ? place.href : hrefOf(placeOf(globalThis)));

const text = (value, limit) => (typeof value === "string" ? slice(value, 0, limit) : "");
const isObject = (value) => (typeof value === "object" && value !== null) || typeof value === "function";

/** A property that is a plain value; getters of the page are left alone. */
const plain = (holder, name) => (isObject(holder) ? own(holder, name)?.value : undefined);
