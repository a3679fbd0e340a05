/* What the vendor's host adds to its tracker, written from the snippet that it documents: it takes the settings and the
   commands out of the array that the snippet has left. */
(function () {
  var left = window.OpenReplay;
  if (!Array.isArray(left)) return;
  var tracker = (window.OpenReplay = new window.OpenReplayTracker.default(left[2]));
  left.slice(3).forEach(function (command) {
    if (command[0] === 0) tracker.start(command[1]);
    if (command[0] === 1) tracker.stop();
  });
})();
