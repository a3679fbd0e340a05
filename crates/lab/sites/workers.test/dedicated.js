"use strict";
fetch("https://ingest.worker-sink.test/dedicated", { method: "POST", mode: "no-cors", body: "from a dedicated worker" });
