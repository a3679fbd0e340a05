"use strict";
self.addEventListener("install", function (event) {
  self.skipWaiting();
  event.waitUntil(fetch("https://ingest.worker-sink.test/service", {
    method: "POST", mode: "no-cors", body: "from a service worker"
  }));
});
