/* A stand-in for the runtime of a Wix site, which loads what its marketing settings name. */
(function () {
  "use strict";
  window.wixBiSession = { viewerSessionId: "lab" };
  var tag = document.createElement("script");
  tag.async = true;
  tag.src = "https://www.googletagmanager.com/gtag/js?id=G-LAB0000001";
  document.head.appendChild(tag);
})();
