// Stacks, without the page's hooks into their making.
const NativeError = Error;
const { captureStackTrace } = Error;

/** Gives a property of `Error` another value; gives how to undo it, or false if that cannot be done. */
const lend = (name, value) => {
  const was = own(NativeError, name);
  if (was === undefined ? value === undefined : "value" in was && was.value === value) return () => {};
  const lent = { __proto__: null, value, writable: true, enumerable: true, configurable: true };
  if (was && !was.configurable) lent.configurable = false;
  if (!define(NativeError, name, lent)) return false;
  return was ? () => define(NativeError, name, was) : () => deleteProperty(NativeError, name);
};

const stackNow = (from) => {
  const holder = { __proto__: null };
  captureStackTrace(holder, from);
  return holder.stack;
};

/** The same with a number of frames: in the usual case by plain assignment, which is much faster. */
const deepStackNow = (from, depth) => {
  const was = getOwnPropertyDescriptor(NativeError, "stackTraceLimit");
  if (was && hasOwn(was, "value") && was.writable) {
    NativeError.stackTraceLimit = depth;
    const stack = stackNow(from);
    NativeError.stackTraceLimit = was.value;
    return stack;
  }
  const unlimit = lend("stackTraceLimit", depth);
  const stack = stackNow(from);
  if (unlimit) unlimit();
  return stack;
};

/** The stack below the function `from`, without its first line. */
const trace = (from, depth = DEPTH) => {
  const unprepare = getOwnPropertyDescriptor(NativeError, "prepareStackTrace") && lend("prepareStackTrace", undefined);
  if (unprepare === false) return "";
  const stack = deepStackNow(from, depth);
  if (unprepare) unprepare();
  if (typeof stack !== "string") return "";
  const first = indexOf(stack, "\n");
  return first < 0 ? "" : slice(stack, first + 1, first + STACK);
};

/** The script of one line of a stack. */
const scriptOf = (line) => {
  const open = indexOf(line, "(");
  const spot = open < 0 ? slice(line, indexOf(line, "at ") + 3) : slice(line, open + 1, -1);
  return slice(spot, 0, lastIndexOf(spot, ":", lastIndexOf(spot, ":") - 1));
};

/** The scripts that a stack leads through: who did it, for telling the same thing once. */
const scriptsOf = (stack) => {
  let chain = "";
  let last = "";
  for (let from = 0, lines = 0; from < stack.length && lines < DEPTH; lines++) {
    const end = indexOf(stack, "\n", from);
    const script = scriptOf(slice(stack, from, end < 0 ? undefined : end));
    if (script !== last) chain += `${script} `;
    last = script;
    from = end < 0 ? stack.length : end + 1;
  }
  return chain;
};

/**
 * Takes our own frames out of the stack of an error that came through a wrapper. V8 calls what inherits from a wrapper
 * an object, not a function.
 */
const conceal = (error, from, renamed = false) => {
  if (typeof error !== "object" || error === null || !getOwnPropertyDescriptor(error, "stack")) return;
  const prepares = own(NativeError, "prepareStackTrace") !== undefined;
  const unprepare = lend("prepareStackTrace", undefined);
  if (!unprepare) return;
  const stack = error.stack;
  unprepare();
  if (typeof stack !== "string") return;
  const ours = indexOf(stack, SECRET);
  if (ours < 0) return;
  const first = indexOf(stack, "\n    at ");
  // The page's own hook gets frames, not text: it may miss a native one, but it does not meet ours.
  if (prepares || lastIndexOf(stack, "\n", ours) === first) {
    captureStackTrace(error, from);
    return;
  }
  const end = indexOf(stack, "\n", ours);
  let above = slice(stack, 0, lastIndexOf(stack, "\n", ours));
  const object = indexOf(above, "\n    at Object.toString (");
  if (renamed && object >= 0) above = `${slice(above, 0, object)}\n    at Function.${slice(above, object + 15)}`;
  error.stack = above + (end < 0 ? "" : slice(stack, end));
};
