"use strict";
// Shows the agent what is being written before it is sent, as some chat widgets do.
(function () {
  var socket = new WebSocket("wss://embed.chat-draft.test/socket");
  document.querySelector("textarea").addEventListener("input", function () {
    if (socket.readyState === WebSocket.OPEN) {
      socket.send(JSON.stringify({ type: "sneak_peek", text: this.value, id: 7 }));
    }
  });
})();
