"use strict";
// Reads what was typed, and keeps it to itself.
(function () {
  var longest = 0;
  document.querySelectorAll("input, textarea").forEach(function (field) {
    field.addEventListener("blur", function () { longest = Math.max(longest, field.value.length); });
  });
})();
