"use strict";
// A visit that follows from a seed. Every tracker says in `phase` where the visitor stands at the moment at which it is
// sent, as only the page can know: what a scanner says of it must be the same.
(function () {
  var seed = Number(new URLSearchParams(location.search).get("seed"));
  if (!seed) return;
  var SINK = "https://tick.clock-sink.test/t";
  // No tracker is sent from so long before the banner is shown, in ms: two frames of a loaded machine.
  var BEFORE = 150;
  // Nor so long after it can be seen whole, in ms: what a watcher may take to notice it on a loaded machine.
  var PROMISE = 1500;
  // When the last tracker is due, in ms after the document is there, and how many there are.
  var LAST = 5000;
  var TRACKERS = 14;
  var WAYS = ["display", "fade", "moved", "frame", "shadow", "late", "never"];
  var WORDS = [
    ["We use cookies to count visits and to show you advertisements. Do you agree?", "Accept all", "Reject all"],
    ["Wir verwenden Cookies, um Besuche zu zählen. Sind Sie einverstanden?", "Alle akzeptieren", "Alle ablehnen"],
    ["Nous utilisons des cookies pour mesurer les visites. Êtes-vous d’accord ?", "Tout accepter", "Tout refuser"]
  ];

  // Mulberry32: small, and the same everywhere.
  var state = seed >>> 0;
  function random() {
    state = (state + 0x6d2b79f5) >>> 0;
    var mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }
  function between(low, high) { return low + random() * (high - low); }
  function pick(list) { return list[Math.floor(random() * list.length)]; }

  var way = pick(WAYS);
  var words = pick(WORDS);
  var shownAt = between(200, 2500);
  var kept = (document.cookie.match(/(?:^|; )clock=([a-z]+)/) || [])[1];
  var started = performance.now();
  var shown = false;
  var settled = way === "never" || kept !== undefined;
  var sent = 0;

  function phase() {
    if (navigator.globalPrivacyControl) return "gpc";
    if (kept) return "post_" + kept;
    if (way === "never") return "no_banner";
    return shown ? "pre_choice" : "pre_banner";
  }
  function address(means, said) {
    sent += 1;
    return SINK + "?phase=" + (said || phase()) + "&by=" + means + "&way=" + way + "&id=" + seed + "-" + Math.round(started) + "-" + sent;
  }

  var frame = document.createElement("iframe");
  frame.hidden = true;
  document.body.appendChild(frame);
  var worker = new Worker(URL.createObjectURL(new Blob([
    "onmessage = function (event) { fetch(event.data.url, { mode: 'no-cors' }).catch(function () {}); postMessage(event.data); };"
  ])));
  // The page may have moved on before the worker sends: then nobody knows, and the page says so.
  worker.onmessage = function (event) {
    if (event.data.phase !== phase()) new Image().src = SINK + "?unsure=" + encodeURIComponent(event.data.url);
  };
  var means = {
    fetch: function () { fetch(address("fetch"), { mode: "no-cors" }).catch(function () {}); },
    beacon: function () { navigator.sendBeacon(address("beacon"), "tick"); },
    image: function () { new Image().src = address("image"); },
    microtask: function () { Promise.resolve().then(function () { fetch(address("microtask"), { mode: "no-cors" }).catch(function () {}); }); },
    frame: function () { frame.contentWindow.fetch(address("frame"), { mode: "no-cors" }).catch(function () {}); },
    worker: function () { worker.postMessage({ phase: phase(), url: address("worker") }); }
  };

  var waiting = [];
  function due(name) {
    var early = !shown && performance.now() - started < shownAt - BEFORE;
    if (settled || kept || early) means[name]();
    else waiting.push(name);
  }
  function settle() {
    settled = true;
    waiting.splice(0).forEach(function (name) { means[name](); });
  }
  function seen() {
    requestAnimationFrame(function () { requestAnimationFrame(function () { setTimeout(settle, PROMISE); }); });
  }

  function fill(root) {
    var text = root.ownerDocument.createElement("p");
    text.textContent = words[0];
    root.appendChild(text);
    [["accept", words[1]], ["reject", words[2]]].forEach(function (one) {
      var button = root.ownerDocument.createElement("button");
      button.type = "button";
      button.textContent = one[1];
      button.addEventListener("click", function () { chosen(one[0]); });
      root.appendChild(button);
    });
  }
  var bar = document.createElement("div");
  var at = "position: fixed; bottom: 0; left: 0; right: 0; background: #eee; padding: 1em; z-index: 9;";
  function chosen(what) {
    kept = what;
    document.cookie = "clock=" + what + "; path=/; max-age=15552000; SameSite=Lax";
    bar.remove();
    means.fetch();
    means.beacon();
    means.microtask();
    setTimeout(means.image, 0);
    settle();
  }
  var show = {
    display: function () { fill(bar); bar.style.cssText = at + "display: none"; document.body.appendChild(bar); return function () { bar.style.display = "block"; seen(); }; },
    fade: function () {
      fill(bar);
      bar.style.cssText = at + "opacity: 0; transition: opacity 0.5s";
      document.body.appendChild(bar);
      bar.addEventListener("transitionend", seen, { once: true });
      return function () { bar.style.opacity = "1"; };
    },
    moved: function () {
      fill(bar);
      bar.style.cssText = at + "transform: translateY(400px); transition: transform 0.3s";
      document.body.appendChild(bar);
      bar.addEventListener("transitionend", seen, { once: true });
      return function () { bar.style.transform = "none"; };
    },
    frame: function () {
      bar = document.createElement("iframe");
      bar.title = "Cookie consent";
      bar.style.cssText = at + "width: 100%; height: 140px; border: 0";
      return function () {
        document.body.appendChild(bar);
        fill(bar.contentDocument.body);
        seen();
      };
    },
    shadow: function () {
      bar.style.cssText = at;
      return function () {
        fill(bar.attachShadow({ mode: "open" }).appendChild(document.createElement("div")));
        document.body.appendChild(bar);
        seen();
      };
    },
    late: function () { bar.style.cssText = at; return function () { fill(bar); document.body.appendChild(bar); seen(); }; }
  };

  var names = Object.keys(means);
  for (var count = 0; count < TRACKERS; count += 1) setTimeout(due, between(0, LAST), pick(names));
  if (settled) return;
  var reveal = show[way]();
  setTimeout(function () {
    shown = true;
    reveal();
  }, shownAt);
})();
