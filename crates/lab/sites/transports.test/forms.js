"use strict";
// Forms that a script fills and sends into frames that nobody sees.
(function () {
  function post(action, type, text) {
    var frame = document.createElement("iframe");
    frame.name = "into-" + type.split("/")[1].slice(0, 4);
    frame.hidden = true;
    var form = document.createElement("form");
    form.method = "POST";
    form.action = "https://ingest.transport-sink.test" + action;
    form.enctype = type;
    form.target = frame.name;
    form.hidden = true;
    var field = document.createElement("input");
    field.type = "hidden";
    field.name = "sent";
    field.value = text;
    form.append(field);
    document.body.append(frame, form);
    form.submit();
  }
  post("/form", "application/x-www-form-urlencoded", "by a form");
  post("/form-multipart", "multipart/form-data", "by a form of parts");
})();
