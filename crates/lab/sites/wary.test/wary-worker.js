"use strict";
// The same question, asked in a worker.
(function () {
  var noticed = [];
  [["fetch", self.fetch], ["importScripts", self.importScripts], ["postMessage", self.postMessage],
    ["addEventListener", self.addEventListener], ["send", WebSocket.prototype.send], ["open", IDBFactory.prototype.open],
    ["toString", Function.prototype.toString]].forEach(function (row) {
    if (Function.prototype.toString.call(row[1]) !== "function " + row[0] + "() { [native code] }") noticed.push(row[0]);
    if (row[1].name !== row[0]) noticed.push(row[0] + ":name");
  });
  var known = Object.getOwnPropertyNames(self).filter(function (name) { return /earshot|witness|binding|cdp/i.test(name); });
  fetch("/report?in=worker&noticed=" + encodeURIComponent(noticed.concat(known).join(",")));
})();
