/* A stand-in for one tag of Tealium's: it loads what its template is for. */
(function () {
  "use strict";
  var pixel = document.createElement("script");
  pixel.async = true;
  pixel.src = "https://connect.facebook.net/en_US/fbevents.js";
  document.head.appendChild(pixel);
})();
