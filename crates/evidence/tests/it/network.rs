//! What went over the wire can be read by others as HAR 1.2.

use serde_json::Value;

use super::make::Fixture;

fn document(fixture: &Fixture) -> Vec<u8> {
    fixture.files().into_iter().find(|(name, _)| name.ends_with("network.har")).unwrap().1
}

#[test]
fn another_reader_of_har_reads_it() {
    let fixture = Fixture::new();
    let text = document(&fixture);
    let har = har::from_slice(&text).unwrap();
    let har::Spec::V1_2(log) = har.log else { panic!("not 1.2") };
    assert_eq!((log.creator.name.as_str(), log.entries.len()), ("Earshot", 3));
    assert_eq!(log.pages.as_ref().unwrap()[0].id, "page_1");
    let [page, upload, socket] = &log.entries[..] else { panic!("three requests") };
    assert_eq!((page.time, page.response.status), (80.5, 200));
    assert_eq!(page.server_ip_address.as_deref(), Some("2001:db8::7"));
    assert_eq!(upload.started_date_time, "2026-11-21T20:00:05.7Z");
    assert_eq!(upload.request.query_string[1].value, " ");
    assert_eq!((upload.response.status, upload.server_ip_address.as_deref()), (0, None));
    let posted = upload.request.post_data.as_ref().unwrap();
    assert_eq!(posted.mime_type, "application/json");
    assert!(posted.text.as_ref().unwrap().contains("@example.com"));
    let cookie = &upload.request.headers[0];
    assert_eq!((cookie.value.as_str(), cookie.comment.as_deref()), ("", Some("withheld")));
    assert!(socket.comment.as_ref().unwrap().contains("not seen"));
    assert!(!String::from_utf8(text).unwrap().contains("secret"));
}

/// "HAR 1.2 Spec" (Odvarka): what is not optional there, with its type.
#[test]
fn everything_that_the_format_requires_is_there() {
    let text = document(&Fixture::new());
    let har: Value = serde_json::from_slice(&text).unwrap();
    let log = &har["log"];
    assert_eq!(log["version"], "1.2");
    let (texts, numbers, lists) = (Value::is_string, Value::is_number, Value::is_array);
    let holds = |of: &Value, names: &[&str], is: fn(&Value) -> bool| {
        for name in names {
            assert!(is(&of[*name]), "{name} in {of:#}");
        }
    };
    holds(&log["creator"], &["name", "version"], texts);
    holds(&log["browser"], &["name", "version"], texts);
    holds(&log["pages"][0], &["startedDateTime", "id", "title"], texts);
    assert!(log["pages"][0]["pageTimings"].is_object());
    for entry in log["entries"].as_array().unwrap() {
        holds(entry, &["startedDateTime", "pageref"], texts);
        assert!(entry["time"].as_f64().unwrap() >= 0.0 && entry["cache"].is_object());
        holds(&entry["timings"], &["send", "wait", "receive"], numbers);
        let (request, response) = (&entry["request"], &entry["response"]);
        holds(request, &["method", "url", "httpVersion"], texts);
        holds(request, &["cookies", "headers", "queryString"], lists);
        holds(request, &["headersSize", "bodySize"], numbers);
        holds(response, &["statusText", "httpVersion", "redirectURL"], texts);
        holds(response, &["cookies", "headers"], lists);
        holds(response, &["status", "headersSize", "bodySize"], numbers);
        holds(&response["content"], &["mimeType"], texts);
        holds(&response["content"], &["size"], numbers);
    }
    let socket = &log["entries"][2]["_webSocketMessages"];
    assert_eq!(
        (&socket[0]["type"], &socket[0]["opcode"], &socket[0]["data"]),
        (&"send".into(), &2.into(), &"/wAB".into())
    );
    assert_eq!((&socket[1]["type"], &socket[1]["data"]), (&"receive".into(), &"ok".into()));
    let upload = &log["entries"][1];
    assert_eq!(
        (&upload["_vendor"], &upload["_seq"], &upload["_phase"]),
        (&"v".into(), &4.into(), &"pre_choice".into())
    );
    assert_eq!(upload["_initiator"]["stack"]["callFrames"][0]["lineNumber"], 3);
    assert_eq!(upload["response"]["_error"], "net::ERR_ABORTED");
}
