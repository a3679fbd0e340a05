"use strict";
(function () {
  var open = indexedDB.open("keeper-db", 1);
  open.onupgradeneeded = function () { open.result.createObjectStore("visits", { keyPath: "id" }); };
  open.onsuccess = function () { open.result.transaction("visits", "readwrite").objectStore("visits").put({ id: 1 }); };
  caches.open("keeper-cache").then(function (cache) { return cache.put("/keeper", new Response("kept")); });
  localStorage.setItem("keeper_local", "1");
  sessionStorage.setItem("keeper_session", "1");
  document.cookie = "keeper_lax=1; Path=/; Max-Age=3600; SameSite=Lax; Secure";
  document.cookie = "keeper_strict=1; Path=/; SameSite=Strict; Secure";
  document.cookie = "keeper_year=1; Path=/; Domain=storage.test; Max-Age=31536000; SameSite=None; Secure";
  // Written and taken back at once: this one is not stored.
  document.cookie = "keeper_flash=1; Path=/; Max-Age=3600";
  setTimeout(function () { document.cookie = "keeper_flash=; Path=/; Max-Age=0"; }, 15);
  fetch("https://cdn.keeper.test/id", { credentials: "include" });
  fetch("https://cdn.keeper.test/part", { credentials: "include" });
})();
