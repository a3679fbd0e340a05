// What shows fields when it is pressed, and does nothing else. What stands beside a field may send what is in it, whatever
// it is called: it is never pressed.

const AROUND = 6; // elements around an opener in which no field may be shown: a button and its field share a row or a box
const PARTS = 60; // elements in a button that are read: an icon, a label
const SAID = 2000; // characters of all that a button says; who says more is no button
const REGIONS = "form, [role=form], search, [role=search], dialog, [role=dialog], [role=alertdialog], [aria-modal=true]";
const NAMES = ["aria-label", "title", "alt", "value", "placeholder", "name", "id", "class", "href", "xlink:href", "aria-controls"];

const isButton = (element) => {
  if (matches(element, "button, input")) return isPlainButton(element);
  return matches(element, "summary, [role=button], [aria-expanded=false], a[href]");
};

/** A button that submits by default does so through its form, or through that of an element it is a part of. */
const isPlainButton = (element) => {
  if (element.type === "button") return true;
  if (nameIn(element) !== "button" || element.type === "reset" || element.form) return false;
  return ![...ancestors(element)].some((at) => nameIn(at) === "form" || attributeOf(at, "form") !== null);
};

/** Whether pressing it leads away. */
const leadsAway = (element) => {
  const link = closest(element, "a[href]");
  return link !== null && !/^\s*(#|javascript:)/i.test(attributeOf(link, "href"));
};

const attributesIn = (element) => {
  const attributes = [...(attributesOf(element) ?? [])].filter(({ name }) => NAMES.includes(name) || name.startsWith("data-"));
  return attributes.map(({ name, value }) => {
    if (name === "class") return value.split(/\s+/).filter((word) => !LAYOUT.test(word)).join(" ");
    return name.startsWith("data-") ? `${name} ${value}` : value;
  });
};

/** Everything that a button says or is called, and its parts, and the elements it is a part of. */
const spokenBy = (element) => {
  const said = [wordsOf(element), textIn(element, SAID), ...attributesIn(element)];
  said.push(...namedBy(element, "aria-describedby").map((it) => contentOf(it)));
  const count = { seen: 0 };
  for (const part of all(element, count)) {
    if (count.seen > PARTS) break;
    said.push(...attributesIn(part));
    if (nameIn(part) === "slot") {
      for (const slotted of part.assignedElements()) said.push(...attributesIn(slotted));
    }
  }
  return parted(said.join(" | "));
};

const hostsOf = (element) => {
  const hosts = [];
  for (let host = hostOf(element); host; host = hostOf(host)) hosts.push(nameIn(host), ...attributesIn(host));
  return parted(hosts.join(" | "));
};

/** Whether it says of itself that it shows something which is not shown. */
const isShut = (element) => {
  if (nameIn(element) === "summary") return nameIn(parentOf(element) ?? element) === "details" && attributeOf(parentOf(element), "open") === null;
  if (attr(element, "aria-expanded") === "false") return true;
  if (!["", "false"].includes(attr(element, "aria-haspopup"))) return true;
  return namedBy(element, "aria-controls").some((shown) => !isShown(shown));
};

/** Whether a field is shown near it; `crowded` are all elements that hold one. One that floats is not near the page's. */
const isNearField = (element, crowded, shut) => {
  const form = element.form;
  if (matches(element, "button, input") && form && (crowded.has(form) || [...elementsOf(form)].some((it) => crowded.has(it)))) return true;
  let [depth, apart] = [0, shut];
  for (const at of ancestors(element)) {
    apart ||= !isPage(at) && isFloating(at);
    const counts = depth <= AROUND || matches(at, REGIONS);
    if (counts && crowded.has(at) && !(isPage(at) && apart)) return true;
    depth += 1;
  }
  return false;
};

const openerOf = (element, crowded, known) => {
  if (leadsAway(element) || isOff(element) || attr(element, "aria-expanded") === "true") return undefined;
  if (["onclick", "onmousedown", "onpointerdown", "href"].some((name) => JUMPING.test(attributeOf(element, name) ?? ""))) return undefined;
  const said = spokenBy(element);
  if (said.length > 2 * SAID || !OPENS.test(said) || ACTS.test(said) || ACTS.test(hostsOf(element))) return undefined;
  const shut = isShut(element);
  if ((!shut && !CHATS.test(said)) || !isShown(element) || isNearField(element, crowded, shut) || isConsent(element, known)) return undefined;
  const shows = CHATS.test(said) ? "chat" : SEARCHES.test(said) ? "search" : "form";
  return { number: numberOf(element), shows };
};
