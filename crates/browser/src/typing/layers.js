// What asks for consent: whatever belongs to it is left alone.

const LAYER = 3000; // characters of a layer in which it asks for consent, if it does
const BUTTONS = "button, [role=button], a, input[type=button], input[type=submit]";

const isLayer = (element) => matches(element, "dialog, [role=dialog], [role=alertdialog], [aria-modal=true]") || isFloating(element);

/** Whether what it says asks for consent, and one of its buttons grants it. */
const asks = (element) => {
  if (!ASKS.test(textIn(element, LAYER))) return false;
  const count = { seen: 0 };
  for (const inner of all(element, count)) {
    if (matches(inner, BUTTONS) && GRANTS.test(brief(contentOf(inner) || inner.value || attr(inner, "aria-label")))) return true;
  }
  return false;
};

/** Whether it belongs to what asks for consent. Layers that hold the whole page do not ask. */
const isConsent = (element, known = new Map()) => {
  for (const at of ancestors(element)) {
    if (isPage(at) || nameIn(at) === "main") continue;
    if (!known.has(at)) {
      const isWhole = queryAll(at, "main, [role=main]").length > 0;
      const isAsking = isLayer(at) && (CONSENT.test(nameOf(at)) || (!isWhole && asks(at)));
      known.set(at, PLATFORMS.test(nameOf(at)) || isAsking);
    }
    if (known.get(at)) return true;
  }
  return false;
};
