// By which shapes a value can leave a page: each gives a text or bytes.
const lib = (name) => import(`./lib/${name}.js`);
const bytes = (text) => new TextEncoder().encode(text);
const latin1 = (array) => Array.from(array, (byte) => String.fromCharCode(byte)).join("");
const hexadecimal = (number, digits) => number.toString(16).padStart(digits, "0");
const each = (value, shape) => Array.from(bytes(value), shape).join("");

/** A library of the old kind: what it leaves in the window. */
const global = (name, key) =>
  new Promise((resolve, reject) => {
    if (window[key]) return resolve(window[key]);
    const script = document.createElement("script");
    script.src = new URL(`./lib/${name}.js`, import.meta.url).href;
    script.onload = () => resolve(window[key]);
    script.onerror = reject;
    document.head.append(script);
  });

/** What is packed is more than the value alone, as it is with those who pack. */
const message = (value, field) =>
  JSON.stringify({ kind: "change", page: location.href, field: field.name, value, size: innerWidth });

async function packed(how, content) {
  const stream = new Blob([content]).stream().pipeThrough(new CompressionStream(how));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const packing = (how) => (value, field) => packed(how, message(value, field));
const based = (name) => async (value) => (await lib("base"))[name].encode(bytes(value));
const hashed = (name, ...rest) => async (value) => (await lib("hash-wasm"))[name](value, ...rest);
const sha256 = hashed("sha256");
const squeezed = (how) => async (value, field) => (await global("lz-string", "LZString"))[how](message(value, field));

function utf16(value, little) {
  const view = new DataView(new ArrayBuffer(value.length * 2));
  for (let at = 0; at < value.length; at += 1) view.setUint16(at * 2, value.charCodeAt(at), little);
  return new Uint8Array(view.buffer);
}

/** Adobe's base 85, without its brackets. */
function ascii85(value) {
  const array = bytes(value);
  let out = "";
  for (let at = 0; at < array.length; at += 4) {
    const group = [0, 1, 2, 3].map((index) => array[at + index] ?? 0);
    let number = ((group[0] * 256 + group[1]) * 256 + group[2]) * 256 + group[3];
    const digits = [];
    for (let index = 0; index < 5; index += 1) {
      digits.unshift(String.fromCharCode(33 + (number % 85)));
      number = Math.floor(number / 85);
    }
    out += digits.join("").slice(0, Math.min(4, array.length - at) + 1);
  }
  return out;
}

/** Everything but letters and digits as `=40`, and a soft line break in the middle of the value (RFC 2045, 6.7). */
function quotedPrintable(value) {
  const half = value.length >> 1;
  const shape = (byte) => (/[a-z0-9]/i.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `=${hexadecimal(byte, 2).toUpperCase()}`);
  return `value=3D${each(value.slice(0, half), shape)}=\r\n${each(value.slice(half), shape)}\r\n`;
}

/** A message of protobuf: 1 = a number, 2 = the value, 3 = another number. */
function protobuf(value) {
  const text = bytes(value);
  const length = text.length < 128 ? [text.length] : [(text.length & 127) | 128, text.length >> 7];
  return new Uint8Array([8, 42, 18, ...length, ...text, 24, 7]);
}

function rot13(value) {
  return value.replace(/[a-z]/gi, (letter) => {
    const base = letter <= "Z" ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
  });
}

async function hmac(value) {
  const { createHMAC, createSHA256 } = await lib("hash-wasm");
  return (await createHMAC(createSHA256(), window.matrixKey)).update(value).digest("hex");
}

/** Of all fields together: so short a digest proves something only in company. */
async function murmur3(value, field) {
  const hash = await global("murmur", "MurmurHash3");
  const filled = Array.from(field.form.elements).filter((one) => one.value);
  const digest = (one) => [one.name, hexadecimal(hash(one.value).result(), 8)];
  return JSON.stringify(Object.fromEntries(filled.map(digest)));
}

export const transforms = {
  "plain": (value) => value,
  "percent": (value) => each(value, (byte) => `%${hexadecimal(byte, 2).toUpperCase()}`),
  "percent-twice": (value) => each(value, (byte) => `%25${hexadecimal(byte, 2).toUpperCase()}`),
  "html-entities": (value) => each(value, (byte) => (byte % 2 ? `&#${byte};` : `&#x${hexadecimal(byte, 2)};`)),
  "json-string": message,
  "unicode-escapes": (value) => `{"value":"${each(value, (byte) => `\\u${hexadecimal(byte, 4)}`)}"}`,
  "nested-json": (value, field) => JSON.stringify({ a: JSON.stringify({ b: message(`"${value}"`, field) }) }),
  "base64-0": (value) => btoa(value),
  "base64-1": (value) => btoa(`~${value}`),
  "base64-2": (value) => btoa(`~~${value}`),
  "base64url": (value) => btoa(`??>${value}`).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, ""),
  "base32": based("base32"),
  "base58": based("base58"),
  "base85": ascii85,
  "hex": (value) => each(value, (byte) => hexadecimal(byte, 2)),
  "gzip": packing("gzip"),
  "zlib": packing("deflate"),
  "deflate": packing("deflate-raw"),
  "brotli": async (value, field) => (await (await lib("brotli-wasm/index.web")).default).compress(bytes(message(value, field))),
  "zstd": async (value, field) => (await (await lib("zstd")).Zstd.load()).compress(bytes(message(value, field))),
  "lz-utf16": squeezed("compressToUTF16"),
  "lz-base64": squeezed("compressToBase64"),
  "lz-uri": squeezed("compressToEncodedURIComponent"),
  "lz-uint8array": squeezed("compressToUint8Array"),
  "utf-16le": (value) => utf16(value, true),
  "utf-16be": (value) => utf16(value, false),
  "char-codes": (value) => JSON.stringify(Array.from(bytes(value))),
  "msgpack": async (value) => (await global("msgpack", "MessagePack")).encode({ id: 7, value }),
  "protobuf": protobuf,
  "quoted-printable": quotedPrintable,
  "reversed": (value) => Array.from(value).reverse().join(""),
  "rot13": rot13,
  "xor": (value) => bytes(value).map((byte) => byte ^ 0x2a),
  "gzip-in-json": async (value, field) => JSON.stringify({ data: latin1(await packed("gzip", message(value, field))) }),
  "gzip-in-gzip": async (value, field) => packed("gzip", await packed("gzip", message(value, field))),
  "lower": (value) => value.trim().toLowerCase(),
  "gmail": (value) => value.split("@")[0].replace(/\./g, "") + "@" + value.split("@")[1],
  "local-part": (value) => value.split("@")[0],
  "typing-whole": (value) => value,
  "typing-keys": (value) => JSON.stringify({ key: value }),
  "md5": hashed("md5"),
  "sha1": hashed("sha1"),
  "sha224": hashed("sha224"),
  "sha256": sha256,
  "sha384": hashed("sha384"),
  "sha512": hashed("sha512"),
  "sha3-256": hashed("sha3", 256),
  "ripemd160": hashed("ripemd160"),
  "blake2b": hashed("blake2b", 512),
  "blake3": hashed("blake3"),
  "sha256-lower": (value) => sha256(value.trim().toLowerCase()),
  "sha256-host": (value) => sha256(value + location.hostname),
  "sha256-salted": (value) => sha256(`${value}QX4QkKEU`),
  "sha256-short": async (value) => (await sha256(value)).slice(0, 16),
  "sha256-base64": async (value) => btoa(latin1((await sha256(value)).match(/../g).map((pair) => parseInt(pair, 16)))),
  "hmac-sha256": hmac,
  "murmur3": murmur3,
  "xxh64": hashed("xxhash64"),
};
