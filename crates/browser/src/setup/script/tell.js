// The way out: messages, as few as possible.
let left = MESSAGES;
const counts = { __proto__: null };
const captures = { __proto__: null };

const post = (kind, fields, stack) => {
  fields.kind = kind;
  fields.time = began + now();
  fields.address = text(addressNow(), ADDRESS);
  fields.origin = text(originOf(globalThis), ADDRESS);
  fields.stack = stack;
  apply(send, undefined, [stringify(fields)]);
};

/** Tells something, or once that nothing more is told. */
const tell = (kind, fields, stack) => {
  if (left <= 0) return;
  left -= 1;
  shared.left -= 1;
  if (left === 0 || shared.left <= 0) {
    left = 0;
    post("capped", { __proto__: null, what: "" }, "");
    return;
  }
  post(kind, fields, stack);
};

/** How often this was done with this one; 0 unless it is to be told now: at 1, 2, 4, 8, … */
const tally = (key) => {
  const count = (counts[key] || 0) + 1;
  counts[key] = count;
  return (count & (count - 1)) === 0 ? count : 0;
};

/** Whether a hot function had its share, so that it stays cheap. */
const isSpent = (api) => left <= 0 || captures[api] > CAPTURES;

/** The stack below a wrapper; undefined from some number of calls on. */
const stackOf = (api, from) => {
  if (isSpent(api)) return undefined;
  const taken = (captures[api] || 0) + 1;
  captures[api] = taken;
  if (taken <= CAPTURES) return trace(from);
  tell("capped", { __proto__: null, what: api }, "");
  return undefined;
};

/**
 * Tells what a script did, with how often it did the same. What one script does with ever more targets is told of
 * some, and of all others together.
 */
const report = (kind, api, what, fields, from) => {
  const stack = stackOf(api, from);
  if (stack === undefined) return;
  const who = `${kind} ${api} ${scriptsOf(stack)}`;
  let key = `${who} ${what}`;
  if (counts[key] === undefined) {
    const different = (counts[who] || 0) + 1;
    counts[who] = different;
    if (different > TARGETS && fields.target === undefined) return;
    if (different > TARGETS) {
      fields.target = "*";
      key = `${who} *`;
    }
  }
  const count = tally(key);
  if (count === 0) return;
  fields.count = count;
  tell(kind, fields, stack);
};
