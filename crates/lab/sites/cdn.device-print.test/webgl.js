"use strict";
// Name and drawing of the graphics card, and a text, since the former alone tell little.
(function () {
  var canvas = document.createElement("canvas");
  canvas.width = 256;
  canvas.height = 128;
  var gl = canvas.getContext("webgl") || canvas.getContext("experimental-webgl");
  var told = [];
  if (gl) {
    var info = gl.getExtension("WEBGL_debug_renderer_info");
    if (info) {
      told.push(gl.getParameter(info.UNMASKED_VENDOR_WEBGL), gl.getParameter(info.UNMASKED_RENDERER_WEBGL));
    }
    told.push(gl.getParameter(gl.VERSION), gl.getParameter(gl.MAX_TEXTURE_SIZE), gl.getSupportedExtensions().join());
    gl.getShaderPrecisionFormat(gl.FRAGMENT_SHADER, gl.HIGH_FLOAT);
    gl.clearColor(0.2, 0.4, 0.6, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    var pixels = new Uint8Array(4 * 16 * 16);
    gl.readPixels(0, 0, 16, 16, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    told.push(pixels.join());
  }
  var text = document.createElement("canvas");
  text.width = 240;
  text.height = 60;
  var drawing = text.getContext("2d");
  drawing.fillStyle = "#069";
  drawing.fillText("How quickly daft jumping zebras vex", 2, 15);
  drawing.fillStyle = "#f60";
  drawing.fillText("How quickly daft jumping zebras vex", 4, 45);
  told.push(text.toDataURL());
  fetch("https://cdn.device-print.test/v1/id", { method: "POST", mode: "no-cors", body: String(told.join().length) });
})();
