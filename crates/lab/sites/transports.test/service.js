"use strict";
self.addEventListener("install", function (event) {
  self.skipWaiting();
  event.waitUntil(fetch("https://ingest.transport-sink.test/service", {
    method: "POST", mode: "no-cors", body: "by a service worker"
  }));
});
