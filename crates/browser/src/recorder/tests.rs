//! Recorded from what Chromium 156 said of pages of the integration tests (hosts and ids renamed).

use std::time::Duration;

use axum::http::StatusCode;
use chromiumoxide::{cdp::CdpEventMessage, types::Message};
use earshot_egress::{Failure, Ledger, Traffic};
use earshot_model::{Body, Direction, StorageArea, Transport, Witness};

use super::*;
use crate::bounds;

const REDIRECT: &str = include_str!("fixtures/redirect.jsonl");
const COOKIES: &str = include_str!("fixtures/cookies.jsonl");
const SOCKETS: &str = include_str!("fixtures/sockets.jsonl");

fn messages(lines: &str) -> Vec<CdpEventMessage> {
    let message = |line| match serde_json::from_str(line).unwrap() {
        Message::Event(event) => event,
        Message::Response(response) => panic!("{response:?}"),
    };
    lines.lines().map(message).collect()
}

/// Records messages, and gives the bodies that are asked for.
fn record<'a>(
    recorder: &mut Recorder,
    messages: impl IntoIterator<Item = &'a CdpEventMessage>,
    session: &str,
) -> Vec<BodyQuery> {
    let (start, mut queries) = (Instant::now(), Vec::new());
    for (message, ms) in messages.into_iter().zip(0..) {
        let source = Source { session, address: "", heard: start + Duration::from_millis(ms) };
        queries.extend(recorder.record(&message.params, source));
    }
    queries
}

fn recorded(lines: &str) -> (Vec<Event>, Vec<Gap>) {
    let mut recorder = Recorder::new("MAIN");
    record(&mut recorder, &messages(lines), "PAGE");
    recorder.finish(Profile::Untouched, Some(&[]))
}

/// Requests with their `seq`, by the end of their URL.
fn request<'a>(events: &'a [Event], path: &str) -> (u32, &'a earshot_model::Request) {
    let mut found = events.iter().filter_map(|event| match &event.fact {
        Fact::Request(request) if request.url.ends_with(path) => Some((event.seq, request)),
        _ => None,
    });
    let first = found.next().unwrap_or_else(|| panic!("{path} was not recorded"));
    assert!(found.next().is_none(), "{path} was recorded twice");
    first
}

#[test]
fn a_redirect_is_two_requests_and_an_answer_between() {
    let (events, gaps) = recorded(REDIRECT);
    assert_eq!(gaps, []);
    let ((hop, _), (pixel, landed)) = (request(&events, "/hop.png"), request(&events, "/log/pixel"));
    assert_eq!((landed.redirect_of, landed.transport), (Some(hop), Transport::Image));
    let answers: Vec<_> = events
        .iter()
        .filter_map(|event| match &event.fact {
            Fact::Response(answer) => Some((answer.request, answer.status)),
            _ => None,
        })
        .collect();
    assert!(answers.contains(&(hop, 302)) && answers.contains(&(pixel, 204)), "{answers:?}");
    assert_eq!(answers.len(), 5);
}

#[test]
fn an_answered_request_did_not_fail() {
    // Chromium "aborts" the loading of every empty answer.
    assert!(REDIRECT.contains("net::ERR_ABORTED"));
    let (events, _) = recorded(REDIRECT);
    assert!(!events.iter().any(|event| matches!(event.fact, Fact::Failed { .. })));
}

#[test]
fn times_are_offsets_from_the_documents_request() {
    let (events, _) = recorded(REDIRECT);
    let at = |path| events[request(&events, path).0 as usize].at_ms;
    assert_eq!((at("/page"), at("/hop.png"), at("/log/x")), (Some(0.0), Some(36.988), Some(44.592)));
}

#[test]
fn what_is_told_twice_is_recorded_once() {
    for lines in [REDIRECT, SOCKETS, COOKIES] {
        let (messages, mut recorder) = (messages(lines), Recorder::new("MAIN"));
        record(&mut recorder, &messages, "PAGE");
        let network = messages.iter().filter(|message| !message.method.starts_with("DOMStorage"));
        record(&mut recorder, network, "OTHER");
        assert_eq!(recorder.finish(Profile::Untouched, Some(&[])).0.len(), recorded(lines).0.len());
    }
}

#[test]
fn answers_set_cookies_for_the_hop_that_they_answer() {
    let (events, _) = recorded(COOKIES);
    let cookies: Vec<_> = events
        .iter()
        .filter_map(|event| match &event.fact {
            Fact::Cookie(cookie) => Some((cookie.name.as_str(), cookie.set_by, cookie.blocked.as_deref())),
            _ => None,
        })
        .collect();
    let by = |path| Some(request(&events, path).0);
    let expected =
        [("first", by("/page"), None), ("hop", by("/hop"), None), ("bad", by("/bad"), Some("InvalidDomain"))];
    assert_eq!(cookies, expected);
    assert!(COOKIES.contains("s3cr3t") && !format!("{events:?}").contains("s3cr3t"), "a value was kept");
}

#[test]
fn the_jar_adds_what_no_answer_set() {
    let mut recorder = Recorder::new("MAIN");
    record(&mut recorder, &messages(COOKIES), "PAGE");
    let jar = |name: &str, domain: &str| -> network::Cookie {
        let json = serde_json::json!({"name": name, "value": "s3cr3t", "domain": domain, "path": "/", "expires": -1.0,
            "size": 9, "httpOnly": false, "secure": false, "session": true, "priority": "Medium",
            "sourceScheme": "NonSecure", "sourcePort": 80});
        serde_json::from_value(json).unwrap()
    };
    let (events, _) =
        recorder.finish(Profile::Untouched, Some(&[jar("first", "shop.test"), jar("scripted", ".shop.test")]));
    let added: Vec<_> = events.iter().filter(|event| event.at_ms.is_none()).collect();
    assert_eq!(added.len(), 1);
    let Fact::Cookie(cookie) = &added[0].fact else { panic!("{added:?}") };
    assert_eq!((cookie.name.as_str(), cookie.domain.as_str(), cookie.value_len), ("scripted", "shop.test", 6));
}

#[test]
fn storage_is_recorded_without_values() {
    let (events, _) = recorded(COOKIES);
    let writes: Vec<_> = events
        .iter()
        .filter_map(|event| match &event.fact {
            Fact::Storage(write) => Some((write.area, write.key.as_str(), write.value_len)),
            _ => None,
        })
        .collect();
    let (local, session) = (StorageArea::Local, StorageArea::Session);
    assert_eq!(&writes[1..], [(local, "kept", 20), (local, "kept", 40)]);
    assert_eq!((writes[0].0, writes[0].1), (session, "passing"));
    let origins =
        events.iter().filter(|event| matches!(&event.fact, Fact::Storage(w) if w.origin == "http://shop.test"));
    assert_eq!(origins.count(), 3);
}

#[test]
fn bodies_are_exact_bytes() {
    let (events, _) = recorded(SOCKETS);
    let body = |path| request(&events, path).1.body.clone().unwrap_or_default();
    assert_eq!(body("/log/beacon-text").excerpt, "hello ü".as_bytes());
    assert_eq!(body("/log/fetch-binary").excerpt, [31, 139, 8, 0, 255, 254, 128]);
    assert_eq!(body("/log/xhr"), Body { size: 7, excerpt: vec![31, 139, 8, 0, 255, 254, 128] });
}

#[test]
fn a_sockets_frames_belong_to_its_handshake() {
    let (events, _) = recorded(SOCKETS);
    let (seq, handshake) = request(&events, "/ws");
    assert_eq!((handshake.transport, events[seq as usize].at_ms), (Transport::WebSocket, Some(50.33)));
    let frames: Vec<_> = events
        .iter()
        .filter_map(|event| match &event.fact {
            Fact::SocketFrame(frame) if frame.request == seq => Some((frame.direction, frame.body.size)),
            _ => None,
        })
        .collect();
    let (sent, received) = (Direction::Sent, Direction::Received);
    assert_eq!(frames, [(sent, 10), (sent, 7), (received, 10), (received, 7)]);
}

#[test]
fn a_body_that_was_not_told_is_asked_for_and_missed() {
    let lines = SOCKETS.replace(r#""postDataEntries""#, r#""untold""#);
    let mut recorder = Recorder::new("MAIN");
    let queries = record(&mut recorder, &messages(&lines), "PAGE");
    assert!(queries.len() >= 2, "{queries:?}");
    recorder.fill(&queries[0], Some(b"told".to_vec()));
    let (events, gaps) = recorder.finish(Profile::Untouched, Some(&[]));
    assert_eq!(request(&events, "/log/beacon-text").1.body.clone().unwrap().excerpt, b"told");
    assert_eq!(gaps.len(), queries.len() - 1, "every other body is missed: {gaps:?}");
    assert!(gaps.iter().all(|gap| gap.kind == GapKind::BodyUnread && gap.detail.contains(" shop.test/log/")));
}

#[test]
fn the_document_is_the_last_one_that_was_answered() {
    let mut recorder = Recorder::new("MAIN");
    record(&mut recorder, &messages(REDIRECT), "PAGE");
    let document = recorder.document();
    assert_eq!((document.url.as_str(), document.status), ("http://shop.test/page", Some(200)));
    assert_eq!(document.mime, "text/html");
}

#[test]
fn a_url_is_named_without_its_query() {
    assert_eq!(without_query("https://a.test/collect?email=ann@b.test#x"), "a.test/collect");
    assert_eq!(without_query("not a url"), "");
}

/// The fixture, with one more header in the answer to `/log/x`.
fn with_header(lines: &str, name: &str, value: &str) -> String {
    let mut found = 0;
    let lines: Vec<String> = lines
        .lines()
        .map(|line| {
            let mut message: serde_json::Value = serde_json::from_str(line).unwrap();
            let response = &mut message["params"]["response"];
            if response["url"].as_str().is_some_and(|url| url.ends_with("/log/x")) {
                response["headers"][name] = value.into();
                found += 1;
            }
            message.to_string()
        })
        .collect();
    assert_eq!(found, 1);
    lines.join("\n")
}

/// How the request of `/log/x` ended: by a status or by an error.
fn end(lines: &str) -> Result<u16, String> {
    let (events, _) = recorded(lines);
    let (seq, _) = request(&events, "/log/x");
    let ends = events.iter().filter_map(|event| match &event.fact {
        Fact::Response(answer) if answer.request == seq => Some(Ok(answer.status)),
        Fact::Failed { request, error } if *request == seq => Some(Err(error.clone())),
        _ => None,
    });
    let ends: Vec<_> = ends.collect();
    assert_eq!(ends.len(), 1, "{ends:?}");
    ends[0].clone()
}

#[test]
fn what_our_own_door_answers_is_a_failure() {
    let not_sent = Err("net::ERR_TUNNEL_CONNECTION_FAILED".to_owned());
    assert_eq!(end(&with_header(REDIRECT, "X-Earshot-Refused", "private-address")), not_sent);
    assert_eq!(end(&with_header(REDIRECT, "x-earshot-error", "connect-failed")), not_sent);
    let maybe_sent = Err("net::ERR_EMPTY_RESPONSE".to_owned());
    assert_eq!(end(&with_header(REDIRECT, "x-earshot-error", "no-answer")), maybe_sent);
}

#[test]
fn who_pretends_to_be_our_door_is_a_site() {
    let forged = with_header(REDIRECT, "x-earshot-refused", "private-address");
    assert!(end(&forged.replace("http://shop.test", "https://shop.test")).is_ok());
    assert!(end(&forged.replace(r#""fromServiceWorker":false"#, r#""fromServiceWorker":true"#)).is_ok());
}

#[test]
fn long_addresses_are_cut() {
    let long = format!("http://shop.test/page?{}", "q".repeat(bounds::URL));
    let (events, gaps) = recorded(&REDIRECT.replace("http://shop.test/page", &long));
    assert!(
        gaps.iter().any(|gap| gap.kind == GapKind::BodyCut && gap.detail.starts_with("shop.test/page")),
        "{gaps:?}"
    );
    let requests: Vec<_> = events
        .iter()
        .filter_map(|event| if let Fact::Request(request) = &event.fact { Some((event, request)) } else { None })
        .collect();
    assert_eq!(requests.len(), recorded(REDIRECT).0.iter().filter(|e| matches!(e.fact, Fact::Request(_))).count());
    assert!(requests.iter().any(|(_, request)| request.url.len() == bounds::URL));
    assert!(requests.iter().all(|(event, _)| event.frame.len() == bounds::ADDRESS));
    let stacks: Vec<_> = requests.iter().flat_map(|(_, request)| &request.initiator.stack).collect();
    assert!(!stacks.is_empty() && stacks.iter().all(|frame| frame.url.len() <= bounds::ADDRESS));
}

fn ledger(hosts: &[(&str, u64)]) -> Ledger {
    let traffic = |bytes_up| Traffic { connections: 1, bytes_up, bytes_down: 9, address: None };
    let hosts = hosts.iter().map(|&(host, up)| (host.to_owned(), traffic(up))).collect();
    Ledger { hosts, ..Ledger::default() }
}

/// What the ledger adds to a recorded page.
fn told_by(ledger: &Ledger) -> Vec<(GapKind, String)> {
    let mut recorder = Recorder::new("MAIN");
    record(&mut recorder, &messages(REDIRECT), "PAGE");
    recorder.hear(ledger);
    recorder.finish(Profile::Untouched, Some(&[])).1.into_iter().map(|gap| (gap.kind, gap.detail)).collect()
}

#[test]
fn the_ledger_witnesses_what_was_not_told() {
    let hosts = [("shop.test", 900), ("silent.test", 0), ("sink.test", 7_000), (Ledger::OTHER_HOSTS, 30)];
    let told = told_by(&Ledger { refused_more: 2, ..ledger(&hosts) });
    let expected = [
        (GapKind::UnobservedUpload, "more hosts than are kept apart: 30 bytes went there".to_owned()),
        (GapKind::PrivateAddress, "2 more connections".to_owned()),
        (GapKind::UnobservedUpload, "sink.test: 7000 bytes went there, no request was seen".to_owned()),
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_connection_that_was_only_opened_is_no_upload() {
    // A ClientHello with a post-quantum key share, and what HTTP/2 says first.
    assert_eq!(told_by(&ledger(&[("sink.test", 2_400)])), []);
}

#[test]
fn more_bytes_than_the_requests_explain_are_a_gap() {
    let told = told_by(&ledger(&[("shop.test", 60_000)]));
    assert_eq!(told.len(), 1, "{told:?}");
    let (kind, detail) = &told[0];
    assert_eq!(*kind, GapKind::UnobservedUpload);
    assert!(
        detail.starts_with("shop.test: 5") && detail.ends_with("bytes more than the requests that were seen explain")
    );
}

#[test]
fn what_no_connection_was_opened_for_never_left() {
    let failures = |hosts: &[(&str, u64)]| {
        let mut recorder = Recorder::new("MAIN");
        record(&mut recorder, &messages(PREFLIGHT), "PAGE");
        recorder.hear(&ledger(hosts));
        let (events, _) = recorder.finish(Profile::Untouched, Some(&[]));
        let failed = events.into_iter().filter_map(|event| match event.fact {
            Fact::Failed { request, error } => Some((request, error, Vec::from(event.seen_by))),
            _ => None,
        });
        failed.collect::<Vec<_>>()
    };
    let never = |request| (request, Fact::UNCONNECTED.to_owned(), vec![Witness::Egress]);
    assert_eq!(failures(&[("shop.test", 900)]), [never(0), never(1)]);
    assert_eq!(failures(&[("sink.test", 900)]), []);
    assert_eq!(failures(&[(Ledger::OTHER_HOSTS, 900)]), [], "it may be among these");
}

#[test]
fn a_failure_of_ours_is_a_gap() {
    let failed =
        |failure| Ledger { failed: [("cdn.test".to_owned(), failure)].into(), ..ledger(&[("shop.test", 900)]) };
    let told = |failure| told_by(&failed(failure));
    assert_eq!(told(Failure::NameServer), [(GapKind::HostUnreached, "cdn.test: name-server-failed".to_owned())]);
    assert_eq!(told(Failure::NameNotResolved), []);
    assert_eq!(told(Failure::UpstreamStatus(StatusCode::BAD_GATEWAY)), []);
    let denied = told(Failure::UpstreamStatus(StatusCode::TOO_MANY_REQUESTS));
    assert_eq!(denied, [(GapKind::HostUnreached, "cdn.test: upstream-status 429".to_owned())]);
}

#[test]
fn a_preflight_names_the_request_that_it_asks_for() {
    // In either order: the browser tells the preflight of a request first or last.
    for reversed in [false, true] {
        let mut lines: Vec<&str> = PREFLIGHT.lines().collect();
        if reversed {
            lines.reverse();
        }
        let (events, _) = recorded(&lines.join("\n"));
        let requests: Vec<_> = events
            .iter()
            .filter_map(
                |event| if let Fact::Request(request) = &event.fact { Some((event.seq, request)) } else { None },
            )
            .collect();
        assert_eq!(requests.len(), 2);
        let (preflight, real) = (
            requests.iter().find(|r| r.1.is_preflight()).unwrap(),
            requests.iter().find(|r| !r.1.is_preflight()).unwrap(),
        );
        assert_eq!((preflight.1.initiator.request, preflight.1.initiator.kind.as_str()), (Some(real.0), "preflight"));
        assert_eq!(real.1.initiator.request, None);
    }
}

/// A POST across origins and the preflight for it, as told by Chromium 156 (shortened).
const PREFLIGHT: &str = r#"{"method":"Network.requestWillBeSent","sessionId":"S","params":{"requestId":"11.2","loaderId":"L","documentURL":"http://shop.test/page","request":{"url":"http://sink.test/log/x","method":"POST","headers":{"Content-Type":"application/json"},"initialPriority":"High","referrerPolicy":"strict-origin-when-cross-origin"},"timestamp":10.5,"wallTime":1700000000.5,"initiator":{"type":"script"},"redirectHasExtraInfo":false,"type":"Fetch","frameId":"MAIN","hasUserGesture":false}}
{"method":"Network.requestWillBeSent","sessionId":"S","params":{"requestId":"P1","loaderId":"L","documentURL":"http://shop.test/page","request":{"url":"http://sink.test/log/x","method":"OPTIONS","headers":{"Access-Control-Request-Method":"POST"},"initialPriority":"High","referrerPolicy":"strict-origin-when-cross-origin"},"timestamp":10.6,"wallTime":1700000000.6,"initiator":{"type":"preflight","url":"http://shop.test/page","requestId":"11.2"},"redirectHasExtraInfo":false,"type":"Preflight","frameId":"MAIN","hasUserGesture":false}}"#;

#[test]
fn headers_on_the_wire_replace_those_of_the_page() {
    let line = |host: &str| {
        format!(
            r#"{{"method":"Network.requestWillBeSentExtraInfo","sessionId":"PAGE","params":{{"requestId":"11.2",
            "associatedCookies":[],"headers":{{"Host":"{host}","Accept":"application/x-clarity-gzip","Cookie":"id=s3cr3t"}},
            "connectTiming":{{"requestTime":1.5}}}}}}"#
        )
        .replace('\n', "")
    };
    let wire = |lines: String| {
        let (events, _) = recorded(&lines);
        let request = events.iter().find_map(|event| match &event.fact {
            Fact::Request(request) if request.method == "POST" => Some(request.clone()),
            _ => None,
        });
        assert!(!format!("{events:?}").contains("s3cr3t"));
        request.unwrap()
    };
    // Before or after the request itself.
    for lines in [format!("{}\n{PREFLIGHT}", line("sink.test")), format!("{PREFLIGHT}\n{}", line("sink.test"))] {
        let request = wire(lines);
        assert_eq!(request.header("accept"), Some("application/x-clarity-gzip"));
        assert!(request.headers.iter().any(|header| header.name == "cookie" && header.value.is_none()));
    }
    // Without a body, and without even a length of 0, it was a stream.
    let (_, gaps) = recorded(&format!("{PREFLIGHT}\n{}", line("sink.test")));
    assert_eq!(gaps, [Gap { kind: GapKind::BodyUnread, detail: "POST sink.test/log/x".into() }]);
    let (_, gaps) = recorded(&format!("{PREFLIGHT}\n{}", line("sink.test").replace("Accept", "Content-Length")));
    assert_eq!(gaps, []);
    // Those of another host are not its own.
    let request = wire(format!("{PREFLIGHT}\n{}", line("other.test")));
    assert_eq!((request.header("accept"), request.header("content-type")), (None, Some("application/json")));
}
