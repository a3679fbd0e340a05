/* Stand-in for the part of Meta's pixel that does automatic advanced matching, whose code is not published. */
(function () {
  function digest(text) {
    return crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)).then(function (buffer) {
      return Array.from(new Uint8Array(buffer));
    });
  }
  function hex(bytes) {
    return bytes.map(function (byte) { return byte.toString(16).padStart(2, "0"); }).join("");
  }
  var names = { email: "em", tel: "ph" };
  document.addEventListener("change", function (event) {
    var field = event.target;
    if (!names[field.type]) return;
    var value = field.type === "tel" ? field.value.replace(/\D/g, "") : field.value.trim().toLowerCase();
    digest(value).then(function (bytes) {
      new Image().src = "https://www.facebook.com/tr/?id=1000000000000077&ev=SubscribedButtonClick&dl=" +
        encodeURIComponent(location.href) + "&udff%5B" + names[field.type] + "%5D=" + hex(bytes) + "&ts=" + Date.now();
    });
  }, true);
})();
