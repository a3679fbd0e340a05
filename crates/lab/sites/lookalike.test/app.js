"use strict";
// A shop's own calls: stamps to collect, edition pages, searches, dates of fairs, the way of a parcel.
(function () {
  function json(path, body) {
    return fetch(path, body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) })
      .then(function (answer) { return answer.json(); });
  }
  json("/collect", { stamp: "brass-week", card: 3 });
  json("/e/?edition=12&page=2");
  json("/s/?q=lamp&sort=price");
  json("/api/event?month=2026-11").then(function (events) {
    document.getElementById("events").innerHTML = "<li>Fair of " + events.month + "</li>";
  });
  json("/track?order=10017");
  json("/i?size=200&name=lamp-42");
})();
