/* The plug-in's own script: it puts in the tag that its settings ask for. */
(function () {
  "use strict";
  window.clarity = window.clarity || function () { (window.clarity.q = window.clarity.q || []).push(arguments); };
  var tag = document.createElement("script");
  tag.async = true;
  tag.src = "https://www.clarity.ms/tag/labwp00001?ref=wordpress";
  document.head.appendChild(tag);
})();
