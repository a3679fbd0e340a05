/* A stand-in for Criteo's OneTag: one event for what its queue holds. */
(function () {
  "use strict";
  var events = (window.criteo_q || []).map(function (one) { return "e=" + encodeURIComponent(one.event); });
  var script = document.createElement("script");
  script.async = true;
  script.src = "https://sslwidget.criteo.com/event?a=10001&v=5.23&" + events.join("&") + "&tld=" + location.hostname;
  document.head.appendChild(script);
})();
