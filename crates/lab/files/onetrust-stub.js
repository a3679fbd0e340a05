/* Stand-in for OneTrust, whose code is not published: its markup, its globals and its cookies. */
"use strict";
(function () {
  var decided = /OptanonAlertBoxClosed=/.test(document.cookie);
  var agreed = /C0002%3A1/.test(document.cookie);
  function keep(name, value) {
    document.cookie = name + "=" + value + "; path=/; max-age=31536000; SameSite=Lax";
  }
  function state(all) {
    window.OnetrustActiveGroups = all ? ",C0001,C0002,C0003,C0004," : ",C0001,";
    var gpc = navigator.globalPrivacyControl ? 1 : 0;
    var groups = "C0001:1,C0002:" + +all + ",C0003:" + +all + ",C0004:" + +all;
    keep("OptanonConsent", "isGpcEnabled=" + gpc + "&consentId=lab&interactionCount=" + +decided + "&groups=" + encodeURIComponent(groups));
    if (typeof OptanonWrapper === "function") OptanonWrapper();
  }
  function choose(all) {
    decided = true;
    keep("OptanonAlertBoxClosed", new Date().toISOString());
    document.getElementById("onetrust-banner-sdk").style.display = "none";
    state(all);
  }
  window.OneTrust = {
    IsAlertBoxClosed: function () { return decided; },
    AllowAll: function () { choose(true); },
    RejectAll: function () { choose(false); },
    getGeolocationData: function () { return { country: "DE", state: "BE" }; }
  };
  function show() {
    var sdk = document.createElement("div");
    sdk.id = "onetrust-consent-sdk";
    sdk.innerHTML = '<div id="onetrust-banner-sdk" role="region" aria-label="Cookie banner" style="position: fixed; bottom: 0; left: 0; right: 0;' +
      ' background: #fff; padding: 1em; border-top: 1px solid; opacity: 0; transition: opacity 0.4s; z-index: 2147483645">' +
      '<div id="onetrust-policy-text">By clicking "Accept All Cookies", you agree to the storing of cookies on your device.</div>' +
      '<button id="onetrust-reject-all-handler">Reject All</button> ' +
      '<button id="onetrust-accept-btn-handler">Accept All Cookies</button></div>';
    document.body.appendChild(sdk);
    document.getElementById("onetrust-reject-all-handler").addEventListener("click", function () { choose(false); });
    document.getElementById("onetrust-accept-btn-handler").addEventListener("click", function () { choose(true); });
    var banner = document.getElementById("onetrust-banner-sdk");
    banner.getBoundingClientRect();
    banner.style.opacity = "1";
  }
  addEventListener("DOMContentLoaded", function () {
    state(decided && agreed);
    if (!decided) show();
  });
})();
