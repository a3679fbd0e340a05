// Cookies that scripts set. Of a value only its length leaves.
const bytesOf = (value) => {
  let bytes = 0;
  for (let at = 0; at < value.length && at < COOKIE; at++) {
    const unit = unitAt(value, at);
    bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : unit >= 0xd800 && unit < 0xe000 ? 2 : 3;
  }
  return bytes;
};

const attributes = { __proto__: null };
for (const name of "path domain max-age expires secure samesite partitioned".split(" ")) attributes[name] = true;

/** The attributes of a line that are known, and nothing else of it. */
const attributesOf = (line) => {
  let known = "";
  for (let from = 0, words = 0; from < line.length && words < 16; words++) {
    const end = indexOf(line, ";", from);
    const word = trim(slice(line, from, end < 0 ? undefined : end));
    const equals = indexOf(word, "=");
    const name = lower(trim(equals < 0 ? word : slice(word, 0, equals)));
    if (attributes[name]) known += `; ${slice(word, 0, ADDRESS)}`;
    from = end < 0 ? line.length : end + 1;
  }
  return known;
};

const baked = (name, value, rest, from) => {
  const fields = { __proto__: null, name: slice(name, 0, NAME_LENGTH), length: bytesOf(value), attributes: "" };
  fields.attributes = slice(rest, 0, ADDRESS);
  const stack = stackOf("cookie", from);
  if (stack === undefined) return;
  // Each cookie of a script once: what it is set to is not told anyway. One that is deleted is another.
  if (tally(`cookie ${name} ${rest} ${scriptsOf(stack)}`) === 1) tell("cookie", fields, stack);
};

if (isWindow) {
  hook(Document.prototype, "cookie", "set", (self, values, result, from) => {
    const line = values[0];
    if (typeof line !== "string") return;
    const end = indexOf(line, ";");
    const pair = slice(line, 0, end < 0 ? undefined : end);
    const equals = indexOf(pair, "=");
    const name = equals < 0 ? "" : trim(slice(pair, 0, equals));
    baked(name, trim(slice(pair, equals + 1)), end < 0 ? "" : attributesOf(slice(line, end)), from);
  });
}

method(prototypeOf("CookieStore"), "set", (self, values, result, from) => {
  if (typeof values[0] === "string") {
    return baked(values[0], text(values[1], COOKIE), "; path=/; samesite=strict; secure", from);
  }
  const given = (name) => plain(values[0], name);
  let rest = `; path=${text(given("path"), ADDRESS) || "/"}; secure`;
  rest += `; samesite=${text(given("sameSite"), WORD) || "strict"}`;
  if (typeof given("domain") === "string") rest += `; domain=${given("domain")}`;
  if (typeof given("expires") === "number") rest += `; max-age=${round((given("expires") - dateNow()) / 1000)}`;
  if (given("partitioned") === true) rest += "; partitioned";
  baked(text(given("name"), NAME_LENGTH), text(given("value"), COOKIE), rest, from);
});
