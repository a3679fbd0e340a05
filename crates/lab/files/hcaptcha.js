/* A stand-in for hCaptcha's script: it puts its frame where the page wants it. */
(function () {
  "use strict";
  document.querySelectorAll(".h-captcha").forEach(function (box) {
    var frame = document.createElement("iframe");
    frame.src = "https://newassets.hcaptcha.com/captcha/v1/lab/static/hcaptcha.html#frame=checkbox&sitekey=" + box.dataset.sitekey;
    frame.title = "Widget containing checkbox for hCaptcha security challenge";
    frame.width = "303";
    frame.height = "78";
    box.appendChild(frame);
  });
})();
