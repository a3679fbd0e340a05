"use strict";
// Tells the page's own host what was pressed and what each field noticed, whenever a field is left and at the end.
// Nothing of what was typed is told.
(function () {
  var pressed = { submit: 0, enter: 0, banner: 0, send: 0, buy: 0 };
  var fields = {};
  function tell() {
    var query = Object.keys(pressed).map(function (name) { return name + "=" + pressed[name]; }).join("&");
    navigator.sendBeacon("/count?page=" + location.pathname.slice(1) + "&" + query, JSON.stringify(fields));
  }
  function count(event) {
    var target = event.composedPath()[0];
    var name = target.name || target.id || "nameless";
    var field = fields[name] = fields[name] || {};
    field[event.type] = (field[event.type] || 0) + 1;
    if (event.key === "Enter") pressed.enter += 1;
    if (event.type === "focusout" || event.key === "Enter") tell();
  }
  ["keydown", "keypress", "input", "keyup", "change", "focusin", "focusout"].forEach(function (type) {
    addEventListener(type, count, true);
  });
  addEventListener("submit", function (event) {
    event.preventDefault();
    pressed.submit += 1;
    tell();
  }, true);
  addEventListener("click", function (event) {
    var button = event.composedPath()[0];
    if (button.dataset && button.dataset.press) {
      pressed[button.dataset.press] += 1;
      tell();
    }
  }, true);
  addEventListener("pagehide", tell);
})();
