//! Visits made of fixtures.

use std::{fs, path::Path};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use earshot_model::{
    Body, Canary, Entry, Event, Fact, FieldKind, Identity, Lane, Outcome, PageKind, PageTask, PageUrl, Profile,
    Request, Served, Transport, Visit,
};
use serde::Deserialize;

use crate::{
    FirstParty,
    replay::{Echo, Recording, heard_by, recording},
};

/// The first line of a fixture.
#[derive(Deserialize)]
struct Head {
    /// ms since 1970.
    started: i64,
    entries: Vec<Typing>,
}

/// What was typed into one field, in ms since navigation start.
#[derive(Deserialize)]
struct Typing {
    field: String,
    ordinal: u32,
    characters: u32,
    from: f64,
    last: f64,
    blurred: f64,
}

/// Every other line.
#[derive(Deserialize)]
struct Line {
    at: f64,
    method: String,
    url: String,
    body: String,
}

/// The fields of the page, in the order in which they were typed into.
pub(super) const KINDS: [FieldKind; 5] =
    [FieldKind::Name, FieldKind::Email, FieldKind::Phone, FieldKind::Password, FieldKind::Message];

/// A visit of which the fixture is a part, and what was typed in it.
pub(super) fn visit(fixture: &str) -> (Visit, Vec<Canary>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/replay").join(format!("{fixture}.ndjson"));
    let text = fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let head: Head = serde_json::from_str(lines.next().unwrap()).unwrap();
    let mut visit = empty_visit(head.started);
    for typing in head.entries {
        add(&mut visit, typing.from, entry(&typing));
    }
    for line in lines.map(|line| serde_json::from_str::<Line>(line).unwrap()) {
        let body = BASE64_STANDARD.decode(line.body).unwrap();
        add(&mut visit, line.at, request(&line.url, line.method, body));
    }
    let canaries = KINDS.iter().zip(0..).map(|(kind, ordinal)| Canary::derive(visit.id(), ordinal, *kind)).collect();
    (visit, canaries)
}

fn empty_visit(started: i64) -> Visit {
    let page = PageUrl::parse("https://shop.test/contact").unwrap();
    let task = PageTask {
        run: "00000000000000000000000004".parse().unwrap(),
        start: page.clone(),
        page: page.clone(),
        kind: PageKind::guess(&page),
        profile: Profile::Untouched,
        repetition: 0,
        lane: Lane::Bulk,
        region: None,
    };
    Visit {
        task,
        started_at: jiff::Timestamp::from_millisecond(started).unwrap(),
        took_ms: 40_000,
        final_url: Some(page),
        outcome: Outcome::Loaded { status: 200 },
        identity: Identity::default(),
        events: Vec::new(),
        gaps: Vec::new(),
        pictures: Vec::new(),
        served: Served::default(),
    }
}

pub(super) fn add(visit: &mut Visit, at_ms: f64, fact: Fact) {
    let seq = u32::try_from(visit.events.len()).unwrap();
    visit.events.push(Event::new(seq, Some(at_ms), "https://shop.test/contact", fact));
}

fn entry(typing: &Typing) -> Fact {
    Fact::Entry(Entry {
        field: format!("#{}", typing.field),
        kind: KINDS[typing.ordinal as usize],
        ordinal: typing.ordinal,
        characters: typing.characters,
        last_key_ms: typing.last,
        blurred_ms: Some(typing.blurred),
        kept: true,
    })
}

pub(super) fn request(url: &str, method: String, bytes: Vec<u8>) -> Fact {
    let body = Some(Body { size: bytes.len() as u64, excerpt: bytes });
    Fact::Request(Request { url: url.into(), method, transport: Transport::Fetch, body, ..Request::default() })
}

pub(super) fn requests(visit: &Visit) -> Vec<u32> {
    let is_request = |event: &&Event| matches!(event.fact, Fact::Request(_));
    visit.events.iter().filter(is_request).map(|event| event.seq).collect()
}

pub(super) fn heard(vendor: &str, visit: &Visit, canaries: &[Canary]) -> Option<(Recording, Vec<Echo>)> {
    let first = FirstParty::of(visit);
    let recording = recording(vendor, visit, &first, &requests(visit), canaries, &mut { 1 << 26 })?;
    let entries = visit.events.iter().filter_map(|event| match &event.fact {
        Fact::Entry(entry) => Some((event.seq, entry)),
        _ => None,
    });
    let echoes = heard_by(&recording, &entries.collect::<Vec<_>>(), canaries);
    Some((recording, echoes))
}
