/* A stand-in for reCAPTCHA: its frame in the form, its key in storage. */
(function () {
  "use strict";
  localStorage.setItem("_grecaptcha", "lab");
  document.querySelectorAll(".g-recaptcha").forEach(function (box) {
    var frame = document.createElement("iframe");
    frame.src = "https://www.google.com/recaptcha/api2/anchor?ar=1&k=" + box.dataset.sitekey + "&size=normal";
    frame.title = "reCAPTCHA";
    frame.width = "304";
    frame.height = "78";
    box.appendChild(frame);
  });
})();
