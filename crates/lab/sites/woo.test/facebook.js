/* The plug-in's own script: it puts in the tag that its settings ask for. */
(function () {
  "use strict";
  var tag = document.createElement("script");
  tag.async = true;
  tag.src = "https://connect.facebook.net/en_US/fbevents.js";
  document.head.appendChild(tag);
})();
