/* Stand-in for LiveChat's widget, whose code is not published: a composer behind a button. What is written in it goes to
   the agent while it is written, in the words of LiveChat's Customer Chat API ("send_sneak_peek"). */
(function show() {
  // The tag may come before the body is there.
  if (!document.body) return addEventListener("DOMContentLoaded", show);
  var chat = document.createElement("section");
  chat.innerHTML =
    '<button type="button" aria-expanded="false" aria-controls="livechat">Chat with us</button>' +
    '<div id="livechat" hidden><textarea name="composer" aria-label="Message"></textarea>' +
    '<button type="button">Send</button></div>';
  document.body.append(chat);
  var socket;
  chat.querySelector("button").addEventListener("click", function () {
    this.setAttribute("aria-expanded", "true");
    document.getElementById("livechat").hidden = false;
    socket = socket || new WebSocket("wss://api.livechatinc.com/v3.5/customer/rtm/ws?organization_id=lab");
  });
  var count = 0;
  chat.querySelector("textarea").addEventListener("input", function () {
    if (!socket || socket.readyState !== WebSocket.OPEN) return;
    count += 1;
    socket.send(JSON.stringify({
      request_id: "r" + count, action: "send_sneak_peek", payload: { chat_id: "LAB0000001", sneak_peek_text: this.value }
    }));
  });
})();
