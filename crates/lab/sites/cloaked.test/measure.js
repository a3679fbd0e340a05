"use strict";
// A stand-in for AppMeasurement served by the site itself; it calls the vendor under the site's own name.
new Image().src = "https://metrics.cloaked.test/b/ss/labcorp/1/JS-2.26.0/s1?AQB=1&ndh=1&pageName=lab&g=" +
  encodeURIComponent(location.href) + "&AQE=1";
