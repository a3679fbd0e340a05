"use strict";
// Sets an identifier, then tells the partner about it.
(function () {
  new Image().src = "https://tags.sync-alpha.test/id.gif";
  new Image().src = "https://match.sync-beta.test/match.gif?partner=alpha&uid=lab-uid-0001";
  new Image().src = "https://match.sync-beta.test/hop?to=https%3A%2F%2Ftags.sync-alpha.test%2Fback.gif";
})();
