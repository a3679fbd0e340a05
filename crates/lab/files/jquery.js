"use strict";
/* A stand-in for jQuery: as much of it as the lab's shops use. Its handlers are those of the page that calls it. */
(function () {
  function Query(nodes) { this.nodes = nodes; }
  Query.prototype = {
    on: function (name, handler) {
      this.nodes.forEach(function (node) { node.addEventListener(name, handler); });
      return this;
    },
    val: function () { return this.nodes.length ? this.nodes[0].value : undefined; },
    text: function (text) {
      this.nodes.forEach(function (node) { node.textContent = text; });
      return this;
    }
  };
  window.jQuery = window.$ = function (what) {
    if (typeof what === "function") return document.addEventListener("DOMContentLoaded", what);
    return new Query(typeof what === "string" ? Array.from(document.querySelectorAll(what)) : [what]);
  };
})();
