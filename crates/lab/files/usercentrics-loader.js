/* Stand-in for Usercentrics, whose code is not published: its markup, its globals and its cookies. */
"use strict";
(function () {
  var kept = localStorage.getItem("uc_user_interaction") ? localStorage.getItem("ucString") : "";
  function tell(all) {
    window.dispatchEvent(new CustomEvent("ucEvent", { detail: { event: "consent_status", action: "onInitialPageLoad", all: all } }));
  }
  function choose(all) {
    kept = all ? "all" : "none";
    localStorage.setItem("uc_user_interaction", "true");
    localStorage.setItem("ucString", kept);
    window.UC_UI.closeCMP();
    tell(all);
  }
  window.UC_UI = {
    isInitialized: function () { return true; },
    isConsentRequired: function () { return !kept; },
    areAllConsentsAccepted: function () { return kept === "all"; },
    acceptAllConsents: function () { choose(true); return true; },
    denyAllConsents: function () { choose(false); return true; },
    closeCMP: function () {
      var root = document.getElementById("usercentrics-root");
      if (root) root.remove();
      return true;
    },
    getServicesBaseInfo: function () { return [{ id: "lab", name: "Reddit Pixel", consent: { status: kept === "all" } }]; }
  };
  addEventListener("DOMContentLoaded", function () {
    if (kept) {
      tell(kept === "all");
      return;
    }
    var root = document.createElement("div");
    root.id = "usercentrics-root";
    root.style.cssText = "position: fixed; bottom: 0; left: 0; right: 0; height: 9em; z-index: 2147483640";
    document.body.appendChild(root);
    var shadow = root.attachShadow({ mode: "open" });
    shadow.innerHTML = '<div data-testid="uc-container" role="dialog" aria-label="Privacy Settings" style="background: #fff; padding: 1em; border-top: 1px solid">' +
      '<p>This site uses third-party website tracking technologies to provide its services and to show advertisements. Do you consent?</p>' +
      '<button data-testid="uc-deny-all-button">Deny</button> <button data-testid="uc-accept-all-button">Accept All</button></div>';
    shadow.querySelector("[data-testid=uc-deny-all-button]").addEventListener("click", function () { choose(false); });
    shadow.querySelector("[data-testid=uc-accept-all-button]").addEventListener("click", function () { choose(true); });
  });
})();
