"use strict";
// Which fonts are installed: the same text measured in sixty of them.
(function () {
  var fonts = ("Arial|Arial Black|Arial Narrow|Bahnschrift|Baskerville|Bodoni MT|Book Antiqua|Bookman Old Style|Calibri|" +
    "Cambria|Cambria Math|Candara|Century|Century Gothic|Comic Sans MS|Consolas|Constantia|Corbel|Courier|Courier New|" +
    "DejaVu Sans|Didot|Ebrima|Franklin Gothic|Futura|Gabriola|Garamond|Geneva|Georgia|Gill Sans|Helvetica|" +
    "Helvetica Neue|Hoefler Text|Impact|Ink Free|Liberation Mono|Liberation Sans|Lucida Bright|Lucida Console|" +
    "Lucida Grande|Malgun Gothic|Menlo|Microsoft Sans Serif|Monaco|MS Gothic|MS PGothic|MS Serif|Noto Sans|" +
    "Optima|Palatino|Rockwell|Segoe Print|Segoe UI|Sylfaen|Tahoma|Times|Times New Roman|Trebuchet MS|Ubuntu|" +
    "Verdana|Wingdings|Zapfino").split("|");
  var drawing = document.createElement("canvas").getContext("2d");
  var widths = fonts.map(function (font) {
    drawing.font = "72px '" + font + "', monospace";
    return drawing.measureText("mmmmmmmmmmlli").width;
  });
  fetch("https://cdn.device-print.test/v1/id", { method: "POST", mode: "no-cors", body: String(widths.length) });
})();
