"use strict";
(function () {
  function load(src) {
    var script = document.createElement("script");
    script.async = true;
    script.src = src;
    document.head.appendChild(script);
  }
  var below = new IntersectionObserver(function (entries) {
    if (!entries.some(function (entry) { return entry.isIntersecting; })) return;
    below.disconnect();
    load("https://analytics.tiktok.com/i18n/pixel/events.js");
  });
  below.observe(document.getElementById("reviews"));
  addEventListener("scroll", function once() {
    if (scrollY < 600) return;
    removeEventListener("scroll", once);
    load("https://snap.licdn.com/li.lms-analytics/insight.min.js");
  }, { passive: true });
})();
