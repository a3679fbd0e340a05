// What a script listens on or reads, as a short selector.
const nodeName = isWindow && accessor(Node.prototype, "nodeName");
const isConnected = isWindow && accessor(Node.prototype, "isConnected");
const documentOf = isWindow && accessor(window, "document");
const attributeOf = isWindow && uncurry(Element.prototype.getAttribute);

/** `input#mail[type=email][name=email]`; undefined for what is neither a window nor in a document. */
const selectorOf = (target) => {
  if (target === undefined || target === null || target === window) return "window";
  const name = nodeName(target);
  if (name === undefined) return documentOf(target) ? "window" : undefined;
  if (name === "#document") return "document";
  if (name === "#document-fragment") return "shadow";
  if (slice(name, 0, 1) === "#") return undefined;
  const tag = lower(slice(name, 0, WORD));
  const id = text(attributeOf(target, "id"), WORD);
  let selector = id ? `${tag}#${id}` : tag;
  if (tag === "input" || tag === "textarea" || tag === "select") {
    const type = text(attributeOf(target, "type"), WORD);
    const field = text(attributeOf(target, "name"), WORD);
    if (type) selector += `[type=${type}]`;
    if (field) selector += `[name=${field}]`;
  }
  return selector;
};
