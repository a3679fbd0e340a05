"use strict";
/* A stand-in for Snowplow's tracker, served by the site itself: its cookies, its path, and a body of its shape. */
(function () {
  var id = "0f3b1c52-6d0e-4f6a-9a57-lab000000001";
  document.cookie = "_sp_id.1fff=" + id + "." + Date.now() + ".1; path=/; max-age=63072000; SameSite=Lax; Secure";
  document.cookie = "_sp_ses.1fff=*; path=/; max-age=1800; SameSite=Lax; Secure";
  fetch("/com.snowplowanalytics.snowplow/tp2", {
    method: "POST", keepalive: true, credentials: "include", headers: { "Content-Type": "application/json; charset=UTF-8" },
    body: JSON.stringify({
      schema: "iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4",
      data: [{ e: "pv", url: location.href, page: document.title, tv: "js-4.6.0", tna: "sp", aid: "lab-shop", p: "web",
        duid: id, vid: "1", res: screen.width + "x" + screen.height, dtm: String(Date.now()) }]
    })
  });
})();
