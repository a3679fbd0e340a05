"use strict";
(function () {
  var seen = { keys: 0, inputs: 0, pastes: 0, changes: 0 };
  document.addEventListener("keydown", function () { seen.keys += 1; }, true);
  document.addEventListener("input", function () { seen.inputs += 1; }, true);
  document.addEventListener("paste", function () { seen.pastes += 1; }, true);
  document.addEventListener("copy", function () { seen.pastes += 1; }, true);
  addEventListener("DOMContentLoaded", function () {
    var field = document.querySelector("input[type=email]");
    new MutationObserver(function () { seen.changes += 1; }).observe(document.body, { childList: true, subtree: true });
    // What a browser has filled in by itself is read before anybody types.
    var filled = field ? field.value.length : -1;
    new Image().src = "https://js.form-watch.test/seen.gif?filled=" + filled;
  });
})();
