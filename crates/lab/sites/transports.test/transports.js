"use strict";
// One request on every transport that a page has; path and body say which.
(function () {
  var sink = "https://ingest.transport-sink.test";
  fetch(sink + "/fetch", { method: "POST", mode: "no-cors", body: "by fetch" });
  fetch(sink + "/keepalive", { method: "POST", mode: "no-cors", keepalive: true, body: "by keepalive fetch" });
  fetch(sink + "/fetch-blob", { method: "POST", mode: "no-cors", body: new Blob(["Blob by fetch"]) });
  var request = new XMLHttpRequest();
  request.open("PUT", sink + "/xhr");
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.send(new Uint8Array([0, 159, 146, 150]));
  navigator.sendBeacon(sink + "/beacon-text", "beacon of text");
  navigator.sendBeacon(sink + "/beacon-blob", new Blob(["beacon of a Blob"], { type: "text/plain" }));
  new Image().src = sink + "/pixel.gif?by=pixel";
  var socket = new WebSocket("wss://ingest.transport-sink.test/socket");
  socket.onopen = function () {
    socket.send("frame of text");
    socket.send(new Uint8Array([222, 173, 190, 239]));
    socket.send(new Blob(["frame of a Blob"]));
  };
  new EventSource(sink + "/events");
  // There is no HTTP/3 behind a proxy: this one is only tried.
  try {
    new WebTransport(sink + ":443/webtransport").ready.catch(function () {});
  } catch (error) { /* A browser without it. */ }
  new Worker("/dedicated.js");
  new SharedWorker("/shared.js");
  navigator.serviceWorker.register("/service.js").catch(function () {});
})();
