// The way to us. It is taken from the page before anybody can see it.
const send = globalThis[NAME];
// A second document in the same realm: the first one's script is still here.
if (typeof send !== "function") return;
delete globalThis[NAME];
// The page before it goes anywhere, and when it is left: no script but ours is there.
if (typeof Window === "function" && top === window && location.href === "about:blank") return;
