/* Stand-in for Sourcepoint, whose code is not published: its markup, its globals and its cookies. */
"use strict";
(function () {
  var kept = localStorage.getItem("_sp_user_consent_lab") || "";
  window._sp_ = { version: "lab", config: { accountId: 222 } };
  function tell(accept) {
    window.dispatchEvent(new CustomEvent("lab-sp-choice", { detail: { accept: accept } }));
  }
  addEventListener("message", function (event) {
    if (event.origin !== "https://cdn.privacy-mgmt.com" || !event.data || event.data.name !== "sp.choice") return;
    var accept = event.data.type === 11;
    localStorage.setItem("_sp_user_consent_lab", accept ? "all" : "none");
    document.getElementById("sp_message_container_1000").remove();
    tell(accept);
  });
  addEventListener("DOMContentLoaded", function () {
    if (kept) {
      tell(kept === "all");
      return;
    }
    var box = document.createElement("div");
    box.id = "sp_message_container_1000";
    box.style.cssText = "position: fixed; bottom: 0; left: 0; right: 0; height: 12em; z-index: 2147483640";
    box.innerHTML = '<iframe id="sp_message_iframe_1000" title="SP Consent Message" style="width: 100%; height: 100%; border: 0"' +
      ' src="https://cdn.privacy-mgmt.com/index.html?message_id=1000&consentUUID=lab"></iframe>';
    document.body.appendChild(box);
  });
})();
