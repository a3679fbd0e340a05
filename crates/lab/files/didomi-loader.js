/* Stand-in for Didomi, whose code is not published: its markup, its globals and its cookies. */
"use strict";
(function () {
  var denied = "CP1R2oAP1R2oAAHABBEND6EgAAAAAAAAAAYgAIAAAAAAAAA";
  var granted = "CP1R2oAP1R2oAAHABBEND6EgAP_gAAAAAAYgAIP__AAAAAA";
  var kept = (document.cookie.match(/euconsent-v2=([^;]*)/) || ["", ""])[1];
  var listeners = [];
  function enabled() { return kept === granted; }
  function data(listenerId) {
    var purposes = {};
    for (var id = 1; id <= 11; id += 1) purposes[id] = enabled();
    return {
      tcString: kept || denied, tcfPolicyVersion: 4, cmpId: 7, cmpVersion: 1, gdprApplies: true, cmpStatus: "loaded",
      eventStatus: kept ? "useractioncomplete" : "cmpuishown", listenerId: listenerId, isServiceSpecific: true,
      purpose: { consents: purposes, legitimateInterests: {} }, vendor: { consents: {}, legitimateInterests: {} }
    };
  }
  window.__tcfapi = function (command, version, callback) {
    if (command === "ping") callback({ gdprApplies: true, cmpLoaded: true, cmpStatus: "loaded", apiVersion: "2.2", cmpId: 7 });
    else if (command === "addEventListener") { listeners.push(callback); callback(data(listeners.length), true); }
    else if (command === "getTCData") callback(data(), true);
    else callback(true, true);
  };
  function choose(all) {
    kept = all ? granted : denied;
    document.cookie = "euconsent-v2=" + kept + "; path=/; max-age=31536000; SameSite=Lax";
    document.getElementById("didomi-host").remove();
    listeners.forEach(function (listener, index) { listener(data(index + 1), true); });
    if (all && window.didomiOnAgree) window.didomiOnAgree();
  }
  window.Didomi = {
    getCurrentUserStatus: function () { return { purposes: { cookies: { id: "cookies", enabled: enabled() } }, vendors: {} }; },
    getUserConsentStatusForAll: function () { return { purposes: { enabled: enabled() ? ["cookies"] : [], disabled: enabled() ? [] : ["cookies"] } }; },
    setUserAgreeToAll: function () { choose(true); },
    setUserDisagreeToAll: function () { choose(false); },
    shouldConsentBeCollected: function () { return !kept; }
  };
  addEventListener("DOMContentLoaded", function () {
    if (kept) {
      if (enabled() && window.didomiOnAgree) window.didomiOnAgree();
      return;
    }
    var host = document.createElement("div");
    host.id = "didomi-host";
    host.innerHTML = '<div id="didomi-notice" role="dialog" aria-label="Didomi" style="position: fixed; bottom: 0; left: 0; right: 0;' +
      ' background: #fff; padding: 1em; border-top: 1px solid; z-index: 2147483640">' +
      '<p>With your agreement, we and our partners use cookies to measure audiences and to show advertising.</p>' +
      '<button id="didomi-notice-disagree-button">Disagree and close</button> ' +
      '<button id="didomi-notice-agree-button">Agree and close</button></div>';
    document.body.appendChild(host);
    document.getElementById("didomi-notice-disagree-button").addEventListener("click", function () { choose(false); });
    document.getElementById("didomi-notice-agree-button").addEventListener("click", function () { choose(true); });
  });
})();
