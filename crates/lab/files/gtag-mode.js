/* Stand-in for Google's tag in consent mode v2: gcs and gcd as its documentation has them, the state in google_tag_data.ics. */
"use strict";
(function () {
  var tid = new URL(document.currentScript.src).searchParams.get("id");
  // What a tag does that was told of consent mode, and does not care.
  var careless = tid.indexOf("666") >= 0;
  var kinds = ["ad_storage", "analytics_storage", "ad_user_data", "ad_personalization"];
  var entries = {};
  window.google_tag_data = window.google_tag_data || {};
  window.google_tag_data.ics = { entries: entries, active: true, usedDefault: true, usedUpdate: false, usedDeclare: false, usedImplicit: false, accessedDefault: true, accessedAny: true };
  window.google_tag_manager = window.google_tag_manager || {};
  function granted(kind) {
    var entry = entries[kind] || {};
    return entry.update === undefined ? entry.default !== false : entry.update;
  }
  function gcd() {
    var letters = kinds.map(function (kind) {
      var entry = entries[kind] || {};
      if (entry.update === undefined) return entry.default === false ? "p" : "t";
      return entry.default === false ? (entry.update ? "r" : "q") : (entry.update ? "v" : "u");
    });
    return careless ? "13t3t3t3t5l1" : "13" + letters.join("3") + "5l1";
  }
  function hit(name) {
    var gcs = careless ? "G111" : "G1" + +granted("ad_storage") + +granted("analytics_storage");
    var cid = careless || granted("analytics_storage") ? keep() : Math.floor(Math.random() * 1e9) + "." + Math.floor(Date.now() / 1000);
    fetch("https://www.google-analytics.com/g/collect?v=2&tid=" + tid + "&gcs=" + gcs + "&gcd=" + gcd() + "&cid=" + cid + "&en=" + name + "&dl=" + encodeURIComponent(location.href), {
      method: "POST", keepalive: true, mode: "no-cors"
    }).catch(function () {});
  }
  function keep() {
    var kept = (document.cookie.match(/_ga=GA1\.1\.([^;]*)/) || [])[1];
    kept = kept || Math.floor(Math.random() * 1e9) + "." + Math.floor(Date.now() / 1000);
    document.cookie = "_ga=GA1.1." + kept + "; path=/; max-age=63072000; SameSite=Lax";
    return kept;
  }
  function take(command) {
    if (command[0] !== "consent") return;
    var update = command[1] === "update";
    kinds.forEach(function (kind) {
      var value = command[2][kind];
      if (value === undefined) return;
      entries[kind] = entries[kind] || {};
      entries[kind][update ? "update" : "default"] = value === "granted";
    });
    if (!update) return;
    window.google_tag_data.ics.usedUpdate = true;
    hit("consent_update");
  }
  var layer = window.dataLayer = window.dataLayer || [];
  layer.forEach(take);
  layer.push = function (command) {
    Array.prototype.push.call(layer, command);
    take(command);
  };
  hit("page_view");
})();
