/* A stand-in for Heap's version 5: its cookie and its first event. */
(function () {
  "use strict";
  var app = window.heap.envId;
  document.cookie = "_hp5_meta." + app + "=lab; path=/; max-age=34128000; SameSite=Lax";
  fetch("https://c.us.heap-api.com/capture/v2/track?a=" + app, {
    method: "POST", keepalive: true, headers: { "Content-Type": "text/plain" }, body: JSON.stringify({ app_id: app })
  }).catch(function () {});
})();
