// What is in a frame sent from a Blob, which the browser does not tell. In the order of the calls.
if (typeof WebSocket === "function") {
  const urlOf = accessor(WebSocket.prototype, "url");
  const sizeOf = accessor(Blob.prototype, "size");
  const cut = uncurry(Blob.prototype.slice);
  const bufferOf = uncurry(Blob.prototype.arrayBuffer);
  const lengthOf = accessor(ArrayBuffer.prototype, "byteLength");
  const NativeBytes = Uint8Array;
  const encode = btoa;
  const characters = String.fromCharCode;
  let before;
  let room = BLOB_BYTES;

  const base64 = (bytes, length) => {
    let binary = "";
    for (let at = 0; at < length; at++) binary += characters(bytes[at]);
    return encode(binary);
  };

  const readIn = async (url, blob, earlier) => {
    const size = sizeOf(blob);
    const fields = { __proto__: null, url, size, data: "", read: size === 0 };
    const kept = size < BODY ? size : BODY;
    if (kept > 0 && kept <= room) {
      room -= kept;
      try {
        fields.data = base64(new NativeBytes(await bufferOf(cut(blob, 0, kept))), kept);
        fields.read = true;
      } catch {
        // Told as unread.
      }
    }
    await earlier;
    tell("blob", fields, "");
  };

  method(WebSocket.prototype, "send", (self, values) => {
    if (!isObject(values[0])) return;
    const url = text(urlOf(self), ADDRESS);
    if (sizeOf(values[0]) !== undefined) before = readIn(url, values[0], before);
    // An empty frame of another kind looks the same to the browser.
    else if (emptiness(values[0])) before = readIn(url, new NativeBlob(), before);
  });

  const NativeBlob = Blob;
  const view = accessor(getPrototypeOf(Uint8Array.prototype), "byteLength");
  const emptiness = (value) => lengthOf(value) === 0 || view(value) === 0;
}
