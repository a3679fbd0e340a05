// Whether a banner can be seen, in one document: what lies in the viewport, is not transparent, asks for consent, and has a
// button that grants or refuses it, or takes note.

const ACROSS = 7, DOWN = 8; // points of the viewport that are looked at: nothing of 200 by 100 pixels falls between them
const EDGE = 12; // pixels of the first and last of them from the edge
// Where banners usually are, as shares of the viewport: in pages of thousands of elements each point takes a tenth of a ms.
const USUAL_ACROSS = [0.05, 0.5, 0.95], USUAL_DOWN = [0.02, 0.5, 0.72, 0.92, 0.98];
const WHOLLY = 3; // looks of which one is at all points
const OPAQUE = 0.5; // product of opacities from which on something counts as seen
const NARROW = 100, LOW = 20; // pixels of a banner
const HITS = 3; // points at which something is met that cannot be looked into: less is a button
const FRAME_NARROW = 200, FRAME_LOW = 60; // pixels of a banner that is a frame, or that cannot be looked into
const TEXT = 6000; // characters of a banner with all that is folded up in it; who says more is the page
const MOST_BUTTONS = 16;
const FIELDS = "input:not([type]), input[type=text], input[type=email], input[type=password], input[type=search], input[type=tel], textarea";

const atPointIn = uncurry(ShadowRoot.prototype.elementFromPoint);

/** What is met at a point, in the innermost shadow tree that can be looked into. */
const metAt = (x, y) => {
  let met = atPoint(document, x, y);
  for (let depth = 0; met && depth < LIMIT_DEPTH; depth++) {
    const tree = treeOf(met);
    const inner = tree ? atPointIn(tree, x, y) : null;
    if (!inner || inner === met || rootOf(inner) !== tree) break;
    met = inner;
  }
  return met;
};

let looks = 0;
function* points() {
  looks += 1;
  if (looks % WHOLLY !== 1) {
    for (const down of USUAL_DOWN) for (const across of USUAL_ACROSS) yield [innerWidth * across, innerHeight * down];
    return;
  }
  for (let down = 0; down < DOWN; down++) {
    for (let across = 0; across < ACROSS; across++) {
      yield [EDGE + ((innerWidth - 2 * EDGE) * across) / (ACROSS - 1), EDGE + ((innerHeight - 2 * EDGE) * down) / (DOWN - 1)];
    }
  }
}

const opacityOf = (element) => {
  let product = 1;
  for (const at of ancestors(element)) product *= Number(getComputedStyle(at).opacity);
  return product;
};

/** Width and height of what of it lies in the viewport. */
const within = (element) => {
  const box = boxOf(element);
  return [Math.min(box.right, innerWidth) - Math.max(box.left, 0), Math.min(box.bottom, innerHeight) - Math.max(box.top, 0)];
};

const isLarge = (element, narrow, low) => {
  const [width, height] = within(element);
  return width >= narrow && height >= low;
};

/** Whether its middle can be seen: it is in the viewport, nothing lies over it, and it is not transparent. */
const isSeen = (button) => {
  const box = boxOf(button);
  const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) return false;
  const met = metAt(x, y);
  return met !== null && [...ancestors(met)].includes(button) && opacityOf(button) >= OPAQUE;
};

/** Whether it is a link to another document. */
const isLink = (button) => {
  const link = closest(button, "a[href]");
  return link !== null && !/^(#|javascript:|$)/i.test(attr(link, "href"));
};

/** What a button of a layer does. What leads elsewhere decides nothing, whatever its words. */
const meansIn = (element, text) => {
  const means = meansOf(text);
  return means === "unknown" && isLink(element) ? "other" : means;
};

/** The buttons of a layer that are shown, with what they do. */
const buttonsIn = (layer) => {
  const found = [];
  for (const element of all(layer, { seen: 0 })) {
    if (!matches(element, BUTTONS) || !isShown(element)) continue;
    const text = saysOf(element);
    if (text !== "") found.push({ element, text, means: meansIn(element, text) });
  }
  return found;
};

/** Whether it says no more than a banner does. Lists of vendors that are folded up do not count. */
const isBrief = (layer) => textIn(layer, TEXT + 1).length <= TEXT || (innerOf(layer) ?? "").length <= TEXT;

/** What asks, from outside in: what is around it may be named after it and be the whole page. */
const asking = (element, known) => {
  const layers = [...ancestors(element)].filter((at) => isAsking(at, known)).reverse();
  return layers.filter(isBrief);
};

const platformOf = (element) => {
  const names = [...ancestors(element)].map((at) => `${nameOf(at)} ${attr(at, "src")}`).join(" ");
  return (NAMED.find(([, expression]) => expression.test(names)) ?? ["plain"])[0];
};

/** A selector that says more than the tag: of what has no id by its first class. */
const shortOf = (element) => {
  const selector = selectorOf(element) ?? nameIn(element);
  const first = attr(element, "class").split(" ")[0];
  return selector.includes("#") || !first ? selector : `${selector}.${first}`;
};

/** A frame, or something with a closed shadow tree, of a platform. */
const sealed = (element, hits) => {
  const isFrame = nameIn(element) === "iframe";
  const isClosed = nameIn(element).includes("-") && !treeOf(element) && element.firstElementChild === null;
  if (!isFrame && !(isClosed && hits >= HITS)) return undefined;
  const around = [...ancestors(element)];
  const named = [...around.map(nameOf), attr(element, "name"), attr(element, "src"), attr(element, "title")].join(" ");
  const floats = around.some((at) => !isPage(at) && isLayer(at));
  const isOurs = PLATFORMS.test(named) || (floats && isFrame && CONSENT.test(named));
  if (!isOurs || (isFrame && !isLarge(element, FRAME_NARROW, FRAME_LOW)) || opacityOf(element) < OPAQUE) return undefined;
  return { layer: element, met: element, platform: platformOf(element), selector: shortOf(element), buttons: [] };
};

/** Whether something that may ask for consent was seen, and none of its buttons could be understood. */
let unclear = false;

/** What a layer asks, if somebody can see it. */
const bannerOf = (layer, met) => {
  const isNamed = PLATFORMS.test(nameOf(layer));
  const asked = isNamed || ASKS.test(textIn(layer, LAYER));
  if (!asked || (!isNamed && [...queryAll(layer, FIELDS)].some(isShown))) return undefined;
  const buttons = buttonsIn(layer);
  const deciding = buttons.filter(({ means }) => ["accept", "reject", "dismiss"].includes(means));
  // Who only closes something decides nothing, unless it is said what about.
  const counts = deciding.some(({ means }) => means !== "dismiss") || (deciding.length > 0 && ASKS.test(textIn(layer, LAYER)));
  const parts = [...ancestors(met)];
  if (!parts.slice(0, parts.indexOf(layer) + 1).some((at) => isLarge(at, NARROW, LOW))) return undefined;
  if (!counts) unclear ||= buttons.some(({ element, means }) => means === "unknown" && isSeen(element));
  if (!counts || !deciding.some(({ element }) => isSeen(element))) return undefined;
  const told = buttons.slice(0, MOST_BUTTONS).map(({ means, text }) => ({ means, text }));
  return { layer, met, platform: platformOf(layer), selector: shortOf(layer), buttons: told };
};

/** The banner as it is now, if it can still be seen where it was. */
const stillOf = ({ layer, met }) => (isConnected(met) && layer !== met ? bannerOf(layer, met) : undefined);

/** The banners that can be seen now, one after the other: a layer with settings may lie over the first one. */
function* bannersNow() {
  const [known, met] = [new Map(), new Map()];
  for (const [x, y] of points()) {
    const element = metAt(x, y);
    if (element && !isPage(element)) met.set(element, (met.get(element) ?? 0) + 1);
  }
  const layers = new Map();
  for (const [element, hits] of met) {
    const frame = sealed(element, hits);
    if (frame) yield frame;
    for (const layer of asking(element, known)) if (!layers.has(layer)) layers.set(layer, element);
  }
  for (const [layer, element] of layers) {
    const banner = bannerOf(layer, element);
    if (banner) yield banner;
  }
}

/** The banner that can be seen now, if there is one; it is looked for first where it was. */
const bannerNow = (before) => {
  const still = before && stillOf(before);
  return still ?? bannersNow().next().value;
};

/** The same for a frame that is a banner as a whole. */
const bannerAsWhole = () => {
  const body = bodyOf(document);
  if (!body || !asks(body) || !isBrief(body)) return undefined;
  return bannerOf(body, body);
};

/** Whether it leads to another page, or sends a form in which something can be typed. */
const isLeading = (button) => {
  if (isLink(button)) return true;
  const form = closest(button, "form");
  return form !== null && matches(button, "[type=submit], button:not([type])") && queryAll(form, FIELDS).length > 0;
};

const TOGGLES = "input[type=checkbox], [role=switch], [role=checkbox]";
const DRAWN = /switch|toggle|slider/i; // classes of what looks like one

/** Whether it looks like a toggle, and there is none in it or beside it that says whether it is on. */
const isDrawn = (element) => {
  const looksSo = (at) => at !== null && DRAWN.test(attr(at, "class"));
  if (!looksSo(element) || !isShown(element)) return false;
  let whole = element;
  while (looksSo(whole.parentElement)) whole = whole.parentElement;
  const near = [whole, whole.parentElement, closest(whole, "label")];
  return !near.some((at) => at && (matches(at, TOGGLES) || queryAll(at, TOGGLES).length > 0));
};

/** Whether there is something to untick, and nothing of it is ticked. */
const isAllOff = (layer) => {
  let toggles = 0;
  for (const element of all(layer, { seen: 0 })) {
    if (matches(element, "input[type=radio], [role=radio], [aria-pressed]") || isDrawn(element)) return false;
    if (!matches(element, TOGGLES)) continue;
    if (matches(element, ":disabled, [aria-disabled=true]")) continue;
    if (matches(element, ":checked, [aria-checked=true], [aria-checked=mixed]")) return false;
    toggles += 1;
  }
  return toggles > 0;
};
