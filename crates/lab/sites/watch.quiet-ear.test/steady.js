"use strict";
// Sends bytes that nobody can read and that have nothing to do with what is typed: as many after it as before.
(function () {
  function send() {
    var noise = crypto.getRandomValues(new Uint8Array(480 + Math.floor(Math.random() * 64)));
    fetch("https://watch.quiet-ear.test/steady", { method: "POST", mode: "no-cors", body: noise });
  }
  setInterval(send, 1000);
  send();
})();
