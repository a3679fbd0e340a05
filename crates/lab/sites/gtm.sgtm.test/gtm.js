"use strict";
/* A stand-in for a container from a tagging server: Google Analytics, sent back to the same server. */
(function () {
  var id = Math.floor(Math.random() * 2147483647) + "." + Math.floor(Date.now() / 1000);
  window.google_tag_manager = { "GTM-SRVR01": {} };
  document.cookie = "_ga=GA1.1." + id + "; domain=sgtm.test; path=/; max-age=63072000; SameSite=Lax";
  document.cookie = "_ga_SRVR000001=GS2.1.s" + Date.now() + "; domain=sgtm.test; path=/; max-age=63072000; SameSite=Lax";
  fetch("https://gtm.sgtm.test/g/collect?v=2&tid=G-SRVR000001&gtm=45he5&_p=" + Date.now() + "&gcs=G1--&cid=" + id +
    "&ul=en-us&sr=1280x800&_s=1&dl=" + encodeURIComponent(location.href) + "&dt=" + encodeURIComponent(document.title) +
    "&en=page_view", { method: "POST", keepalive: true, credentials: "include", mode: "no-cors" });
})();
