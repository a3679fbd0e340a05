"use strict";
(function () {
  var clicks = [];
  document.addEventListener("click", function (event) { clicks.push([event.pageX, event.pageY]); });
  addEventListener("scroll", function () { clicks.push(["scroll", scrollY]); }, { passive: true });
  new Image().src = "https://js.click-map.test/page.gif?path=" + encodeURIComponent(location.pathname);
})();
