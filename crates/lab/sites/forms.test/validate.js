"use strict";
(function () {
  var mail = document.getElementById("mail");
  function check() {
    document.getElementById("hint").textContent = mail.value && !mail.value.includes("@") ? "Is that an address?" : "";
  }
  mail.addEventListener("input", check);
  mail.addEventListener("keyup", check);
  mail.addEventListener("paste", check);
  new MutationObserver(check).observe(mail.form, { attributes: true });
  check();
})();
