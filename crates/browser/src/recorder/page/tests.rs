use chromiumoxide::cdp::{
    browser_protocol::{dom_storage::StorageId, network},
    js_protocol::runtime::ExecutionContextId,
};
use earshot_model::{Direction, Event, Gap, Profile, Request, ScriptFrame, Witness};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::*;

/// Navigation start, in ms since the epoch.
const START_MS: f64 = 1_700_000_000_000.0;

fn recorder() -> (Recorder, Script) {
    let script = Script::new();
    let mut recorder = Recorder::new("MAIN").hearing(&script);
    recorder.clock.start(100.0, START_MS / 1_000.0, Instant::now());
    (recorder, script)
}

fn source() -> Source<'static> {
    Source { session: "PAGE", address: "", heard: Instant::now() }
}

/// What the script says, at 20 ms, from the line `line` of one tag.
fn tell(recorder: &mut Recorder, script: &Script, mut what: Value, line: u32) {
    what["time"] = json!(START_MS + 20.0);
    what["address"] = json!("https://shop.test/page#part");
    what["origin"] = json!("https://shop.test");
    what["stack"] = json!(format!("    at tag (https://tag.test/tag.js:{line}:1)"));
    call(recorder, &script.channel, &what.to_string());
}

fn call(recorder: &mut Recorder, channel: &str, payload: &str) {
    let (name, payload) = (channel.to_owned(), payload.to_owned());
    let called = EventBindingCalled { name, payload, execution_context_id: ExecutionContextId::new(1) };
    recorder.on_told(&called, source());
}

fn finished(recorder: Recorder) -> (Vec<Event>, Vec<Gap>) {
    recorder.finish(Profile::Untouched, Some(&[]))
}

fn witnesses(event: &Event) -> Vec<Witness> {
    event.seen_by.iter().collect()
}

fn listener(event: &str, count: u32) -> Value {
    json!({"kind": "listener", "event": event, "target": "document", "means": "listener", "count": count})
}

#[test]
fn only_our_own_function_is_heard_and_only_after_navigation_start() {
    let (mut recorder, script) = recorder();
    call(&mut recorder, "another", "{}");
    let mut early = Recorder::new("MAIN").hearing(&script);
    tell(&mut early, &script, listener("keydown", 1), 1);
    assert_eq!(finished(recorder), (vec![], vec![]));
    assert_eq!(finished(early).0, []);
}

#[test]
fn what_nobody_understands_is_a_gap() {
    let (mut recorder, script) = recorder();
    for payload in ["", "[]", "{\"kind\":\"listener\"}"] {
        call(&mut recorder, &script.channel, payload);
    }
    let (events, gaps) = finished(recorder);
    assert_eq!((events.len(), gaps.len(), gaps[0].kind), (0, 1, GapKind::PageWitness));
}

#[test]
fn the_same_thing_told_again_raises_its_count() {
    let (mut recorder, script) = recorder();
    for (event, count, line) in [("keydown", 1, 7), ("keydown", 2, 9), ("keydown", 1, 7), ("input", 1, 7)] {
        tell(&mut recorder, &script, listener(event, count), line);
    }
    let (events, _) = finished(recorder);
    let told: Vec<_> = events
        .iter()
        .map(|event| match &event.fact {
            Fact::Listener(listener) => (listener.event.as_str(), listener.count, listener.stack[0].line),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(told, [("keydown", 2, 6), ("input", 1, 6)]);
    assert_eq!((events[0].at_ms, events[0].frame.as_str()), (Some(20.0), "https://shop.test/page"));
    assert_eq!(witnesses(&events[0]), [Witness::Page]);
}

#[test]
fn a_detail_that_counts_upwards_is_one_fact_and_others_are_not() {
    let (mut recorder, script) = recorder();
    let calls = [("Navigator", "properties=8"), ("Navigator", "properties=12"), ("a.b", "width=1"), ("a.b", "width=2")];
    for (api, detail) in calls {
        tell(&mut recorder, &script, json!({"kind": "call", "api": api, "detail": detail, "count": 1}), 1);
    }
    let (events, _) = finished(recorder);
    let details: Vec<_> = events
        .iter()
        .filter_map(|event| match &event.fact {
            Fact::ApiCall(call) => Some(call.detail.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(details, ["properties=12", "width=1", "width=2"]);
}

#[test]
fn two_witnesses_of_a_write_are_one_event_whoever_comes_first() {
    let told = json!({"kind": "stored", "area": "local", "name": "id", "length": 5, "count": 1});
    let place = StorageId {
        security_origin: None,
        storage_key: Some("https://shop.test/^0https://other.test".to_owned().into()),
        is_local_storage: true,
    };
    for page_first in [true, false] {
        let (mut recorder, script) = recorder();
        if page_first {
            tell(&mut recorder, &script, told.clone(), 3);
        }
        recorder.on_stored(&place, "id", "12345", source());
        recorder.on_stored(&place, "id", "123456", source());
        if !page_first {
            tell(&mut recorder, &script, told.clone(), 3);
        }
        let (events, _) = finished(recorder);
        let [both, browser] = [5, 6].map(|length| {
            let of = |fact: &Fact| matches!(fact, Fact::Storage(write) if write.value_len == length);
            events.iter().find(|event| of(&event.fact)).unwrap()
        });
        assert_eq!(events.len(), 2);
        assert_eq!(witnesses(both), [Witness::Browser, Witness::Page]);
        assert_eq!((both.at_ms, both.frame.as_str()), (Some(20.0), "https://shop.test/page"));
        let Fact::Storage(write) = &both.fact else { panic!("{both:?}") };
        assert_eq!((write.stack.len(), write.origin.contains("other.test")), (1, true));
        assert_eq!(witnesses(browser), [Witness::Browser]);
    }
}

/// A recorder that knows of a socket.
fn with_socket() -> (Recorder, Script) {
    let (mut recorder, script) = recorder();
    let created = json!({"requestId": "1", "url": "wss://tag.test/live"});
    recorder.on_socket(&serde_json::from_value(created).unwrap(), source());
    (recorder, script)
}

fn send_blob(recorder: &mut Recorder) {
    let frame = json!({"requestId": "1", "timestamp": 100.5,
        "response": {"opcode": 2, "mask": true, "payloadData": ""}});
    recorder.on_frame_sent(&serde_json::from_value::<network::EventWebSocketFrameSent>(frame).unwrap(), source());
}

fn blob(data: &str, size: u64, read: bool) -> Value {
    json!({"kind": "blob", "url": "wss://tag.test/live", "size": size, "data": data, "read": read})
}

#[test]
fn blobs_fill_their_frames_in_order() {
    let (mut recorder, script) = with_socket();
    send_blob(&mut recorder);
    send_blob(&mut recorder);
    tell(&mut recorder, &script, blob("b25l", 3, true), 1);
    tell(&mut recorder, &script, blob("dHdv", 900_000, true), 1);
    // Told before its frame.
    tell(&mut recorder, &script, blob("", 7, false), 1);
    send_blob(&mut recorder);
    let (events, gaps) = finished(recorder);
    let bodies: Vec<_> = events
        .iter()
        .filter_map(|event| match &event.fact {
            Fact::SocketFrame(frame) if frame.direction == Direction::Sent => {
                Some((frame.body.excerpt.as_slice(), frame.body.size, event.seen_by.contains(Witness::Page)))
            }
            _ => None,
        })
        .collect();
    assert_eq!(bodies, [(b"one".as_slice(), 3, true), (b"two", 900_000, true), (b"", 0, false)]);
    assert_eq!(gaps.iter().map(|gap| gap.kind).collect::<Vec<_>>(), [GapKind::BodyCut, GapKind::BodyUnread]);
}

#[test]
fn a_frame_that_nobody_told_the_content_of_is_a_gap() {
    let (mut recorder, _) = with_socket();
    send_blob(&mut recorder);
    let (_, gaps) = finished(recorder);
    let unread = Gap { kind: GapKind::BodyUnread, detail: "WebSocket tag.test/live: a binary frame".into() };
    assert_eq!(gaps, [unread]);
}

#[test]
fn our_own_functions_are_not_among_those_who_asked() {
    let (mut recorder, script) = recorder();
    let frame = |function: &str| ScriptFrame { url: String::new(), function: function.to_owned(), line: 0, column: 0 };
    let mut request = Request::default();
    request.initiator.stack = vec![frame(&script.mark), frame("track"), frame("")];
    recorder.draft.add(Witness::Browser, Some(0.0), "", Fact::Request(request));
    let (events, _) = finished(recorder);
    assert_eq!(events[0].fact.stack(), [frame("track"), frame("")]);
}

#[test]
fn what_is_told_is_bounded() {
    let (mut recorder, script) = recorder();
    for number in 0..TOLD + 3 {
        tell(&mut recorder, &script, listener(&number.to_string(), 1), 1);
    }
    let (events, gaps) = finished(recorder);
    assert_eq!((events.len(), gaps.len(), gaps[0].kind), (TOLD, 1, GapKind::PageWitness));
}
