"use strict";
/* A stand-in for AppMeasurement whose tracking server is the site itself. */
(function () {
  document.cookie = "s_cc=true; path=/; SameSite=Lax; Secure";
  document.cookie = "s_fid=0123456789ABCDEF-0123456789ABCDEF; path=/; max-age=63072000; SameSite=Lax; Secure";
  new Image().src = "/b/ss/labcorp/1/JS-2.22/s123?AQB=1&ndh=1&pf=1&t=1%2F0%2F2026&ce=UTF-8&pageName=checkout&g=" +
    encodeURIComponent(location.href) + "&s=1280x800&c=24&v=N&k=Y&AQE=1";
})();
