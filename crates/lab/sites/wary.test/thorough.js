"use strict";
// Goes further than most sites do: whoever stands between a script and the browser is on the stack when the browser asks
// an argument for its text.
(function () {
  var noticed = [];

  // Who asks an argument for its text stands on the stack: only this script may.
  function asking(name, call) {
    var stack = "";
    var spy = { toString: function () { stack = new Error().stack; throw new RangeError("asked"); } };
    try {
      var answer = call(spy);
      if (answer && answer.catch) answer.catch(function () {});
    } catch (error) { /* That is what the spy is for. */ }
    var lines = stack.split("\n").slice(1);
    if (!lines.length) noticed.push(name + ":not-asked");
    for (var at = 0; at < lines.length; at += 1) {
      if (lines[at].indexOf(location.origin + "/thorough.js") < 0) noticed.push(name + ":stack");
    }
  }
  asking("sendBeacon", function (spy) { return navigator.sendBeacon(spy); });
  asking("fetch", function (spy) { return fetch(spy); });
  asking("addEventListener", function (spy) { return document.addEventListener(spy, function () {}); });
  asking("toDataURL", function (spy) { return document.createElement("canvas").toDataURL(spy); });
  asking("getContext", function (spy) { return document.createElement("canvas").getContext(spy); });
  asking("setItem", function (spy) { return sessionStorage.setItem(spy, ""); });
  asking("open", function (spy) { return new XMLHttpRequest().open(spy, "/"); });
  asking("value", function (spy) { document.createElement("input").value = spy; });
  asking("src", function (spy) { new Image().src = spy; });
  asking("cookie", function (spy) { document.cookie = spy; });
  asking("WebSocket", function (spy) { return new WebSocket(spy); });

  new Image().src = "/report?in=thorough&noticed=" + encodeURIComponent(noticed.join(","));
})();
