"use strict";
// The rounding of the audio stack: an oscillator through a compressor, rendered without a sound.
(function () {
  var audio = new OfflineAudioContext(1, 5000, 44100);
  var oscillator = audio.createOscillator();
  oscillator.type = "triangle";
  oscillator.frequency.value = 10000;
  var compressor = audio.createDynamicsCompressor();
  compressor.threshold.value = -50;
  compressor.knee.value = 40;
  compressor.ratio.value = 12;
  compressor.attack.value = 0;
  compressor.release.value = 0.25;
  oscillator.connect(compressor);
  compressor.connect(audio.destination);
  oscillator.start(0);
  audio.startRendering().then(function (buffer) {
    var sum = buffer.getChannelData(0).slice(4500).reduce(function (a, b) { return a + Math.abs(b); }, 0);
    fetch("https://cdn.device-print.test/v1/id", { method: "POST", mode: "no-cors", body: String(sum) });
  });
})();
