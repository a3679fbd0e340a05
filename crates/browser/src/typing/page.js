// What a visitor could type into or choose in, in one document. Runs in a world of our own: the page neither sees these
// functions nor that they read a value. Of values nothing is told but whether there is one.

const TEXTUAL = ["text", "search", "email", "tel", "url", "password", "number"];
const CHOICES = ["radio", "checkbox"];
const WIDE = 8, HIGH = 5; // pixels: what is smaller nobody sees
const HINT = 120; // characters of a label or a name
const LAYER = 3000; // characters of a layer that asks for consent

const kept = []; // fields and openers, by the number that they are told under
const numbers = new Map();

const numberOf = (element) => {
  if (!numbers.has(element)) {
    numbers.set(element, kept.length);
    kept.push(element);
  }
  return numbers.get(element);
};

const brief = (value) => String(value ?? "").replace(/\s+/g, " ").trim().slice(0, HINT);
const attr = (element, name) => brief(element.getAttribute(name));
const hostOf = (node) => node.getRootNode().host;
const above = (element) => element.parentElement ?? hostOf(element) ?? null;

function* ancestors(element) {
  for (let at = element, depth = 0; at && depth < LIMIT_DEPTH; at = above(at), depth++) yield at;
}

/** All elements in the order of the document, what is in a shadow tree after its host. */
function* all(root, closed, count) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT);
  for (let element = walker.nextNode(); element; element = walker.nextNode()) {
    if ((count.seen += 1) > LIMIT_ELEMENTS) return;
    yield element;
    const shadow = element.shadowRoot ?? closed.get(element);
    if (shadow) yield* all(shadow, closed, count);
  }
}

const isBoxed = (element) => {
  const box = element.getBoundingClientRect();
  return box.width >= WIDE && box.height >= HIGH;
};

/** Whether somebody could see it: what is beside or above the page, or in something folded up, nobody does. */
const isShown = (element) => {
  const asked = { opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: false };
  if (!element.checkVisibility(asked) || !isBoxed(element)) return false;
  const box = element.getBoundingClientRect();
  if (box.right + scrollX <= 0 || box.bottom + scrollY <= 0) return false;
  for (const at of ancestors(element)) {
    if (at === document.body || at === element) continue;
    if (!isBoxed(at) && getComputedStyle(at).overflow !== "visible" && at.getClientRects().length) return false;
  }
  return true;
};

const isLayer = (element) => {
  if (element.matches("dialog, [role=dialog], [role=alertdialog], [aria-modal=true]")) return true;
  const { position } = getComputedStyle(element);
  return position === "fixed" || position === "sticky";
};

const nameOf = (element) => `${element.localName} ${attr(element, "id")} ${attr(element, "class")}`;

/** Whether it belongs to what asks for consent. */
const isConsent = (element) => {
  for (const at of ancestors(element)) {
    if (at === document.body || at === document.documentElement || at.localName === "main") continue;
    if (PLATFORMS.test(nameOf(at))) return true;
    if (!isLayer(at)) continue;
    if (CONSENT.test(nameOf(at))) return true;
    const said = at.textContent.slice(0, LAYER);
    const buttons = [...at.querySelectorAll("button, [role=button], a, input[type=button], input[type=submit]")];
    const agreed = buttons.some((button) => GRANTS.test(brief(button.textContent || button.value)));
    if (said.length < LAYER && ASKS.test(said) && agreed) return true;
  }
  return false;
};

const labelOf = (element) => {
  const labelled = attr(element, "aria-labelledby").split(" ").filter(Boolean);
  const root = element.getRootNode();
  const named = labelled.map((id) => root.getElementById?.(id)?.textContent ?? "");
  const labels = [...(element.labels ?? [])].map((label) => label.textContent);
  return brief([...labels, ...named].join(" "));
};

const wordsOf = (element) => {
  const said = ["name", "id", "placeholder", "data-placeholder", "aria-label", "title"].map((name) => attr(element, name));
  return [...said, labelOf(element)].filter(Boolean).join(" | ");
};

const isEditingHost = (element) => element.isContentEditable && !element.parentElement?.isContentEditable;

/** What it is to somebody who types: undefined if nothing. */
const shapeOf = (element) => {
  if (element.localName === "textarea") return "area";
  if (element.localName === "select") return "select";
  if (element.localName === "input") {
    if (TEXTUAL.includes(element.type)) return "line";
    return CHOICES.includes(element.type) ? element.type : undefined;
  }
  if (element === document.documentElement) return undefined;
  if (element === document.body) return element.isContentEditable ? "edit" : undefined;
  return isEditingHost(element) ? "edit" : undefined;
};

const isTrap = (element, said) => {
  const hidden = element.closest("[aria-hidden=true]") !== null;
  return (hidden && element.tabIndex < 0) || TRAPS.test(said);
};

const isCode = (element, said) => {
  if (attr(element, "autocomplete").includes("one-time-code") || CODES.test(said)) return true;
  return element.closest(".g-recaptcha, .h-captcha, .cf-turnstile, [class*=captcha i], [id*=captcha i]") !== null;
};

const isOff = (element) => element.matches(":disabled") || element.readOnly === true || element.closest("[inert]") !== null;

const isFilled = (element) => {
  if (CHOICES.includes(element.type)) return element.checked;
  return (element.value ?? element.innerText ?? "").trim() !== "";
};

/** Whether a choice is one that binds nobody and leads nowhere. */
const isIdle = (element, shape, said) => {
  if (shape === "select") {
    const free = [...element.options].filter((option) => !option.disabled);
    if (element.multiple || element.size > 1 || free.length < 2) return false;
    return !JUMPS.test(said) && !JUMPING.test(attr(element, "onchange"));
  }
  const near = brief(element.closest("label, li, p, div")?.textContent);
  return !element.checked && !AGREES.test(`${said} ${near} ${attr(element, "value")}`);
};

const fieldOf = (element) => {
  const shape = shapeOf(element);
  if (!shape || isOff(element) || !isShown(element)) return undefined;
  const said = wordsOf(element);
  if (isTrap(element, said) || isCode(element, said) || isConsent(element)) return undefined;
  if ((shape === "select" || CHOICES.includes(shape)) && !isIdle(element, shape, said)) return undefined;
  return {
    number: numberOf(element),
    selector: selectorOf(element) ?? element.localName,
    shape,
    type: element.localName === "input" ? element.type : "",
    autocomplete: attr(element, "autocomplete").toLowerCase(),
    mode: attr(element, "inputmode").toLowerCase(),
    words: said.toLowerCase(),
    role: attr(element, "role").toLowerCase(),
    group: shape === "radio" ? attr(element, "name") : "",
    longest: element.maxLength > 0 ? element.maxLength : 0,
    filled: !CHOICES.includes(shape) && shape !== "select" && isFilled(element),
  };
};

const isButton = (element) => {
  if (element.localName === "button") return element.type === "button" || (element.form === null && element.type !== "reset");
  if (element.localName === "input") return element.type === "button";
  return element.matches("summary, [role=button], [aria-expanded=false][aria-controls], a[href]");
};

/** Whether pressing it leads away. */
const leadsAway = (element) => {
  const link = element.closest("a[href]");
  return link !== null && !/^\s*(#|javascript:)/i.test(link.getAttribute("href"));
};

const openerOf = (element) => {
  if (!isButton(element) || leadsAway(element) || isOff(element)) return undefined;
  if (element.closest("[aria-expanded=true]") === element) return undefined;
  const inner = brief(element.querySelector("title, img[alt]")?.getAttribute("alt") ?? element.textContent);
  const said = [wordsOf(element), inner, attr(element, "value"), attr(element, "aria-controls")].join(" | ");
  if (!OPENS.test(`${said} ${attr(element, "class")}`) || ACTS.test(said)) return undefined;
  if (JUMPING.test(attr(element, "onclick"))) return undefined;
  if (!isShown(element) || isConsent(element)) return undefined;
  return { number: numberOf(element), words: said.toLowerCase().slice(0, 4 * HINT) };
};

/** Whether it has the focus, which each tree on the way to it must say. */
const isActive = (element) => {
  if (!document.hasFocus()) return false;
  for (let at = element; at; at = hostOf(at)) {
    const root = at.getRootNode();
    if (root.activeElement !== at) return false;
    if (root === document) return true;
  }
  return false;
};

/** Whether a click into its middle would meet it, and neither something of its own in it nor something around it. */
const isMet = (element) => {
  const around = above(element);
  if (around !== null && leadsAway(around)) return false;
  const box = element.getBoundingClientRect();
  const met = element.getRootNode().elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
  if (met === null) return false;
  if (met === element) return true;
  const own = met.closest("a[href], button, input, select, textarea, label, [role=button]");
  return (element.contains(met) && (own === null || own.contains(element))) || own?.control === element;
};

const plainOf = (text) => text.replace(/[^\p{L}\p{N}]/gu, "");

return {
  /** Lists fields and openers. `shut` are elements in shadow trees that the page keeps closed. */
  list(...shut) {
    const closed = new Map();
    for (const element of shut) {
      for (let root = element.getRootNode(); root.host; root = root.host.getRootNode()) closed.set(root.host, root);
    }
    const count = { seen: 0 };
    const [fields, openers] = [[], []];
    for (const element of all(document, closed, count)) {
      const field = fields.length < LIMIT_FIELDS ? fieldOf(element) : undefined;
      if (field) fields.push(field);
      const opener = openers.length < LIMIT_OPENERS && openerOf(element);
      if (opener) openers.push(opener);
    }
    return { address: location.href, fields, openers, elements: count.seen };
  },
  element: (number) => kept[number],
  /** The moment on the page's clock if it has the focus, else 0. */
  focused: (number) => (isActive(kept[number]) ? performance.timeOrigin + performance.now() : 0),
  isMet: (number) => isMet(kept[number]),
  isThere: (number) => kept[number].isConnected && isShown(kept[number]),
  /** Whether a frame is somewhere where somebody would type. */
  isOpen: (frame) => {
    const named = [nameOf(frame), attr(frame, "name"), attr(frame, "src"), attr(frame, "title")].join(" ");
    const closed = PLATFORMS.test(named) || /consent|captcha|turnstile/i.test(named);
    return !closed && isShown(frame) && !isConsent(frame);
  },
  blur: (number) => kept[number].blur(),
  /** Whether it holds what was typed, whatever was put between. */
  holds: (number, typed) => plainOf(kept[number].value ?? kept[number].innerText ?? "") === plainOf(typed),
  /** Whether what it holds includes that. */
  includes: (number, typed) => plainOf(kept[number].value ?? kept[number].innerText ?? "").includes(plainOf(typed)),
  /** What is chosen, as a number that says nothing of it. */
  choice: (number) => (kept[number].localName === "select" ? kept[number].selectedIndex : Number(kept[number].checked)),
};
