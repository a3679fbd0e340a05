"use strict";
self.onconnect = function () {};
fetch("https://ingest.transport-sink.test/shared", { method: "POST", mode: "no-cors", body: "by a shared worker" });
