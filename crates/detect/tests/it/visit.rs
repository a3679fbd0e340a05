//! Visits made by hand, one fact at a time.

use std::sync::LazyLock;

use earshot_detect::{Catalogue, Judgement};
use earshot_model::{
    Body, Cookie, Direction, Event, Fact, Finding, Identity, Initiator, Lane, Outcome, PageKind, PageTask, PageUrl,
    Profile, Request, Response, RunId, SocketFrame, StorageArea, StorageWrite, Transport, Visit,
};

/// The catalogue that ships.
pub static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::built_in().expect("the catalogue reads"));

/// A page that was seen for eight seconds and has done nothing yet but load its document.
pub fn page(url: &str) -> Visit {
    let page = PageUrl::parse(url).unwrap();
    let task = PageTask {
        run: RunId::new(),
        start: page.clone(),
        page: page.clone(),
        kind: PageKind::guess(&page),
        profile: Profile::Untouched,
        repetition: 0,
        lane: Lane::Bulk,
    };
    let mut visit = Visit {
        task,
        started_at: jiff::Timestamp::UNIX_EPOCH,
        took_ms: 8_000,
        final_url: Some(page),
        outcome: Outcome::Loaded { status: 200 },
        identity: Identity::default(),
        events: Vec::new(),
        gaps: Vec::new(),
        screenshot: None,
    };
    ask(&mut visit, 0.0, url, Transport::Document);
    visit
}

/// Adds a fact and returns its `seq`.
pub fn add(visit: &mut Visit, at_ms: f64, fact: Fact) -> u32 {
    let seq = u32::try_from(visit.events.len()).unwrap();
    visit.events.push(Event::new(seq, Some(at_ms), visit.task.page.to_string(), fact));
    seq
}

/// Adds a request without a body.
pub fn ask(visit: &mut Visit, at_ms: f64, url: &str, transport: Transport) -> u32 {
    add(visit, at_ms, Fact::Request(request(url, transport, None)))
}

/// Adds a POST.
pub fn post(visit: &mut Visit, at_ms: f64, url: &str, body: &[u8]) -> u32 {
    add(visit, at_ms, Fact::Request(request(url, Transport::Fetch, Some(whole(body)))))
}

pub fn request(url: &str, transport: Transport, body: Option<Body>) -> Request {
    let method = if body.is_some() { "POST" } else { "GET" };
    let initiator = Initiator::default();
    Request { url: url.into(), method: method.into(), transport, body, initiator, ..Request::default() }
}

pub fn whole(bytes: &[u8]) -> Body {
    Body { size: bytes.len() as u64, excerpt: bytes.to_vec() }
}

pub fn fail(visit: &mut Visit, request: u32, error: &str) {
    add(visit, 9.0, Fact::Failed { request, error: error.into() });
}

pub fn answer(visit: &mut Visit, request: u32, local: bool) {
    add(visit, 9.0, Fact::Response(Response { request, status: 200, mime: "text/plain".into(), local }));
}

pub fn frame(visit: &mut Visit, request: u32, direction: Direction, bytes: &[u8]) {
    add(visit, 9.0, Fact::SocketFrame(SocketFrame { request, direction, body: whole(bytes) }));
}

pub fn cookie(name: &str, domain: &str, set_by: Option<u32>) -> Cookie {
    let (name, domain) = (name.into(), domain.into());
    Cookie { name, domain, value_len: 8, lifetime_s: Some(3600), set_by, ..Cookie::default() }
}

pub fn store(visit: &mut Visit, area: StorageArea, origin: &str, key: &str) {
    add(
        visit,
        9.0,
        Fact::Storage(StorageWrite {
            area,
            origin: origin.into(),
            key: key.into(),
            value_len: 3,
            ..StorageWrite::default()
        }),
    );
}

pub fn judged(visit: &Visit) -> Judgement {
    earshot_detect::judge(visit, &CATALOGUE, None)
}

pub fn vendors(judgement: &Judgement) -> Vec<&str> {
    judgement.findings.iter().map(|finding| finding.vendor.as_str()).collect()
}

/// The finding about a vendor.
pub fn about<'a>(judgement: &'a Judgement, vendor: &str) -> &'a Finding {
    judgement
        .findings
        .iter()
        .find(|finding| finding.vendor == vendor)
        .unwrap_or_else(|| panic!("nothing about {vendor}"))
}
