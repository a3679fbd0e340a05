//! What the readers make of what the vendors' own SDKs sent (see `tests/fixtures/replay/README.md`).

mod broken;
mod fixture;

use earshot_model::{Body, Direction, Fact, FieldKind, Grade, SocketFrame};

use super::*;
use fixture::{KINDS, add, heard, request, requests, visit};

/// What one fixture shows.
struct Shown {
    vendor: &'static str,
    fixture: &'static str,
    mode: &'static str,
    /// Of each field, in order: the highest grade and its form.
    fields: [&'static str; 5],
    /// Whether the page's text holds what was typed.
    echoed: bool,
}

const fn shown(
    vendor: &'static str,
    fixture: &'static str,
    mode: &'static str,
    fields: [&'static str; 5],
    echoed: bool,
) -> Shown {
    Shown { vendor, fixture, mode, fields, echoed }
}

/// Masked with its length, in the order of the fields.
const MASKED: [&str; 5] = [
    "K3 masked, 15 characters",
    "K3 masked, 27 characters",
    "K3 masked, 10 characters",
    "K3 masked, 18 characters",
    "K3 masked, 31 characters",
];
const RAW: [&str; 5] = ["K5 whole", "K5 whole", "K5 whole", MASKED[3], "K5 whole"];
/// As lax as the recorder can be, with what it masks all the same.
const NAME_AND_MESSAGE: [&str; 5] = ["K5 whole", MASKED[1], MASKED[2], MASKED[3], "K5 whole"];
const CHECKSUM: &str = "K4 Clarity checksum (28 bits) of the value";
const CLARITY: [&str; 5] = [CHECKSUM, CHECKSUM, CHECKSUM, SOMETHING, CHECKSUM];
/// Lengths rounded up to fives.
const CLARITY_MASKED: [&str; 5] = [
    "K3 masked, 20 characters (rounded up to fives)",
    "K3 masked, 30 characters (rounded up to fives)",
    "K3 masked, 15 characters (rounded up to fives)",
    SOMETHING,
    "K3 masked, 35 characters (rounded up to fives)",
];
const SOMETHING: &str = "K3 that something was typed";

const SHOWN: &[Shown] = &[
    shown("microsoft-clarity", "clarity-strict", "strict", CLARITY, false),
    shown("microsoft-clarity", "clarity-balanced", "balanced", CLARITY, true),
    shown("microsoft-clarity", "clarity-relaxed", "relaxed", CLARITY, true),
    shown("microsoft-clarity", "clarity-no-fraud", "balanced", CLARITY_MASKED, true),
    shown("posthog", "posthog-masked", "inputs masked, page text in clear", MASKED, true),
    shown("posthog", "posthog-raw", "inputs in clear, page text in clear", RAW, true),
    shown("posthog", "posthog-text", "inputs masked, page text masked", MASKED, false),
    shown("sentry-replay", "sentry-masked", "inputs masked, page text masked", MASKED, false),
    shown("sentry-replay", "sentry-raw", "inputs in clear, page text in clear", RAW_WHILE_TYPED, true),
    shown(
        "openreplay",
        "openreplay-obscured",
        "obscured inputs, page text in clear",
        [MASKED[0], MASKED[1], MASKED[2], SOMETHING, MASKED[4]],
        true,
    ),
    shown(
        "openreplay",
        "openreplay-plain",
        "plain inputs, page text in clear",
        // Four digits in a row make it mask a value whatever the mode.
        ["K5 whole", "K5 whole", MASKED[2], SOMETHING, "K5 whole"],
        true,
    ),
    shown("openreplay", "openreplay-hidden", "hidden inputs, page text in clear", [SOMETHING; 5], true),
    shown("mixpanel", "mixpanel-masked", "inputs masked, page text masked", MASKED, false),
    shown("mixpanel", "mixpanel-raw", "inputs in clear, page text in clear", NAME_AND_MESSAGE, true),
    shown("recorder-demo.test", "rrweb-masked", "inputs masked, page text masked", MASKED, false),
    shown(
        "recorder-demo.test",
        "rrweb-raw",
        "inputs in clear, page text in clear",
        // Uploads every two seconds, two of them before the field was left.
        ["K6 whole", "K5 whole", "K6 whole", MASKED[3], "K6 first 24 characters"],
        true,
    ),
    shown("datadog-rum", "datadog-mask", "mask", [SOMETHING; 5], false),
    shown("datadog-rum", "datadog-input", "mask-user-input", [SOMETHING; 5], true),
    shown("datadog-rum", "datadog-allow", "allow", ["K5 whole", SOMETHING, SOMETHING, SOMETHING, "K5 whole"], true),
    shown("new-relic", "new-relic-masked", "inputs masked, page text masked", MASKED, false),
    shown("new-relic", "new-relic-raw", "inputs in clear, page text in clear", RAW, true),
    shown("amplitude", "amplitude-light", "light", NAME_AND_MESSAGE, true),
    shown("amplitude", "amplitude-medium", "medium", MASKED, true),
    shown("amplitude", "amplitude-conservative", "conservative", MASKED, false),
    shown("highlight", "highlight-default", "default", MASKED, true),
    shown(
        "highlight",
        "highlight-none",
        "none",
        ["K5 whole", "K6 first 24 characters", "K5 whole", MASKED[3], "K5 whole"],
        true,
    ),
];

/// An upload fell into the typing of the message.
const RAW_WHILE_TYPED: [&str; 5] = [RAW[0], RAW[1], RAW[2], RAW[3], "K6 first 8 characters"];

#[test]
fn every_recorder_shows_what_it_was_set_to() {
    for expected in SHOWN {
        let fixture = expected.fixture;
        let (visit, canaries) = visit(fixture);
        let (recording, echoes) = heard(expected.vendor, &visit, &canaries).expect(fixture);
        assert_eq!(recording.masking.as_ref().map(|masking| masking.mode.as_str()), Some(expected.mode), "{fixture}");
        assert_eq!(!recording.echoes.is_empty(), expected.echoed, "{fixture}");
        assert_eq!(recording.unread, 0, "{fixture}");
        let best = |ordinal: u32| {
            let of_field = echoes.iter().filter(|echo| echo.ordinal == ordinal);
            let of_field = of_field.filter(|echo| !echo.input.is_shown);
            let best = of_field.max_by_key(|echo| (echo.grade, echo.input.text.tells())).expect(fixture);
            format!("{} {}", best.grade.as_str(), best.form)
        };
        assert_eq!([0, 1, 2, 3, 4].map(best), expected.fields, "{fixture}");
    }
}

#[test]
fn events_are_told_when_they_happened_and_where_they_stand() {
    for expected in SHOWN {
        let (visit, canaries) = visit(expected.fixture);
        let (recording, echoes) = heard(expected.vendor, &visit, &canaries).expect(expected.fixture);
        for echo in &echoes {
            let Fact::Entry(entry) = &visit.events[echo.entry as usize].fact else { panic!("no entry") };
            let (from, at) = (visit.events[echo.entry as usize].at_ms.unwrap(), echo.input.at_ms.unwrap());
            assert!(from - 100.0 <= at && at <= entry.blurred_ms.unwrap() + 2_000.0, "{}: {at}", expected.fixture);
            assert_eq!(echo.weak, echo.grade == Grade::K4);
        }
        let texts: Vec<String> = recording.inputs.iter().filter_map(|input| at_its_place(&visit, input)).collect();
        // OpenReplay's masks are numbers, and JSON in strings is no layer.
        let is_text = !matches!(expected.vendor, "openreplay" | "amplitude");
        assert!(!is_text || texts.len() + 8 > recording.inputs.len(), "{}", expected.fixture);
    }
}

/// What stands where an input is said to stand; checked against its text. `None` where the whole layer is meant.
fn at_its_place(visit: &Visit, input: &Input) -> Option<String> {
    let first = FirstParty::of(visit);
    let message = Message::open(visit, &first, input.seq, &mut { 1 << 24 }).unwrap();
    assert_eq!(input.bytes, (0, message.length()));
    // JSON in strings is not a layer of the message's.
    let sheet =
        message.sheets().find(|sheet| sheet.chain == input.chain && input.inner.1 <= sheet.bytes.len() as u64)?;
    let (from, to) = (usize::try_from(input.inner.0).unwrap(), usize::try_from(input.inner.1).unwrap());
    let placed = String::from_utf8(sheet.bytes[from..to].to_vec()).ok().filter(|_| to - from < sheet.bytes.len())?;
    let before = from.min(Proof::AROUND);
    assert_eq!(&input.layer.0[before..before + to - from], placed.as_bytes());
    match &input.text {
        InputText::Raw(text) => assert_eq!(&placed, text),
        InputText::Masked { characters, mask: '#' } => assert_eq!(usize::from_str_radix(&placed, 36), Ok(*characters)),
        InputText::Masked { characters, mask } => {
            assert_eq!(placed.chars().count(), *characters);
            assert!(placed.contains(*mask));
        }
        InputText::Checksum { value, .. } => assert_eq!(&placed, value),
        InputText::Absent => {}
    }
    Some(placed)
}

#[test]
fn claritys_change_events_hold_checksums_of_the_canaries() {
    let (visit, canaries) = visit("clarity-strict");
    let (recording, _) = heard("microsoft-clarity", &visit, &canaries).unwrap();
    let sums: Vec<&str> = recording
        .inputs
        .iter()
        .filter_map(|input| match &input.text {
            InputText::Checksum { value, .. } => Some(value.as_str()),
            _ => None,
        })
        .collect();
    let of = |ordinal: usize| clarity_checksum(canaries[ordinal].text());
    // None of the password; the last one is of the choice in the list.
    assert_eq!(sums, [&of(0), &of(1), &of(2), &of(4), &clarity_checksum("Other")]);
    assert_eq!(recording.input_forms().collect::<Vec<_>>(), ["absent", "checksum", "masked"]);
}

#[test]
fn boxes_and_lists_are_nobodys() {
    let (visit, canaries) = visit("rrweb-masked");
    let (recording, echoes) = heard("recorder-demo.test", &visit, &canaries).unwrap();
    let times: u32 = echoes.iter().filter(|echo| !echo.input.is_shown).map(|echo| echo.times).sum();
    let typed: usize = canaries.iter().map(|canary| canary.text().len()).sum();
    assert_eq!(times as usize, typed, "each key once");
    let events = recording.inputs.iter().filter(|input| !input.is_shown).count();
    assert_eq!(events, typed + 1, "and the list; a box has no text");
}

#[test]
fn masked_text_of_the_page_tells_lengths() {
    // The name is shown while it is typed; the last field of the others is `contenteditable`.
    const NAME: (u32, &str) = (0, "as text of the page, masked, 15 characters");
    const NOTE: (u32, &str) = (5, "as text of the page, masked, 31 characters");
    for (vendor, fixture, expected) in [
        ("recorder-demo.test", "rrweb-masked", &[NAME][..]),
        ("microsoft-clarity", "clarity-strict-note", &[NAME, NOTE]),
        ("sentry-replay", "sentry-masked-note", &[NAME, NOTE]),
        ("datadog-rum", "datadog-mask-note", &[NAME, NOTE]),
        ("microsoft-clarity", "clarity-balanced", &[]),
    ] {
        let (visit, canaries) = visit(fixture);
        let (_, echoes) = heard(vendor, &visit, &canaries).unwrap();
        let shown = echoes.iter().filter(|echo| echo.input.is_shown);
        let told: Vec<(u32, &str)> = shown.clone().map(|echo| (echo.entry, echo.form.as_str())).collect();
        assert_eq!(told, expected, "{fixture}");
        assert!(shown.clone().all(|echo| (echo.grade, echo.times) == (Grade::K3, 1)), "{fixture}");
    }
}

#[test]
fn another_visit_was_not_heard() {
    for expected in SHOWN {
        let (visit, _) = visit(expected.fixture);
        let other = |kind: &FieldKind, ordinal| Canary::derive("0".repeat(32).parse().unwrap(), ordinal, *kind);
        let canaries: Vec<Canary> = KINDS.iter().zip(0..).map(|(kind, ordinal)| other(kind, ordinal)).collect();
        let (recording, echoes) = heard(expected.vendor, &visit, &canaries).expect(expected.fixture);
        assert!(recording.echoes.is_empty(), "{}", expected.fixture);
        assert!(echoes.iter().all(|echo| echo.grade == Grade::K3), "{}", expected.fixture);
    }
}

#[test]
fn nothing_typed_is_printed() {
    for expected in SHOWN {
        let (visit, canaries) = visit(expected.fixture);
        let (recording, echoes) = heard(expected.vendor, &visit, &canaries).expect(expected.fixture);
        let printed = format!("{recording:?} {echoes:?}");
        for canary in &canaries {
            assert!(!printed.contains(&canary.text()[..8]), "{}", expected.fixture);
            assert!(!printed.contains(&clarity_checksum(canary.text())), "{}", expected.fixture);
        }
    }
}

/// A message of the vendor's that was sent while the name was typed.
fn sent(body: &[u8]) -> (Visit, Vec<Canary>) {
    let (mut visit, canaries) = visit("rrweb-raw");
    visit.events.truncate(KINDS.len());
    add(&mut visit, 4_000.0, request("https://in.recorder-demo.test/", "POST".into(), body.to_vec()));
    (visit, canaries)
}

#[test]
fn fullstory_tells_only_what_stands_there_in_clear() {
    let (mut visit, canaries) = sent(b"");
    let name = canaries[0].text();
    let body =
        format!(r#"{{"Seq":2,"When":900,"Evts":[{{"Kind":9,"Args":[1,2]}},{{"Kind":18,"Args":[7,"{name}"]}}]}}"#);
    add(&mut visit, 4_000.0, request("https://rs.fullstory.com/rec/bundle/v2", "POST".into(), body.into_bytes()));
    let (recording, echoes) = heard("fullstory", &visit, &canaries).unwrap();
    assert_eq!((recording.uploads, recording.inputs.len()), (1, 1));
    assert_eq!(recording.masking.map(|masking| masking.mode).as_deref(), Some("inputs in clear"));
    assert_eq!((echoes[0].ordinal, echoes[0].grade, echoes[0].form.as_str()), (0, Grade::K5, "whole"));
}

#[test]
fn a_mask_without_a_time_is_somebodys_only_by_its_length() {
    let ancient = r#"[{"type":3,"data":{"source":5,"text":"***************","id":1},"timestamp":17}]"#;
    let (visit, canaries) = sent(ancient.as_bytes());
    let (_, echoes) = heard("recorder-demo.test", &visit, &canaries).unwrap();
    assert_eq!((echoes.len(), echoes[0].ordinal, echoes[0].input.at_ms), (1, 0, None));
    let (visit, canaries) = sent(ancient.replace("***************", "**********").as_bytes());
    let (_, echoes) = heard("recorder-demo.test", &visit, &canaries).unwrap();
    assert!(echoes.iter().all(|echo| echo.ordinal == 2) && echoes.len() == 1, "as long as the telephone's number");
    let (visit, canaries) = sent(ancient.replace("***************", "****").as_bytes());
    assert!(heard("recorder-demo.test", &visit, &canaries).unwrap().1.is_empty(), "as long as nothing");
}

#[test]
fn a_page_that_is_deeper_than_json_may_be_hides_no_input() {
    let (open, close) = (r#"{"type":2,"tagName":"div","childNodes":["#.repeat(200), "]}".repeat(200));
    let events = format!(
        r#"[{{"type":2,"data":{{"node":{open}{close}}},"timestamp":1}},{{"type":3,"data":{{"source":5,"text":"abc","id":1}},"timestamp":2}}]"#
    );
    let (visit, canaries) = sent(events.as_bytes());
    let (recording, _) = heard("recorder-demo.test", &visit, &canaries).unwrap();
    assert_eq!((recording.inputs.len(), recording.unread), (1, 0));
}

#[test]
fn a_recording_may_go_through_a_socket() {
    let (mut visit, canaries) = sent(b"");
    let socket = u32::try_from(visit.events.len() - 1).unwrap();
    let text = canaries[0].text();
    let body = format!(r#"{{"type":3,"data":{{"source":5,"text":"{text}","id":1}},"timestamp":1}}"#).into_bytes();
    for direction in [Direction::Sent, Direction::Received] {
        let body = Body { size: body.len() as u64, excerpt: body.clone() };
        add(&mut visit, 4_100.0, Fact::SocketFrame(SocketFrame { request: socket, direction, body }));
    }
    let recording =
        recording("x.test", &visit, &FirstParty::of(&visit), &[socket + 1, socket + 2], &canaries, &mut { 1 << 20 });
    assert_eq!(recording.map(|recording| (recording.uploads, recording.inputs.len())), Some((1, 1)));
}

#[test]
fn what_is_no_recording_is_none() {
    for body in [
        &br#"{"event":"x","properties":{"type":3,"timestamp":1}}"#[..],
        br#"[{"type":"click","data":{"source":5,"text":"abc"},"timestamp":1}]"#,
        br#"{"Evts":[]}"#,
        br#"{"e":["0.8.70",1,0,9,"abc"],"a":[[1,0,3,4]],"p":[]}"#,
        b"\x51\x01",
        b"",
    ] {
        let (visit, canaries) = sent(body);
        for vendor in ["microsoft-clarity", "openreplay", "datadog-rum", "fullstory", "posthog", "x.test"] {
            assert!(heard(vendor, &visit, &canaries).is_none(), "{vendor}");
        }
    }
}

#[test]
fn the_budget_is_kept() {
    let (visit, canaries) = visit("clarity-balanced");
    let first = FirstParty::of(&visit);
    let mut budget = 1 << 20;
    assert!(recording("microsoft-clarity", &visit, &first, &requests(&visit), &canaries, &mut budget).is_some());
    assert!((1..1 << 20).contains(&budget));
    let left = recording("microsoft-clarity", &visit, &first, &requests(&visit), &canaries, &mut 0);
    assert_eq!(left.map(|recording| recording.uploads), Some(1), "the last one, which is not packed");
}
