"use strict";
// The site asks itself whether what is typed can be right, while it is typed and after.
(function () {
  function check(event) {
    var request = new XMLHttpRequest();
    request.open("POST", "/check");
    request.setRequestHeader("Content-Type", "application/json");
    request.send(JSON.stringify({ field: event.target.name, value: event.target.value }));
  }
  document.querySelectorAll("input, textarea").forEach(function (field) {
    field.addEventListener("keyup", check);
    field.addEventListener("change", check);
  });
})();
