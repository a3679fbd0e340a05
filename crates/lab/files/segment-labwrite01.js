/* A stand-in for a Segment source with one destination in the browser: Amplitude. */
(function () {
  "use strict";
  var id = "lab-" + Date.now();
  document.cookie = "ajs_anonymous_id=" + id + "; path=/; max-age=31536000; SameSite=Lax";
  localStorage.setItem("ajs_anonymous_id", JSON.stringify(id));
  fetch("https://api.segment.io/v1/p", {
    method: "POST", keepalive: true, headers: { "Content-Type": "text/plain" },
    body: JSON.stringify({ type: "page", writeKey: "labwrite01", anonymousId: id, properties: { url: location.href } })
  });
  var destination = document.createElement("script");
  destination.async = true;
  destination.src = "https://cdn.amplitude.com/libs/analytics-browser-2.11.1-min.js";
  destination.onload = function () { window.amplitude.init("lab0000000000000000000000000amp1"); };
  document.head.appendChild(destination);
})();
