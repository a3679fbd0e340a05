"use strict";
/* A stand-in for a theme's script. */
document.documentElement.classList.add("js");
