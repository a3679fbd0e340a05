function (row) {
  var id = Math.random().toString(36).slice(2) + Date.now().toString(36);
  var site = location.hostname.split(".").slice(-2).join(".");
  var fill = function (url) {
    return url.replace("{href}", encodeURIComponent(location.href)).replace("{ts}", Date.now()).replace("{id}", id);
  };
  var body = function () {
    return JSON.stringify({ event: "pageview", vendor: row.vendor, url: location.href, title: document.title, id: id });
  };
  row.globals.forEach(function (name) {
    window[name] = window[name] || function () { (window[name].q = window[name].q || []).push(arguments); };
  });
  row.cookies.forEach(function (name) {
    document.cookie = name + "=" + id + "; domain=" + site + "; path=/; max-age=31536000; SameSite=Lax";
  });
  row.local.forEach(function (key) { localStorage.setItem(key, id); });
  row.session.forEach(function (key) { sessionStorage.setItem(key, id); });
  var means = {
    image: function (url) { new Image().src = url; },
    fetch: function (url) {
      fetch(url, { method: "POST", credentials: "include", headers: { "Content-Type": "text/plain" }, body: body() })
        .catch(function () {});
    },
    beacon: function (url) { navigator.sendBeacon(url, body()); },
    script: function (url) {
      var script = document.createElement("script");
      script.async = true;
      script.src = url;
      document.head.appendChild(script);
    },
    socket: function (url) {
      var socket = new WebSocket(url);
      socket.onopen = function () { socket.send(body()); };
    },
    style: function () {}
  };
  row.calls.forEach(function (call) { means[call.via](fill(call.url)); });
}
