/* A stand-in for reCAPTCHA's loader. */
(function () {
  "use strict";
  var script = document.createElement("script");
  script.async = true;
  script.src = "https://www.gstatic.com/recaptcha/releases/lab000000000000000000001/recaptcha__en.js";
  document.head.appendChild(script);
})();
