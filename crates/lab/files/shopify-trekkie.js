/* A stand-in for Shopify's own analytics, which loads the pixels of the shop's sales channels. */
(function () {
  "use strict";
  window.ShopifyAnalytics = window.ShopifyAnalytics || { lib: {} };
  document.cookie = "_shopify_y=lab-" + Date.now() + "; path=/; max-age=31536000; SameSite=Lax; Secure";
  var pixel = document.createElement("script");
  pixel.async = true;
  pixel.src = "https://analytics.tiktok.com/i18n/pixel/events.js?sdkid=CLAB000000000000001&lib=ttq";
  document.head.appendChild(pixel);
})();
