"use strict";
// A small chart library: bars, a title, an axis; it measures its own labels, draws in frames and saves its state.
window.Chart = function (canvas, data) {
  var drawing = canvas.getContext("2d");
  var touch = /Android|iPhone/.test(navigator.userAgent);
  var numbers = new Intl.NumberFormat(navigator.language);
  var colours = ["#b5651d", "#d9a441", "#5b7065", "#304040"];
  var step = 0;
  function label(text, x, y, size) {
    drawing.save();
    drawing.fillStyle = "#222";
    drawing.font = size + "px " + (size > 14 ? "Georgia" : "sans-serif");
    var width = drawing.measureText(text).width;
    drawing.fillText(text, x - width / 2, y);
    drawing.restore();
  }
  function frame() {
    step = Math.min(1, step + 0.1);
    drawing.clearRect(0, 0, canvas.width, canvas.height);
    label(data.title, canvas.width / 2, 24, 18);
    data.values.forEach(function (value, index) {
      drawing.save();
      drawing.translate(40 + index * 80, canvas.height - 40);
      drawing.fillStyle = colours[index % colours.length];
      drawing.fillRect(0, 0, touch ? 56 : 48, -value * step);
      drawing.restore();
      label(data.labels[index] + ": " + numbers.format(value), 64 + index * 80, canvas.height - 18, 12);
    });
    if (step < 1) requestAnimationFrame(frame);
  }
  requestAnimationFrame(frame);
  this.toImage = function () { return canvas.toDataURL("image/png"); };
};
