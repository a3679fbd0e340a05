/* What Clarity's tag endpoint answers, written from its documented behaviour; the recorder it loads is clarity-js. */
(function (w, d) {
  w.clarity = w.clarity || function () { (w.clarity.q = w.clarity.q || []).push(arguments); };
  new Image().src = "https://c.clarity.ms/c.gif{sync}";
  w.clarity("start", {
    projectId: "{project}", upload: "https://k.clarity.ms/collect", expire: 365, track: true,
    content: {content}, fraud: {fraud},
    cookies: ["_uetmsclkid", "_uetvid"], keep: ["msclkid"], report: "https://report.clarity.ms/eus2-tag"
  });
  w.clarity.q.unshift(w.clarity.q.pop());
  var script = d.createElement("script");
  script.async = true;
  script.src = "https://scripts.clarity.ms/0.8.70/clarity.js";
  d.head.appendChild(script);
})(window, document);
