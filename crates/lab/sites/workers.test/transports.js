"use strict";
// One request on every transport that a page has; the path says which.
(function () {
  var beacons = "https://collect.beacon-sink.test";
  var sockets = "stream.socket-sink.test";
  new Worker("/dedicated.js");
  navigator.serviceWorker.register("/service.js").catch(function () {});
  navigator.sendBeacon(beacons + "/beacon-text", "text of a beacon");
  navigator.sendBeacon(beacons + "/beacon-blob", new Blob([JSON.stringify({ kind: "blob" })], { type: "text/plain" }));
  fetch(beacons + "/keepalive", { method: "POST", keepalive: true, mode: "no-cors", body: "kept alive" });
  var request = new XMLHttpRequest();
  request.open("POST", beacons + "/xhr");
  request.send("by XMLHttpRequest");
  var socket = new WebSocket("wss://" + sockets + "/socket");
  socket.onopen = function () {
    socket.send("text frame");
    socket.send(new Uint8Array([1, 2, 3, 4]));
    socket.send(new Blob(["blob frame"]));
  };
  new EventSource("https://" + sockets + "/events");
  addEventListener("pagehide", function () {
    navigator.sendBeacon(beacons + "/leave", "left the page");
  });
})();
