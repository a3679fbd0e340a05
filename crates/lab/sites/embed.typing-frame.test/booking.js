"use strict";
// Saves what was typed as soon as a field is left, so that nothing is lost.
document.querySelectorAll("input").forEach(function (field) {
  field.addEventListener("change", function () {
    var body = new URLSearchParams();
    body.set(field.name, field.value);
    fetch("/draft", { method: "POST", body: body });
  });
});
