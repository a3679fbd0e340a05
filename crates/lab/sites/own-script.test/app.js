"use strict";
// The site's bundle: its menu, and at the end what marketing asked for.
(function () {
  document.querySelector("nav").dataset.open = "no";
  window.hj = window.hj || function () { (window.hj.q = window.hj.q || []).push(arguments); };
  window._hjSettings = { hjid: 1000001, hjsv: 6 };
  var tag = document.createElement("script");
  tag.async = true;
  tag.src = "https://static.hotjar.com/c/hotjar-" + window._hjSettings.hjid + ".js?sv=" + window._hjSettings.hjsv;
  document.head.appendChild(tag);
})();
