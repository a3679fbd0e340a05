// Watches for a banner, and hears what is pressed. It looks when something has changed, and never for more than a small
// share of the time.

const SOON = 16; // ms from a change to a look: a frame of the screen
const SHARE = 20; // times as long as a look took nothing is looked at
const REST = 300; // ms at most without a look while something changes: a banner is late by no more
const IDLE = 250; // ms between looks at a page in which nothing seems to change: shadow trees change unseen
const CALM = 1000; // the same from some time on
const YOUNG = 20000; // ms in which a page is young
const MOVING = 50, MOVES = 20; // ms between looks, and looks, while something moves: half a second is usual, a second long
const TICKS = 200; // ms between looks at consent signals of a young page
const NEEDED = { childList: true, subtree: true, attributes: true, attributeFilter: ["class", "style", "hidden", "open", "id", "aria-hidden"] };
const TOLD = 60; // banners that come and go, told of one document
const PRESSES = 200, OTHERS = 20; // presses told of one document, and those outside of what asks for consent

// The page before it goes anywhere, and when it is left: there is nothing to see.
if (top === window && location.href === "about:blank") return;

const again = globalThis[MARK];
// The blank document of a frame and its first real one may share a world.
if (again) return again();

const send = globalThis[NAME];
if (typeof send !== "function") return;

const isTop = parent === window;
const realm = Math.random().toString(36).slice(2);
const wait = scheduler.postTask.bind(scheduler);
const post = (kind, fields) => {
  send(stringify({ kind, time: began + now(), address: text(addressNow(), ADDRESS), top: isTop, realm, ...fields }));
};

let [left, presses, others] = [TOLD, PRESSES, OTHERS];
let [due, ended, took, moves] = [Infinity, 0, 0, 0];
let [banner, looked, failed, confused] = [undefined, false, false, false];
const offered = new Set(); // what the buttons do that were told

const fail = (error) => {
  if (!failed) post("failed", { why: `the watcher: ${text(error?.name, WORD)} ${text(error?.message, WORD)}` });
  failed = true;
};

const lookNow = () => {
  if (!isTop && (innerWidth < FRAME_NARROW || innerHeight < FRAME_LOW)) return;
  const seen = isTop ? bannerNow(banner) : bannerInFrame();
  if (unclear && !confused) post("unclear");
  confused = unclear;
  // What offers something new was not whole before: the parser was in the middle of it, or its script was.
  const offers = seen ? seen.buttons.map(({ means }) => means) : [];
  const grew = offers.some((means) => !offered.has(means));
  if ((!seen !== !banner || grew) && left > 0) {
    left -= 1;
    for (const means of offers) offered.add(means);
    if (seen) post("banner", { platform: seen.platform, selector: seen.selector, buttons: seen.buttons });
    else post("gone");
  }
  banner = seen;
};

const look = () => {
  due = Infinity;
  const start = now();
  try {
    listen();
    lookNow();
  } catch (error) {
    fail(error);
  }
  ended = now();
  // The first looks are slow because all is new.
  took = looked ? (took + ended - start) / 2 : 0;
  if (!looked && document.readyState !== "loading") {
    looked = true;
    post("looked");
  }
  if (moves > 0) {
    moves -= 1;
    later(MOVING);
  } else if (isTop) later(ended < YOUNG ? IDLE : CALM);
};

/** Looks in so many ms, or when that is within its share. */
const later = (delay) => {
  const at = Math.max(now() + delay, ended + Math.min(SHARE * took, REST));
  if (at >= due) return;
  due = at;
  wait(() => { if (due === at) look(); }, { delay: at - now() });
};

const changed = () => later(SOON);
const moved = () => {
  moves = MOVES;
  later(SOON);
};

// What a frame shows counts if somebody sees the frame.
let framed;
const bannerInFrame = () => {
  const found = bannerNow(banner) ?? bannerAsWhole();
  if (!found) return undefined;
  if (!framed) {
    framed = { seen: false };
    const heard = (entries) => {
      framed.seen = entries.at(-1).isVisible;
      changed();
    };
    const seen = new IntersectionObserver(heard, { trackVisibility: true, delay: 100, threshold: [0, 0.5, 1] });
    seen.observe(rootElement(document));
  }
  return framed.seen ? found : undefined;
};

const isInBanner = (element) => {
  if (banner && [...ancestors(element)].includes(banner.layer)) return true;
  return isConsent(element) || (!isTop && (bodyOf(document) ? asks(bodyOf(document)) : false));
};

const targetOf = (event) => {
  const target = event.composedPath()[0];
  return target instanceof Element ? target : undefined;
};

/** What the button does in which something was pressed. */
const meansNow = (target) => {
  const button = [...ancestors(target)].find((at) => matches(at, BUTTONS));
  return button ? meansIn(button, saysOf(button)) : "other";
};

const onDown = () => {
  if (presses > 0) post("down");
};
const onClick = (event) => {
  const at = began + now();
  if (presses <= 0) return;
  const target = targetOf(event);
  const inBanner = target !== undefined && isInBanner(target);
  if (!inBanner && (others -= 1) < 0) return;
  presses -= 1;
  post("press", { time: at, selector: target ? shortOf(target) : "", banner: inBanner, means: inBanner ? meansNow(target) : "other" });
};

const observer = new MutationObserver(changed);
const HEARD = { __proto__: null, capture: true, passive: true };
/** Is done again with each look: a document that is written anew loses who listens. */
const listen = () => {
  addEventListener("pointerdown", onDown, HEARD);
  addEventListener("click", onClick, HEARD);
  for (const name of ["transitionrun", "animationstart"]) addEventListener(name, moved, HEARD);
  for (const name of ["DOMContentLoaded", "load", "scroll"]) addEventListener(name, changed, HEARD);
};

// Our script in the page's own world looks at what its interfaces say whenever it is told to.
const dispatch = uncurry(EventTarget.prototype.dispatchEvent);
const tick = () => {
  dispatch(window, new Event(TICK));
  wait(tick, { delay: now() < YOUNG ? TICKS : CALM });
};
if (isTop) wait(tick, { delay: TICKS });

/** Where the one button of the banners is that means something; `save` keeps what is chosen, and nothing is. */
globalThis[`${MARK}aim`] = (means) => {
  const found = new Map();
  for (const { layer, buttons } of bannersNow()) {
    if (buttons.length === 0) continue;
    const keeps = ({ text }) => SAVES.test(text) && !EVERYTHING.test(text) && isAllOff(layer);
    const fits = (button) => (means === "save" ? keeps(button) : button.means === means && isClear(means, button.text));
    for (const button of buttonsIn(layer)) if (fits(button) && isSeen(button.element)) found.set(button.element, button.text);
  }
  const count = new Set([...found.values()].map((text) => text.toLowerCase())).size;
  if (count !== 1) return { count };
  const [button] = found.keys();
  const box = boxOf(button);
  return { count, x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2, leads: isLeading(button) };
};

const begin = () => {
  listen();
  observer.observe(document, NEEDED);
  changed();
};
globalThis[MARK] = begin;
begin();
