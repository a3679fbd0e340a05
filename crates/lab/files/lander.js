/* A stand-in for a registrar's lander. */
document.documentElement.dataset.lander = "yes";
