// What we need of documents, by the members of the interfaces themselves: a form's fields stand before what all elements
// have, and a document's forms and pictures before what all documents have, in our world too (`<form name=hasFocus>`).

const parentOf = accessor(Node.prototype, "parentElement");
const contentOf = accessor(Node.prototype, "textContent");
const childrenOf = accessor(Node.prototype, "childNodes");
const rootOf = uncurry(Node.prototype.getRootNode);
const includes = uncurry(Node.prototype.contains);
const orderOf = uncurry(Node.prototype.compareDocumentPosition);
const nameIn = accessor(Element.prototype, "localName");
const shadowOf = accessor(Element.prototype, "shadowRoot");
const attributesOf = accessor(Element.prototype, "attributes");
const matches = uncurry(Element.prototype.matches);
const closest = uncurry(Element.prototype.closest);
const queryAll = uncurry(Element.prototype.querySelectorAll);
const boxOf = uncurry(Element.prototype.getBoundingClientRect);
const rectsOf = uncurry(Element.prototype.getClientRects);
const isVisible = uncurry(Element.prototype.checkVisibility);
const isEditable = accessor(HTMLElement.prototype, "isContentEditable");
const innerOf = accessor(HTMLElement.prototype, "innerText");
const tabOf = accessor(HTMLElement.prototype, "tabIndex");
const blurOf = uncurry(HTMLElement.prototype.blur);
const elementsOf = accessor(HTMLFormElement.prototype, "elements");
const shadowHost = accessor(ShadowRoot.prototype, "host");
const rootElement = accessor(Document.prototype, "documentElement");
const bodyOf = accessor(Document.prototype, "body");
const activeOf = accessor(Document.prototype, "activeElement");
const activeIn = accessor(ShadowRoot.prototype, "activeElement");
const hasFocus = uncurry(Document.prototype.hasFocus);
const walkerOf = uncurry(Document.prototype.createTreeWalker);
const atPoint = uncurry(Document.prototype.elementFromPoint);
const byId = uncurry(Document.prototype.getElementById);
const byIdIn = uncurry(DocumentFragment.prototype.getElementById);

const WIDE = 8, HIGH = 5; // pixels: what is smaller nobody sees
const HINT = 120; // characters of a label or a name

const closed = new WeakMap(); // shadow trees that the page keeps closed, by their hosts

const brief = (value) => String(value ?? "").replace(/\s+/g, " ").trim().slice(0, HINT);
const attr = (element, name) => brief(attributeOf(element, name));
const hostOf = (node) => shadowHost(rootOf(node));
const above = (element) => parentOf(element) ?? hostOf(element) ?? null;
const isPage = (element) => element === bodyOf(document) || element === rootElement(document);
const treeOf = (element) => shadowOf(element) ?? closed.get(element);
const named = (element, id) => {
  const root = rootOf(element);
  if (root === document) return byId(root, id);
  return shadowHost(root) ? byIdIn(root, id) : null;
};
/** The elements that an attribute names. */
const namedBy = (element, attribute) => {
  const ids = attr(element, attribute).split(" ").filter(Boolean);
  return ids.map((id) => named(element, id)).filter(Boolean);
};

function* ancestors(element) {
  for (let at = element, depth = 0; at && depth < LIMIT_DEPTH; at = above(at), depth++) yield at;
}

/** All elements below one, in the order of the document, what is in a shadow tree after its host. */
function* all(root, count) {
  const walk = (from) => walkerOf(document, from, NodeFilter.SHOW_ELEMENT);
  const walkers = [walk(root)];
  const own = nameIn(root) ? treeOf(root) : undefined;
  if (own) walkers.push(walk(own));
  while (walkers.length > 0) {
    const element = walkers[walkers.length - 1].nextNode();
    if (element === null) {
      walkers.pop();
      continue;
    }
    if ((count.seen += 1) > LIMIT_ELEMENTS) return;
    yield element;
    const tree = treeOf(element);
    if (tree) walkers.push(walk(tree));
  }
}

const isBoxed = (element) => {
  const box = boxOf(element);
  return box.width >= WIDE && box.height >= HIGH;
};

/** Whether somebody could see it: what is beside or above the page, or in something folded up, nobody does. */
const isShown = (element) => {
  const asked = { opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: false };
  if (!isVisible(element, asked) || !isBoxed(element)) return false;
  const box = boxOf(element);
  if (box.right + scrollX <= 0 || box.bottom + scrollY <= 0) return false;
  for (const at of ancestors(element)) {
    if (at === bodyOf(document) || at === element) continue;
    if (!isBoxed(at) && getComputedStyle(at).overflow !== "visible" && rectsOf(at).length) return false;
  }
  return true;
};

/** Whether it floats over the page. */
const isFloating = (element) => ["fixed", "sticky"].includes(getComputedStyle(element).position);

const nameOf = (element) => `${nameIn(element)} ${attr(element, "id")} ${attr(element, "class")}`;

/** A text, and the same with the words of names parted: `sendMessage`, `chat_send`. */
const parted = (text) => `${text} | ${text.replace(/(\p{Ll}|\d)(?=\p{Lu})/gu, "$1 ").replace(/[_\-./:#]+/g, " ")}`;

/** The text in it as far as somebody reads it, up to that many characters. */
const textIn = (element, most) => {
  const parts = [];
  let length = 0;
  for (const waiting = [element]; waiting.length > 0 && length < most; ) {
    const node = waiting.pop();
    if (node.nodeType === Node.TEXT_NODE) {
      parts.push(node.data);
      length += node.data.trim().length;
      continue;
    }
    if (["script", "style", "noscript", "template"].includes(nameIn(node))) continue;
    const inner = childrenOf(node) ?? [];
    for (let last = inner.length - 1; last >= 0; last--) waiting.push(inner[last]);
    if (nameIn(node) === "slot") for (const slotted of node.assignedNodes()) waiting.push(slotted);
    const tree = nameIn(node) ? treeOf(node) : undefined;
    if (tree) waiting.push(tree);
  }
  return parts.join(" ").replace(/\s+/g, " ").trim().slice(0, most);
};

const labelOf = (element) => {
  const isControl = matches(element, "input, textarea, select, button");
  const labels = isControl ? [...(element.labels ?? [])] : [];
  return brief([...labels, ...namedBy(element, "aria-labelledby")].map((label) => contentOf(label)).join(" "));
};

const wordsOf = (element) => {
  const said = ["name", "id", "placeholder", "data-placeholder", "aria-label", "title"].map((name) => attr(element, name));
  return [...said, labelOf(element)].filter(Boolean).join(" | ");
};
