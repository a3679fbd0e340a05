// Choices that bind nobody: in a form that is sent by a button of its own after something was written, so that making one
// does nothing yet.

const WRITTEN = ["text", "email", "tel", "url", "password"];
const OPTIONS = 12; // options of a list that are read

const isWritten = (element) => {
  const isText = nameIn(element) === "textarea" || (nameIn(element) === "input" && WRITTEN.includes(element.type));
  return isText && !matches(element, "[role=searchbox]") && !SEARCHES.test(parted(wordsOf(element))) && isShown(element);
};

/** Whether it is an ordinary form, in which a choice alone does nothing. */
const isOrdinary = (form) => {
  const elements = [...(elementsOf(form) ?? [])];
  const isSubmit = (element) => matches(element, "button, input") && element.type === "submit" && isShown(element);
  const submits = elements.filter(isSubmit);
  if (submits.length === 0 || !elements.some(isWritten) || attr(form, "role") === "search") return false;
  const said = [nameOf(form), attr(form, "name"), attr(form, "action"), ...submits.map((submit) => `${textIn(submit, HINT)} ${wordsOf(submit)} ${attr(submit, "value")}`)];
  return !SHOPS.test(parted(said.join(" | "))) && !isJumping(form);
};

const isJumping = (element) => ["onchange", "oninput", "onclick", "onmousedown"].some((name) => JUMPING.test(attributeOf(element, name) ?? ""));

/** The heading before a choice. */
const headingOf = (element, form) => {
  const headings = [...queryAll(parentOf(form) ?? form, "h1, h2, h3, h4, h5, h6, [role=heading]")];
  const before = headings.filter((heading) => orderOf(heading, element) & Node.DOCUMENT_POSITION_FOLLOWING);
  return brief(contentOf(before.at(-1) ?? null));
};

/** Everything that is said of a choice. */
const saidOf = (element, form) => {
  const near = closest(element, "label, li, p, tr, div");
  const said = [wordsOf(element), attr(element, "value"), near && near !== form ? textIn(near, 4 * HINT) : ""];
  for (const at of ancestors(element)) {
    said.push(nameOf(at), attr(at, "aria-label"), ...namedBy(at, "aria-labelledby").map((it) => brief(contentOf(it))));
    said.push(...namedBy(at, "aria-describedby").map((it) => brief(contentOf(it))));
    if (nameIn(at) === "fieldset") said.push(...[...queryAll(at, "legend")].map((legend) => brief(contentOf(legend))));
    if (at === form) break;
  }
  if (nameIn(element) === "select") said.push(...[...element.options].slice(0, OPTIONS).map((option) => brief(option.text)));
  return parted([...said, headingOf(element, form)].join(" | "));
};

/** Whether a choice is one that binds nobody and leads nowhere. */
const isIdle = (element, shape) => {
  const form = element.form;
  if (!form || !isOrdinary(form) || isJumping(element) || matches(element, "[role=switch]")) return false;
  if (BINDS.test(saidOf(element, form))) return false;
  if (shape !== "select") return !element.checked;
  const free = [...element.options].filter((option) => !option.disabled);
  return !element.multiple && element.size <= 1 && free.length > 1 && !JUMPS.test(wordsOf(element));
};
