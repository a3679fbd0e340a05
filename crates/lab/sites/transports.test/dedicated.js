"use strict";
fetch("https://ingest.transport-sink.test/dedicated", { method: "POST", mode: "no-cors", body: "by a dedicated worker" });
