// Realms of one origin reach into each other: they have to know each other's wrapped functions. They find each other by
// an event whose name only this script knows.
const dispatch = isWindow && EventTarget.prototype.dispatchEvent;
const detailOf = isWindow && accessor(CustomEvent.prototype, "detail");

const sharedBy = (other) => {
  const answer = { __proto__: null, shared: undefined };
  try {
    apply(dispatch, other, [new CustomEvent(SECRET, { detail: answer })]);
  } catch {
    // Another origin.
  }
  return answer.shared;
};

const found = () => {
  if (!isWindow || parent === window) return undefined;
  let shared = sharedBy(parent) || sharedBy(top);
  for (let at = 0; !shared && at < Math.min(parent.length, SIBLINGS); at++) {
    if (parent[at] !== window) shared = sharedBy(parent[at]);
  }
  return shared;
};

const begun = () => {
  const natives = new WeakMap();
  return {
    __proto__: null,
    left: SHARED_MESSAGES,
    nativeOf: (wrapped) => weakGet(natives, wrapped),
    keep: (wrapped, native) => weakSet(natives, wrapped, native),
  };
};

const shared = found() || begun();
if (isWindow) addEventListener(SECRET, (event) => { detailOf(event).shared = shared; });
