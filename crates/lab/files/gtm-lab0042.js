/* A stand-in for a container of Google Tag Manager with one custom HTML tag: Microsoft Clarity. */
(function () {
  "use strict";
  window.google_tag_manager = window.google_tag_manager || {};
  window.google_tag_manager["GTM-LAB0042"] = { dataLayer: { name: "dataLayer" } };
  window.clarity = window.clarity || function () { (window.clarity.q = window.clarity.q || []).push(arguments); };
  var tag = document.createElement("script");
  tag.async = true;
  tag.src = "https://www.clarity.ms/tag/labgtm0042";
  var first = document.getElementsByTagName("script")[0];
  first.parentNode.insertBefore(tag, first);
})();
