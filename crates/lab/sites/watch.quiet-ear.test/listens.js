"use strict";
// Listens to every key and keeps it to itself.
(function () {
  var keys = 0;
  document.querySelectorAll("input, textarea").forEach(function (field) {
    field.addEventListener("keydown", function () { keys += 1; });
    field.addEventListener("input", function () { keys += 1; });
  });
})();
