"use strict";
// A small consent platform: it lets tags run after "accept all" and remembers the choice in the site's own cookie.
(function () {
  var banner = document.getElementById("consent-banner");
  function remember(choice) {
    document.cookie = "lab_consent=" + choice + "; path=/; max-age=15552000; SameSite=Lax";
    banner.hidden = true;
  }
  function release() {
    document.querySelectorAll("script[data-consent]").forEach(function (held) {
      var script = document.createElement("script");
      script.async = true;
      script.src = held.dataset.src;
      document.head.appendChild(script);
    });
  }
  if (document.cookie.indexOf("lab_consent=accept") >= 0) release();
  if (document.cookie.indexOf("lab_consent=") >= 0) banner.hidden = true;
  document.getElementById("accept-all").addEventListener("click", function () { remember("accept"); release(); });
  document.getElementById("reject-all").addEventListener("click", function () { remember("reject"); });
})();
