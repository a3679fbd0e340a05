"use strict";
document.documentElement.dataset.ready = "yes";
