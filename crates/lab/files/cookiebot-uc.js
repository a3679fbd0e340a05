/* Stand-in for Cookiebot, whose code is not published: its markup, its globals and its cookies. */
"use strict";
(function () {
  var kept = (document.cookie.match(/CookieConsent=([^;]*)/) || ["", ""])[1];
  function consent(all) {
    return { necessary: true, preferences: all, statistics: all, marketing: all, stamp: "lab", method: "explicit" };
  }
  function release() {
    document.querySelectorAll('script[type="text/plain"][data-cookieconsent]').forEach(function (held) {
      var script = document.createElement("script");
      script.async = true;
      script.src = held.dataset.src;
      held.remove();
      document.head.appendChild(script);
    });
  }
  function choose(all) {
    var cookiebot = window.Cookiebot;
    cookiebot.consent = consent(all);
    cookiebot.hasResponse = true;
    cookiebot.consented = all;
    cookiebot.declined = !all;
    document.cookie = "CookieConsent=" + encodeURIComponent("{stamp:'lab',necessary:true,preferences:" + all + ",statistics:" + all + ",marketing:" + all + ",method:'explicit',ver:1}") + "; path=/; max-age=31536000; SameSite=Lax";
    cookiebot.hide();
    if (all) release();
    window.dispatchEvent(new Event(all ? "CookiebotOnAccept" : "CookiebotOnDecline"));
  }
  var agreed = kept.indexOf("statistics%3Atrue") >= 0;
  window.Cookiebot = {
    consent: consent(agreed), hasResponse: kept !== "", consented: agreed, declined: kept !== "" && !agreed,
    dialog: { visible: false },
    withdraw: function () { choose(false); },
    hide: function () {
      this.dialog.visible = false;
      var dialog = document.getElementById("CybotCookiebotDialog");
      if (dialog) dialog.remove();
    }
  };
  addEventListener("DOMContentLoaded", function () {
    if (agreed) release();
    if (kept) return;
    var dialog = document.createElement("div");
    dialog.id = "CybotCookiebotDialog";
    dialog.setAttribute("role", "dialog");
    dialog.style.cssText = "position: fixed; top: 30%; left: 25%; right: 25%; background: #fff; padding: 1em; border: 1px solid; z-index: 2147483631";
    dialog.innerHTML = '<h2 id="CybotCookiebotDialogBodyContentTitle">This website uses cookies</h2>' +
      '<p>We use cookies to personalise content and ads, and to analyse our traffic.</p>' +
      '<button id="CybotCookiebotDialogBodyLevelButtonLevelOptinDeclineAll">Deny</button> ' +
      '<button id="CybotCookiebotDialogBodyButtonAccept">Allow all</button>';
    document.body.appendChild(dialog);
    window.Cookiebot.dialog.visible = true;
    document.getElementById("CybotCookiebotDialogBodyLevelButtonLevelOptinDeclineAll").addEventListener("click", function () { choose(false); });
    document.getElementById("CybotCookiebotDialogBodyButtonAccept").addEventListener("click", function () { choose(true); });
  });
})();
