"use strict";
(function () {
  var sink = "https://collect.farewell-sink.test";
  addEventListener("pagehide", function () {
    navigator.sendBeacon(sink + "/beacon-text", "gone");
    navigator.sendBeacon(sink + "/beacon-blob", new Blob(["gone, as a Blob"], { type: "text/plain" }));
    fetch(sink + "/keepalive", { method: "POST", mode: "no-cors", keepalive: true, body: "gone, kept alive" });
    new Image().src = sink + "/pixel.gif?gone=1";
  });
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden") navigator.sendBeacon(sink + "/hidden", "hidden");
  });
})();
