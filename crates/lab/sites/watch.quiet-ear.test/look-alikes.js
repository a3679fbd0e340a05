"use strict";
// What looks like a digest or an encoding of what was typed, and is one of something else.
(function () {
  var sink = "https://watch.quiet-ear.test/look-alikes";
  function random(count) {
    return Array.from(crypto.getRandomValues(new Uint8Array(count)), function (byte) {
      return byte.toString(16).padStart(2, "0");
    }).join("");
  }
  function digest(text) {
    return crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)).then(function (buffer) {
      return Array.from(new Uint8Array(buffer), function (byte) { return byte.toString(16).padStart(2, "0"); }).join("");
    });
  }
  function send() {
    digest("somebody.else@example.com").then(function (em) {
      var now = Date.now();
      fetch(sink, {
        method: "POST", mode: "no-cors",
        body: JSON.stringify({
          em: em, md5: random(16), sha1: random(20), sha512: random(64), crc: random(4), xx: random(8), at: now,
          seconds: Math.floor(now / 1000), number: String(Math.floor(Math.random() * 9e9) + 1e9),
          text: btoa("Somebody Else, who never was here"), mail: "somebody.else@example.com", domain: "@example.com",
          name: "Somebody Else", agent: navigator.userAgent
        })
      });
      new Image().src = sink + ".gif?em=" + em + "&ts=" + now + "&cb=" + random(8);
    });
  }
  send();
  document.addEventListener("change", send);
})();
