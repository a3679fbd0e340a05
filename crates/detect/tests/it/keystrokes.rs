//! Who hears what is typed: grades and proofs, on visits made by hand.

use earshot_detect::{Judgement, judge};
use earshot_model::{
    Body, Canary, Direction, Entry, Event, Exposure, Fact, FieldKind, FieldRead, Finding, Gap, GapKind, Grade, Header,
    Heard, ListenMeans, Listener, Request, Rule, SocketFrame, Transport, Visit, Way,
};

use crate::visit::{self, CATALOGUE, add, alias, frames};

/// When the first key of the first field goes down.
const FIRST_KEY: f64 = 8_000.0;
/// When it is left.
const LEFT: f64 = 9_000.0;

/// A page whose e-mail field was typed into, and the canary.
fn typed() -> (Visit, Canary) {
    let mut visit = visit::page("https://shop.test/contact");
    visit.took_ms = 15_000;
    let canary = fill(&mut visit, 0, FieldKind::Email, FIRST_KEY);
    (visit, canary)
}

/// Types into a field for a second.
fn fill(visit: &mut Visit, ordinal: u32, kind: FieldKind, at_ms: f64) -> Canary {
    let canary = Canary::derive(visit.id(), ordinal, kind);
    let entry = Entry {
        field: format!("input[name={}]", kind.as_str()),
        kind,
        ordinal,
        characters: canary.text().chars().count() as u32,
        last_key_ms: at_ms + 900.0,
        blurred_ms: Some(at_ms + 1_000.0),
        kept: true,
    };
    add(visit, at_ms, Fact::Entry(entry));
    canary
}

fn post(visit: &mut Visit, at_ms: f64, url: &str, body: &[u8]) -> u32 {
    let body = Some(Body { size: body.len() as u64, excerpt: body.to_vec() });
    let mut request = visit::request(url, Transport::Fetch, body);
    request.initiator.stack = frames(&["https://cdn.sink.test/t.js"]);
    add(visit, at_ms, Fact::Request(request))
}

fn judged(visit: &Visit) -> Judgement {
    judge(visit, &CATALOGUE, None)
}

fn keystrokes<'j>(judgement: &'j Judgement, vendor: &str) -> Option<&'j Finding> {
    judgement.findings.iter().find(|finding| finding.rule == Rule::Keystrokes && finding.vendor == vendor)
}

#[track_caller]
fn heard(judgement: &Judgement, vendor: &str, kind: FieldKind) -> Heard {
    let finding = keystrokes(judgement, vendor).unwrap_or_else(|| panic!("nothing about {vendor}: {judgement:#?}"));
    finding.heard.iter().find(|heard| heard.kind == kind).unwrap_or_else(|| panic!("{finding:#?}")).clone()
}

#[test]
fn a_text_after_the_field_was_left_is_k5_and_before_that_k6() {
    for (at_ms, grade) in [(LEFT + 50.0, Grade::K5), (LEFT - 400.0, Grade::K6)] {
        let (mut visit, canary) = typed();
        let seq = post(
            &mut visit,
            at_ms,
            "https://in.sink.test/c?x=1",
            format!(r#"{{"mail":"{}"}}"#, canary.text()).as_bytes(),
        );
        let judgement = judged(&visit);
        let heard = heard(&judgement, "sink.test", FieldKind::Email);
        let proof = heard.proof.clone().unwrap();
        assert_eq!((heard.grade, heard.form.as_str(), heard.times, heard.weak), (grade, "whole", 1, false));
        assert_eq!((proof.event, proof.part.as_str(), proof.name.as_str()), (seq, "body", "mail"));
        assert_eq!(proof.since_first_key_ms, at_ms - FIRST_KEY);
        assert_eq!(proof.stack, frames(&["https://cdn.sink.test/t.js"]));
        let finding = keystrokes(&judgement, "sink.test").unwrap();
        assert_eq!((finding.grade, finding.exposure, finding.proof), (Some(grade), Exposure::Content, seq));
        let contact = judgement.findings.iter().find(|finding| finding.rule == Rule::PreConsentContact).unwrap();
        assert_eq!(contact.grade, Some(grade));
    }
}

#[test]
fn addresses_headers_and_frames_are_searched_too() {
    let (mut visit, canary) = typed();
    let text = canary.text().replace('@', "%40");
    visit::ask(&mut visit, LEFT + 10.0, &format!("https://a-sink.test/p?em={text}"), Transport::Image);
    let mut request = visit::request("https://b-sink.test/h", Transport::Fetch, None);
    request.headers = vec![Header { name: "x-mail".into(), value: Some(canary.text().into()) }];
    add(&mut visit, LEFT + 20.0, Fact::Request(request));
    let socket = visit::ask(&mut visit, 100.0, "wss://c-sink.test/s", Transport::WebSocket);
    let body = Body { size: canary.text().len() as u64, excerpt: canary.text().into() };
    add(
        &mut visit,
        LEFT + 30.0,
        Fact::SocketFrame(SocketFrame { request: socket, direction: Direction::Sent, body: body.clone() }),
    );
    add(
        &mut visit,
        LEFT + 40.0,
        Fact::SocketFrame(SocketFrame { request: socket, direction: Direction::Received, body }),
    );
    let judgement = judged(&visit);
    for (vendor, part) in [("a-sink.test", "url"), ("b-sink.test", "header:x-mail"), ("c-sink.test", "frame")] {
        let heard = heard(&judgement, vendor, FieldKind::Email);
        assert_eq!((heard.grade, heard.times), (Grade::K5, 1), "{vendor}");
        assert_eq!(heard.proof.unwrap().part, part);
    }
}

#[test]
fn what_stays_behind_the_mark_of_an_address_was_not_sent() {
    let (mut visit, canary) = typed();
    visit::ask(&mut visit, LEFT + 10.0, &format!("https://a-sink.test/p#{}", canary.text()), Transport::Image);
    assert_eq!(keystrokes(&judged(&visit), "a-sink.test"), None);
}

#[test]
fn a_request_that_never_left_leaks_nothing() {
    let (mut visit, canary) = typed();
    let request = post(&mut visit, LEFT + 50.0, "https://sink.test/c", canary.text().as_bytes());
    add(&mut visit, LEFT + 60.0, Fact::Failed { request, error: "net::ERR_BLOCKED_BY_CSP".into() });
    assert_eq!(keystrokes(&judged(&visit), "sink.test"), None);
}

#[test]
fn every_field_has_a_grade_of_its_own_and_silence_is_said_where_it_is_known() {
    let (mut visit, canary) = typed();
    fill(&mut visit, 1, FieldKind::Password, 10_000.0);
    post(&mut visit, LEFT + 50.0, "https://sink.test/c", canary.text().as_bytes());
    visit::ask(&mut visit, 200.0, "https://quiet.test/x.js", Transport::Script);
    let grades = |judgement: &Judgement, vendor: &str| -> Vec<(FieldKind, Grade)> {
        keystrokes(judgement, vendor).unwrap().heard.iter().map(|heard| (heard.kind, heard.grade)).collect()
    };
    let grade = |judgement: &Judgement, vendor: &str| {
        judgement.findings.iter().find(|finding| finding.vendor == vendor).unwrap().grade
    };
    let judgement = judged(&visit);
    assert_eq!(grades(&judgement, "sink.test"), [(FieldKind::Email, Grade::K5), (FieldKind::Password, Grade::K0)]);
    assert_eq!(grade(&judgement, "quiet.test"), Some(Grade::K0));
    // Where something could have gone out unseen, nobody's silence is known.
    visit.gaps.push(Gap { kind: GapKind::BodyUnread, detail: "sink.test/c".into() });
    let judgement = judged(&visit);
    assert_eq!(grades(&judgement, "sink.test"), [(FieldKind::Email, Grade::K5)]);
    assert_eq!(grade(&judgement, "quiet.test"), None);
}

#[test]
fn without_typing_nobody_knows() {
    let mut visit = visit::page("https://shop.test/contact");
    visit::ask(&mut visit, 200.0, "https://quiet.test/x.js", Transport::Script);
    assert!(judged(&visit).findings.iter().all(|finding| finding.grade.is_none()));
}

#[test]
fn the_sites_own_server_is_told_apart_and_aliases_are_seen_through() {
    let (mut visit, canary) = typed();
    post(&mut visit, LEFT + 50.0, "https://shop.test/validate", canary.text().as_bytes());
    let judgement = judged(&visit);
    let own = keystrokes(&judgement, "shop.test").unwrap();
    assert_eq!((own.category.as_str(), own.exposure, own.grade), ("first_party", Exposure::None, Some(Grade::K5)));
    assert!(own.traits.details["first_party"][0].starts_with("shop.test: no other name"), "{own:?}");

    alias(&mut visit, "metrics.shop.test", &["shop.sc.omtrdc.net"]);
    post(&mut visit, LEFT + 60.0, "https://metrics.shop.test/b/ss/x", canary.text().as_bytes());
    let judgement = judged(&visit);
    let hidden = keystrokes(&judgement, "adobe-analytics").unwrap();
    assert_eq!((hidden.grade, hidden.exposure), (Some(Grade::K5), Exposure::Content));
    assert!(hidden.traits.disguise.is_some(), "{hidden:?}");
}

#[test]
fn listening_and_reading_are_grades_too_but_no_finding_of_their_own() {
    let (mut visit, canary) = typed();
    let stack = frames(&["https://ears.test/e.js"]);
    visit::ask(&mut visit, 100.0, "https://ears.test/e.js", Transport::Script);
    let target = "input[name=email]".to_owned();
    add(
        &mut visit,
        300.0,
        Fact::Listener(Listener {
            event: "input".into(),
            target: target.clone(),
            means: ListenMeans::Listener,
            count: 1,
            stack: stack.clone(),
        }),
    );
    let grade = |judgement: &Judgement| judgement.findings.iter().find(|it| it.vendor == "ears.test").unwrap().grade;
    let judgement = judged(&visit);
    assert_eq!((grade(&judgement), keystrokes(&judgement, "ears.test")), (Some(Grade::K1), None));
    add(&mut visit, FIRST_KEY + 10.0, Fact::FieldRead(FieldRead { field: target, count: 3, stack }));
    let judgement = judged(&visit);
    assert_eq!((grade(&judgement), keystrokes(&judgement, "ears.test")), (Some(Grade::K2), None));
    post(&mut visit, LEFT + 5.0, "https://ears.test/in", canary.text().as_bytes());
    let best = heard(&judged(&visit), "ears.test", FieldKind::Email);
    assert_eq!((best.grade, best.times), (Grade::K5, 1));
}

#[test]
fn every_key_by_itself_is_heard_while_typing() {
    let (mut visit, canary) = typed();
    for (nth, key) in canary.text().chars().enumerate() {
        let at_ms = FIRST_KEY + 30.0 * nth as f64;
        post(&mut visit, at_ms, "https://keys.test/k", format!(r#"{{"type":"key","key":"{key}"}}"#).as_bytes());
    }
    let heard = heard(&judged(&visit), "keys.test", FieldKind::Email);
    assert_eq!(heard.grade, Grade::K6, "{heard:?}");
    assert_eq!(heard.proof.unwrap().part, "body");
}

#[test]
fn a_field_that_cannot_be_left_ends_with_its_last_key() {
    let (mut visit, canary) = typed();
    let Some(Fact::Entry(entry)) = visit.events.last_mut().map(|event| &mut event.fact) else { panic!() };
    entry.blurred_ms = None;
    post(&mut visit, 14_000.0, "https://sink.test/c", canary.text().as_bytes());
    assert_eq!(heard(&judged(&visit), "sink.test", FieldKind::Email).grade, Grade::K5);
}

#[test]
fn at_the_moment_of_leaving_clocks_are_not_trusted() {
    let (mut visit, canary) = typed();
    post(&mut visit, LEFT - 20.0, "https://sink.test/c", canary.text().as_bytes());
    assert_eq!(heard(&judged(&visit), "sink.test", FieldKind::Email).grade, Grade::K5);
}

#[test]
fn what_the_page_writes_into_its_address_is_not_taken_from_its_field() {
    let (mut visit, canary) = typed();
    let page = format!("https://shop.test/search?q={}", canary.text().replace('@', "%40"));
    let within =
        page.replace('%', "%25").replace(':', "%3A").replace('/', "%2F").replace('?', "%3F").replace('=', "%3D");
    let url = format!("https://pixel.test/c?v=1&dl={within}&z=2");
    for (url, referer) in [(url.as_str(), None), ("https://fonts.test/x.woff2", Some(page.as_str()))] {
        let mut request = visit::request(url, Transport::Image, None);
        request.headers =
            referer.map(|page| Header { name: "referer".into(), value: Some(page.into()) }).into_iter().collect();
        let seq = add(&mut visit, LEFT + 400.0, Fact::Request(request));
        visit.events[seq as usize].frame = page.clone();
    }
    let judgement = judged(&visit);
    for vendor in ["pixel.test", "fonts.test"] {
        let finding = keystrokes(&judgement, vendor).unwrap();
        assert_eq!((finding.grade, finding.exposure), (Some(Grade::K5), Exposure::Unknown), "{vendor}");
        assert_eq!(finding.heard[0].way, Way::PageAddress, "{finding:#?}");
    }
    // Who takes it beside that, takes it.
    let request = visit::request(&format!("{url}&text={}", canary.text()), Transport::Image, None);
    let seq = add(&mut visit, LEFT + 500.0, Fact::Request(request));
    visit.events[seq as usize].frame = page.clone();
    let judgement = judged(&visit);
    let finding = keystrokes(&judgement, "pixel.test").unwrap();
    assert_eq!((finding.exposure, finding.heard[0].way), (Exposure::Content, Way::Taken), "{finding:#?}");
}

#[test]
fn a_field_in_a_frame_of_ones_own_is_not_taken() {
    let (mut visit, _) = typed();
    let canary = fill(&mut visit, 1, FieldKind::Name, 10_000.0);
    visit.events.last_mut().unwrap().frame = "https://booking.test/form".into();
    post(&mut visit, 11_500.0, "https://booking.test/book", canary.text().as_bytes());
    let judgement = judged(&visit);
    let finding = keystrokes(&judgement, "booking.test").unwrap();
    assert_eq!((finding.grade, finding.exposure), (Some(Grade::K5), Exposure::Unknown));
    assert!(finding.traits.details.contains_key("own_frame"), "{finding:#?}");
}

#[test]
fn a_preflight_carries_nothing() {
    let (mut visit, canary) = typed();
    let mut ask = visit::request(&format!("https://sink.test/x?em={}", canary.text()), Transport::Preflight, None);
    ask.method = "OPTIONS".into();
    add(&mut visit, LEFT + 5.0, Fact::Request(ask));
    assert_eq!(keystrokes(&judged(&visit), "sink.test"), None);
}

#[test]
fn the_silence_of_a_recorder_that_nobody_reads_is_not_known() {
    let (mut visit, _) = typed();
    visit::ask(&mut visit, 100.0, "https://static.hotjar.com/c/hotjar-1.js", Transport::Script);
    let grade = |visit: &Visit| judged(visit).findings.iter().find(|finding| finding.vendor == "hotjar").unwrap().grade;
    assert_eq!(grade(&visit), Some(Grade::K0), "it was sent nothing since the first key");
    post(&mut visit, LEFT + 300.0, "https://vc.hotjar.io/sessions/1", br#"{"event":"input","value":"*****"}"#);
    assert_eq!(grade(&visit), None);
}

#[test]
fn unreadable_bodies_that_grow_with_a_long_text_are_said_to_grow() {
    let noise = |seed: u8, length: usize| -> Vec<u8> {
        let mut state = u32::from(seed).wrapping_mul(2_654_435_761).max(1);
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            (state >> 11) as u8
        };
        (0..length).map(|_| next()).collect()
    };
    for (after, grows) in [(4_600, true), (560, false)] {
        let (mut visit, _) = typed();
        post(&mut visit, FIRST_KEY + 200.0, "https://sealed.test/u", &noise(1, 500));
        post(&mut visit, LEFT + 200.0, "https://sealed.test/u", &noise(2, 520));
        fill(&mut visit, 1, FieldKind::Burst, 11_000.0);
        post(&mut visit, 11_500.0, "https://sealed.test/u", &noise(3, after));
        let judgement = judged(&visit);
        let finding = keystrokes(&judgement, "sealed.test");
        assert_eq!(finding.is_some(), grows, "{judgement:#?}");
        if let Some(finding) = finding {
            let grows = &finding.traits.details["grows"];
            assert_eq!(grows[0], "with what is typed, not readable");
            assert_eq!(finding.proof_url, "https://sealed.test/u");
            assert!(grows[1].starts_with("520 bytes before") && grows[1].contains("4600 bytes with it"), "{grows:?}");
            assert!(finding.heard.is_empty() && finding.exposure == Exposure::Unknown, "{finding:#?}");
        }
        // What it is sent cannot be read: its silence is not known.
        let findings: Vec<_> = judgement.findings.iter().filter(|finding| finding.vendor == "sealed.test").collect();
        assert!(findings.iter().all(|finding| finding.grade.is_none()), "{findings:?}");
    }
}

#[test]
fn what_was_sent_before_it_was_typed_is_a_coincidence() {
    let (mut visit, canary) = typed();
    post(&mut visit, FIRST_KEY - 500.0, "https://sink.test/c", canary.text().as_bytes());
    assert_eq!(keystrokes(&judged(&visit), "sink.test"), None);
}

#[test]
fn a_recorder_that_was_not_waited_for_is_a_gap() {
    let (mut visit, _) = typed();
    visit.took_ms = 10_500;
    let upload = |visit: &mut Visit, at_ms: f64| {
        post(visit, at_ms, "https://api.openreplay.com/ingest/v1/web/i?batch=1", b"\x51\x01\x00");
    };
    upload(&mut visit, 2_000.0);
    let late = |visit: &Visit| {
        let gaps = judged(visit).gaps;
        gaps.iter().any(|gap| gap.kind == GapKind::UploadNotAwaited && gap.detail.contains("after the last key"))
    };
    assert!(late(&visit));
    upload(&mut visit, 10_000.0);
    assert!(!late(&visit));
}

/// A visit whose events were renumbered would prove nothing.
#[test]
fn proofs_point_at_events_that_are_there() {
    let (mut visit, canary) = typed();
    post(&mut visit, LEFT + 50.0, "https://sink.test/c", canary.text().as_bytes());
    let judgement = judged(&visit);
    for heard in judgement.findings.iter().flat_map(|finding| &finding.heard) {
        let entry: &Event = &visit.events[heard.entry as usize];
        assert!(matches!(entry.fact, Fact::Entry(_)));
        let proof = heard.proof.as_ref().unwrap();
        let Fact::Request(Request { body: Some(body), .. }) = &visit.events[proof.event as usize].fact else {
            panic!()
        };
        let (from, to) = (proof.bytes.0 as usize, proof.bytes.1 as usize);
        assert_eq!(&body.excerpt[from..to], canary.text().as_bytes());
    }
}

/// Recorders' own bodies, packed as deep as they are, are searched to their end: else nobody's silence would be known.
#[test]
fn what_recorders_send_is_searched_whole() {
    use base64::Engine as _;
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/replay");
    let search = earshot_detect::leak::Search::new(&[], &earshot_detect::leak::Clues::default());
    let mut bodies = 0;
    for file in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let lines = if file.extension().is_some_and(|end| end == "ndjson") {
            std::fs::read_to_string(&file).unwrap()
        } else {
            continue;
        };
        for line in lines.lines() {
            let message: serde_json::Value = serde_json::from_str(line).unwrap();
            let Some(body) = message["body"].as_str() else { continue };
            let body = base64::prelude::BASE64_STANDARD.decode(body).unwrap_or_else(|_| body.as_bytes().to_vec());
            assert!(!search.bytes(&body, &mut { usize::MAX }).cut, "{}", file.display());
            bodies += 1;
        }
    }
    assert!(bodies > 50, "{bodies}");
}
