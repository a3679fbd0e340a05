"use strict";
// What sites do that do not want to be watched: is everything still the browser's own? What looks wrong goes to
// /report, by the page's own first request on an untouched road (an image).
(function () {
  var noticed = [];
  function check(name, holds) {
    var right = false;
    try { right = holds(); } catch (error) { noticed.push(name + ":throws"); return; }
    if (!right) noticed.push(name);
  }

  // A frame that no script of anybody's has been in yet, with a toString of its own.
  var frame = document.createElement("iframe");
  frame.hidden = true;
  document.documentElement.appendChild(frame);
  var fresh = frame.contentWindow;
  var source = Function.prototype.toString;
  var freshSource = fresh.Function.prototype.toString;

  function native(text, name) {
    return text === "function " + name + "() { [native code] }";
  }

  // Object, its name for a report, the function's name, how many arguments it says it takes.
  var functions = [
    [Navigator.prototype, "Navigator", "sendBeacon", 1],
    [window, "window", "fetch", 1],
    [EventTarget.prototype, "EventTarget", "addEventListener", 2],
    [EventTarget.prototype, "EventTarget", "removeEventListener", 2],
    [EventTarget.prototype, "EventTarget", "dispatchEvent", 1],
    [HTMLCanvasElement.prototype, "HTMLCanvasElement", "toDataURL", 0],
    [HTMLCanvasElement.prototype, "HTMLCanvasElement", "toBlob", 1],
    [HTMLCanvasElement.prototype, "HTMLCanvasElement", "getContext", 1],
    [CanvasRenderingContext2D.prototype, "CanvasRenderingContext2D", "fillText", 3],
    [CanvasRenderingContext2D.prototype, "CanvasRenderingContext2D", "measureText", 1],
    [CanvasRenderingContext2D.prototype, "CanvasRenderingContext2D", "getImageData", 4],
    [WebGLRenderingContext.prototype, "WebGLRenderingContext", "getParameter", 1],
    [WebGLRenderingContext.prototype, "WebGLRenderingContext", "readPixels", 7],
    [XMLHttpRequest.prototype, "XMLHttpRequest", "open", 2],
    [XMLHttpRequest.prototype, "XMLHttpRequest", "send", 0],
    [WebSocket.prototype, "WebSocket", "send", 1],
    [HTMLFormElement.prototype, "HTMLFormElement", "submit", 0],
    [MutationObserver.prototype, "MutationObserver", "observe", 1],
    [Storage.prototype, "Storage", "setItem", 2],
    [IDBFactory.prototype, "IDBFactory", "open", 1],
    [CacheStorage.prototype, "CacheStorage", "open", 1],
    [Function.prototype, "Function", "toString", 0],
    [Object, "Object", "getOwnPropertyDescriptor", 2],
    [Reflect, "Reflect", "apply", 3]
  ];
  functions.forEach(function (row) {
    var where = row[1] + "." + row[2], called = row[0][row[2]], own = Object.getOwnPropertyDescriptor(row[0], row[2]);
    check(where + ":missing", function () { return typeof called === "function" && own !== undefined; });
    if (typeof called !== "function" || !own) return;
    check(where + ":source", function () { return native(source.call(called), row[2]); });
    check(where + ":source-of-frame", function () { return native(freshSource.call(called), row[2]); });
    check(where + ":source-by-itself", function () { return native(called.toString(), row[2]) && native(called + "", row[2]); });
    check(where + ":name", function () { return called.name === row[2]; });
    check(where + ":length", function () { return called.length === row[3]; });
    check(where + ":own-keys", function () {
      return Reflect.ownKeys(called).sort().join() === "length,name";
    });
    check(where + ":prototype", function () { return Object.getPrototypeOf(called) === Function.prototype; });
    check(where + ":descriptor", function () {
      var builtin = row[0] === Object || row[0] === Reflect || row[0] === Function.prototype;
      return own.writable && own.configurable && own.enumerable === !builtin && !own.get && !own.set;
    });
    // A native method is no constructor, and says so.
    check(where + ":constructor", function () {
      try { Reflect.construct(Object, [], called); } catch (error) { return error instanceof TypeError; }
      return false;
    });
  });

  // Methods refuse to work for what is not theirs, and their errors know of nobody else.
  [[EventTarget.prototype.addEventListener, {}, ["x", null]], [HTMLCanvasElement.prototype.toDataURL, {}, []],
    [Navigator.prototype.sendBeacon, {}, ["/"]], [XMLHttpRequest.prototype.send, {}, []]].forEach(function (row) {
    check(row[0].name + ":illegal", function () {
      try { row[0].apply(row[1], row[2]); } catch (error) {
        var lines = String(error.stack).split("\n").slice(1);
        return error instanceof TypeError && /Illegal invocation/.test(error.message) &&
          lines.every(function (line) { return line.indexOf(location.origin) >= 0 || line.indexOf("<anonymous>") >= 0; }) &&
          lines.length <= 12;
      }
      return false;
    });
  });

  // Neither a proxy nor a subclass of anything stands there: they give themselves away by these errors.
  for (var index = 0; index < functions.length; index += 1) {
    (function (called, where) {
      if (typeof called !== "function") return;
      check(where + ":cycle", function () {
        try { Object.setPrototypeOf(called, Object.create(called)); } catch (error) {
          return error instanceof TypeError && error.message === "Cyclic __proto__ value";
        } finally { Object.setPrototypeOf(called, Function.prototype); }
        return false;
      });
      check(where + ":heir", function () {
        try { source.call(Object.create(called)); } catch (error) { return error instanceof TypeError; }
        return false;
      });
    })(functions[index][0][functions[index][2]], functions[index][1] + "." + functions[index][2]);
  }

  // Listeners are called as they were given, and can be taken away again.
  check("listener", function () {
    var calls = 0, target = document.createElement("input");
    function hear(event) { calls += this === target && event.type === "keydown" && arguments.length === 1 ? 1 : 100; }
    target.addEventListener("keydown", hear);
    target.addEventListener("keydown", hear);
    target.dispatchEvent(new KeyboardEvent("keydown"));
    target.removeEventListener("keydown", hear);
    target.dispatchEvent(new KeyboardEvent("keydown"));
    return calls === 1;
  });
  check("handler", function () {
    var target = document.createElement("input"), handler = function () {};
    target.onkeydown = handler;
    return target.onkeydown === handler;
  });

  // Properties behind getters and setters.
  [[HTMLInputElement.prototype, "value", true], [HTMLTextAreaElement.prototype, "value", true],
    [HTMLSelectElement.prototype, "value", true], [Document.prototype, "cookie", true],
    [HTMLImageElement.prototype, "src", true], [HTMLScriptElement.prototype, "src", true],
    [HTMLElement.prototype, "onkeydown", true],
    [Navigator.prototype, "hardwareConcurrency", false], [Navigator.prototype, "userAgent", false],
    [Navigator.prototype, "webdriver", false], [Navigator.prototype, "plugins", false],
    [Screen.prototype, "width", false], [Screen.prototype, "colorDepth", false]].forEach(function (row) {
    var own = Object.getOwnPropertyDescriptor(row[0], row[1]);
    check(row[1] + ":accessor", function () {
      return own && own.configurable && own.enumerable && native(source.call(own.get), "get " + row[1]) &&
        native(freshSource.call(own.get), "get " + row[1]) && own.get.name === "get " + row[1] && own.get.length === 0 &&
        !("prototype" in own.get) && Reflect.ownKeys(own.get).sort().join() === "length,name" &&
        (row[2] ? native(source.call(own.set), "set " + row[1]) && own.set.length === 1 : own.set === undefined);
    });
  });

  // Constructors.
  ["WebSocket", "XMLHttpRequest", "Worker", "SharedWorker", "EventSource", "MutationObserver", "OfflineAudioContext",
    "RTCPeerConnection", "WebTransport", "Image"].forEach(function (name) {
    check(name + ":constructor", function () {
      var own = Object.getOwnPropertyDescriptor(window, name);
      return own && own.writable && own.configurable && !own.enumerable && own.value.name === name &&
        native(source.call(own.value), name) && native(freshSource.call(own.value), name) &&
        (name === "Image" || own.value.prototype.constructor === own.value);
    });
  });

  // The functions of a frame are the browser's own as well.
  check("frame", function () {
    return native(source.call(fresh.fetch), "fetch") && native(source.call(fresh.navigator.sendBeacon), "sendBeacon") &&
      native(source.call(fresh.HTMLCanvasElement.prototype.toDataURL), "toDataURL") &&
      native(source.call(fresh.EventTarget.prototype.addEventListener), "addEventListener") &&
      native(source.call(freshSource), "toString") && fresh.fetch !== window.fetch;
  });

  // Nothing on the page that a browser does not have: a fresh frame's window has the same names.
  check("globals", function () {
    var theirs = new Set(Object.getOwnPropertyNames(fresh));
    var more = Object.getOwnPropertyNames(window).filter(function (name) {
      return !theirs.has(name) && !/^\d+$/.test(name);
    });
    if (more.length) noticed.push("globals=" + more.slice(0, 8).join("+"));
    return true;
  });
  check("symbols", function () {
    return Object.getOwnPropertySymbols(window).length === Object.getOwnPropertySymbols(fresh).length;
  });
  check("own-of-navigator", function () { return Reflect.ownKeys(navigator).length === 0; });
  check("own-of-document", function () { return Reflect.ownKeys(document).join() === "location"; });
  check("webdriver", function () { return !navigator.webdriver; });
  frame.remove();

  new Worker("/wary-worker.js");
  new Image().src = "/report?noticed=" + encodeURIComponent(noticed.join(","));
})();
