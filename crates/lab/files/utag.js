/* A stand-in for Tealium's loader: its cookie, and one tag of its own that follows. */
(function () {
  "use strict";
  window.utag = { cfg: { utid: "labshop/main/202611010000" } };
  document.cookie = "utag_main=v_id:lab" + Date.now() + "; path=/; max-age=31536000; SameSite=Lax";
  var tag = document.createElement("script");
  tag.async = true;
  tag.src = "https://tags.tiqcdn.com/utag/labshop/main/prod/utag.7.js?utv=ut4.51.202611010000";
  document.head.appendChild(tag);
})();
