"use strict";
/* A stand-in for Matomo's tracker on the site's own server: its cookies and its one request. */
(function () {
  var id = "0123456789abcdef";
  document.cookie = "_pk_id.1.1fff=" + id + "." + Math.floor(Date.now() / 1000) + ".; path=/; max-age=33955200; SameSite=Lax";
  document.cookie = "_pk_ses.1.1fff=1; path=/; max-age=1800; SameSite=Lax";
  new Image().src = "/stats/matomo.php?action_name=" + encodeURIComponent(document.title) +
    "&idsite=1&rec=1&r=123456&h=12&m=0&s=0&url=" + encodeURIComponent(location.href) + "&_id=" + id +
    "&_idn=1&send_image=1&pdf=1&cookie=1&res=1280x800&pv_id=lab001";
})();
