// What asks for consent: whatever belongs to it is left alone.

const LAYER = 3000; // characters of a layer in which it asks for consent, if it does
const BUTTONS = "button, [role=button], a, input[type=button], input[type=submit]";

/** What a button says. */
const saysOf = (button) => brief(contentOf(button) || button.value) || attr(button, "aria-label") || attr(button, "title");

const isLayer = (element) => matches(element, "dialog, [role=dialog], [role=alertdialog], [aria-modal=true]") || isFloating(element);

/** Whether what it says asks for consent, and one of its buttons grants it. */
const asks = (element) => {
  if (!ASKS.test(textIn(element, LAYER))) return false;
  const count = { seen: 0 };
  for (const inner of all(element, count)) {
    if (matches(inner, BUTTONS) && GRANTS.test(saysOf(inner))) return true;
  }
  return false;
};

const isWhole = (element) => queryAll(element, "main, [role=main]").length > 0;

/** Whether it asks for consent as a whole. Layers that hold the whole page do not ask. */
const isAsking = (at, known) => {
  if (isPage(at) || nameIn(at) === "main") return false;
  if (!known.has(at)) {
    const isOne = () => isLayer(at) && (CONSENT.test(nameOf(at)) || (!isWhole(at) && asks(at)));
    known.set(at, PLATFORMS.test(nameOf(at)) || isOne());
  }
  return known.get(at);
};

/** Whether it belongs to what asks for consent. */
const isConsent = (element, known = new Map()) => {
  for (const at of ancestors(element)) if (isAsking(at, known)) return true;
  return false;
};
