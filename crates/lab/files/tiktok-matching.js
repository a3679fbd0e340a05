/* Stand-in for the part of TikTok's pixel that matches visitors by itself, whose code is not published. */
(function () {
  function digest(text) {
    return crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)).then(function (buffer) {
      return Array.from(new Uint8Array(buffer));
    });
  }
  function hex(bytes) {
    return bytes.map(function (byte) { return byte.toString(16).padStart(2, "0"); }).join("");
  }
  var user = {};
  document.addEventListener("change", function (event) {
    var field = event.target;
    if (field.type !== "email" && field.type !== "tel") return;
    var tel = field.type === "tel";
    digest(tel ? "+1" + field.value.replace(/\D/g, "") : field.value.trim().toLowerCase()).then(function (bytes) {
      user[tel ? "phone_number" : "email"] = hex(bytes);
      navigator.sendBeacon("https://analytics.tiktok.com/api/v2/pixel", JSON.stringify({
        event: "EnrichAM", context: { user: user, page: { url: location.href }, pixel: { code: "LAB0077" } }
      }));
    });
  }, true);
})();
