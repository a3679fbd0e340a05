"use strict";
// The drawing of a fingerprinting library: text in two colours, read back at once.
(function () {
  var canvas = document.createElement("canvas");
  canvas.width = 240;
  canvas.height = 60;
  var drawing = canvas.getContext("2d");
  drawing.textBaseline = "alphabetic";
  drawing.fillStyle = "#f60";
  drawing.fillRect(100, 1, 62, 20);
  drawing.fillStyle = "#069";
  drawing.font = "11pt no-real-font-123";
  drawing.fillText("Cwm fjordbank glyphs vext quiz, \ud83d\ude03", 2, 15);
  drawing.fillStyle = "rgba(102, 204, 0, 0.7)";
  drawing.font = "18pt Arial";
  drawing.fillText("Cwm fjordbank glyphs vext quiz, \ud83d\ude03", 4, 45);
  var drawn = canvas.toDataURL();
  fetch("https://cdn.device-print.test/v1/id", { method: "POST", mode: "no-cors", body: String(drawn.length) });
})();
