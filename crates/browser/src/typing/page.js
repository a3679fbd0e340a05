// What a visitor could type into or choose in, in one document. Runs in a world of our own: the page neither sees these
// functions nor that they read a value. Of values nothing is told but whether there is one.

const TEXTUAL = ["text", "search", "email", "tel", "url", "password", "number"];
const CHOICES = ["radio", "checkbox"];
const BUTTONED = 1000; // buttons of a document that are read, some 50 ms of work; shops have hundreds

const kept = []; // fields and openers, by the number that they are told under
const numbers = new Map();

const numberOf = (element) => {
  if (!numbers.has(element)) {
    numbers.set(element, kept.length);
    kept.push(element);
  }
  return numbers.get(element);
};

const isEditingHost = (element) => {
  const around = parentOf(element);
  return isEditable(element) === true && !(around && isEditable(around));
};

/** What it is to somebody who types: undefined if nothing. */
const shapeOf = (element) => {
  const name = nameIn(element);
  if (name === "textarea") return "area";
  if (name === "select") return "select";
  if (name === "input") {
    if (TEXTUAL.includes(element.type)) return "line";
    return CHOICES.includes(element.type) ? element.type : undefined;
  }
  if (element === rootElement(document)) return undefined;
  if (element === bodyOf(document)) return isEditable(element) ? "edit" : undefined;
  return isEditingHost(element) ? "edit" : undefined;
};

const isTrap = (element, said) => {
  const hidden = closest(element, "[aria-hidden=true]") !== null;
  return (hidden && tabOf(element) < 0) || TRAPS.test(said);
};

const isCode = (element, said) => {
  if (attr(element, "autocomplete").includes("one-time-code") || CODES.test(said)) return true;
  return closest(element, ".g-recaptcha, .h-captcha, .cf-turnstile, [class*=captcha i], [id*=captcha i]") !== null;
};

const isOff = (element) => matches(element, ":disabled, :disabled *") || element.readOnly === true || closest(element, "[inert]") !== null;

const valueOf = (element) => (matches(element, "input, textarea, select") ? element.value : innerOf(element)) ?? "";

const fieldOf = (element, shape, known) => {
  if (isOff(element)) return undefined;
  const said = wordsOf(element);
  const isText = !CHOICES.includes(shape) && shape !== "select";
  if (isTrap(element, said) || isCode(element, said) || isConsent(element, known)) return undefined;
  // What becomes of a number of things in a basket happens at once.
  if (isText ? shape === "line" && AMOUNTS.test(parted(said)) : !isIdle(element, shape)) return undefined;
  return {
    number: numberOf(element),
    selector: selectorOf(element) ?? nameIn(element),
    shape,
    type: nameIn(element) === "input" ? element.type : "",
    autocomplete: attr(element, "autocomplete").toLowerCase(),
    mode: attr(element, "inputmode").toLowerCase(),
    words: said.toLowerCase(),
    role: attr(element, "role").toLowerCase(),
    group: shape === "radio" ? attr(element, "name") : "",
    longest: element.maxLength > 0 ? element.maxLength : 0,
    filled: isText && valueOf(element).trim() !== "",
  };
};

/** Whether it has the focus, which each tree on the way to it must say. */
const isActive = (element) => {
  if (!hasFocus(document)) return false;
  for (let at = element; at; at = hostOf(at)) {
    const root = rootOf(at);
    if (root === document) return activeOf(document) === at;
    if (activeIn(root) !== at) return false;
  }
  return false;
};

/** Where a click meets it, and neither something of its own in it nor something around it; null if nowhere. */
const spotOf = (element) => {
  const around = above(element);
  if (around !== null && leadsAway(around)) return null;
  const box = rectsOf(element)[0];
  if (!box) return null;
  const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  const root = rootOf(element);
  const met = root === document ? atPoint(document, x, y) : root.elementFromPoint(x, y);
  if (met === null) return null;
  const own = closest(met, "a[href], button, input, select, textarea, label, [role=button]");
  const isOwn = includes(element, met) && (own === null || includes(own, element));
  return met === element || isOwn || own?.control === element ? [x, y] : null;
};

/** Whether it proposes something that the Tab key would take. */
const isProposing = (element) => {
  if (attr(element, "aria-activedescendant") !== "") return true;
  return closest(element, "[role=combobox][aria-expanded=true]") !== null || attr(element, "aria-expanded") === "true";
};

const plainOf = (text) => text.replace(/[^\p{L}\p{N}]/gu, "");

return {
  /** Lists fields and openers. `shut` are elements in shadow trees that the page keeps closed. */
  list(...shut) {
    for (const element of shut) {
      for (let root = rootOf(element); shadowHost(root); root = rootOf(shadowHost(root))) closed.set(shadowHost(root), root);
    }
    const count = { seen: 0 };
    const [fields, openers, buttons] = [[], [], []];
    const [crowded, known] = [new Set(), new Map()];
    for (const element of all(document, count)) {
      const shape = shapeOf(element) ?? (matches(element, "[role=textbox], [role=searchbox]") ? "none" : undefined);
      if (!shape && buttons.length < BUTTONED && isButton(element)) buttons.push(element);
      if (!shape || !isShown(element)) continue;
      if (["line", "area", "edit", "none"].includes(shape)) for (const at of ancestors(element)) crowded.add(at);
      const field = fields.length < LIMIT_FIELDS && shape !== "none" ? fieldOf(element, shape, known) : undefined;
      if (field) fields.push(field);
    }
    for (const button of buttons) {
      const opener = openers.length < LIMIT_OPENERS ? openerOf(button, crowded, known) : undefined;
      if (opener) openers.push(opener);
    }
    return { address: location.href, fields, openers, elements: count.seen };
  },
  element: (number) => kept[number],
  /** The moment on the page's clock if it has the focus, else 0. */
  focused: (number) => (isActive(kept[number]) ? performance.timeOrigin + performance.now() : 0),
  spot: (number) => spotOf(kept[number]),
  isThere: (number) => isConnected(kept[number]) && isShown(kept[number]),
  isProposing: (number) => isProposing(kept[number]),
  /** Whether a frame is somewhere where somebody would type, and whether it is in a layer. */
  surroundings: (frame) => {
    const named = [nameOf(frame), attr(frame, "name"), attr(frame, "src"), attr(frame, "title")].join(" ");
    const isClosed = PLATFORMS.test(named) || /consent|captcha|turnstile/i.test(named);
    const layered = [...ancestors(frame)].some((at) => !isPage(at) && isLayer(at));
    return { open: !isClosed && isShown(frame) && !isConsent(frame), layered };
  },
  /** Whether the document as a whole asks for consent. */
  asks: () => bodyOf(document) !== null && asks(bodyOf(document)),
  blur: (number) => blurOf(kept[number]),
  /** Takes the focus from whatever has it. */
  loosen() {
    for (let at = activeOf(document); at; at = treeOf(at) ? activeIn(treeOf(at)) : null) {
      if (!treeOf(at) && !isPage(at) && at instanceof HTMLElement) blurOf(at);
    }
  },
  /** Whether it holds what was typed, whatever was put between. */
  holds: (number, typed) => plainOf(valueOf(kept[number])) === plainOf(typed),
  /** Whether what it holds includes that. */
  includes: (number, typed) => plainOf(valueOf(kept[number])).includes(plainOf(typed)),
  /** What is chosen, as a number that says nothing of it. */
  choice: (number) => (nameIn(kept[number]) === "select" ? kept[number].selectedIndex : Number(kept[number].checked)),
};
