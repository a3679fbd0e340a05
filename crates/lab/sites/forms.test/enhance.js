"use strict";
jQuery(function () {
  function check() {
    jQuery("#hint").text(jQuery("textarea").val().length + " characters");
  }
  jQuery("textarea").on("input", check).on("keydown", check);
  check();
});
