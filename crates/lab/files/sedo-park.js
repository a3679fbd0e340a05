/* A stand-in for what a parking company serves: advertisements instead of a site. */
(function () {
  "use strict";
  var frame = document.createElement("iframe");
  frame.src = "https://www.sedoparking.com/frmpark/" + location.hostname + "/sedonewpark/frame";
  frame.width = "100%";
  frame.height = "600";
  frame.title = "Related searches";
  document.body.appendChild(frame);
})();
