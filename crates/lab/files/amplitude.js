/* A stand-in for Amplitude's browser SDK: its cookie and its one upload. */
(function () {
  "use strict";
  window.amplitude = {
    init: function (key) {
      document.cookie = "AMP_" + key.slice(0, 10) + "=lab; path=/; max-age=31536000; SameSite=Lax";
      fetch("https://api2.amplitude.com/2/httpapi", {
        method: "POST", keepalive: true, headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ api_key: key, events: [{ event_type: "[Amplitude] Page Viewed", device_id: "lab-device" }] })
      });
    }
  };
})();
