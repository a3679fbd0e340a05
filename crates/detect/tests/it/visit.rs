//! Visits made by hand, one fact at a time.

use std::sync::LazyLock;

use earshot_detect::{Catalogue, Judgement};
use earshot_model::{
    Alias, Body, Cookie, Direction, Event, Fact, Finding, Identity, Initiator, Lane, Mark, MarkKind, Outcome, PageKind,
    PageTask, PageUrl, Profile, Request, Response, RunId, ScriptFrame, Served, SocketFrame, StorageArea, StorageWrite,
    Transport, Visit,
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
        region: None,
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
        pictures: Vec::new(),
        served: Served::default(),
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

/// Adds a request that scripts on a stack caused, innermost first.
pub fn scripted(visit: &mut Visit, at_ms: f64, url: &str, transport: Transport, stack: &[&str]) -> u32 {
    let initiator = Initiator { kind: "script".into(), stack: frames(stack), ..Initiator::default() };
    add(visit, at_ms, Fact::Request(Request { initiator, ..request(url, transport, None) }))
}

/// Adds a request that the parser met in a document or style sheet.
pub fn parsed(visit: &mut Visit, at_ms: f64, url: &str, transport: Transport, within: &str) -> u32 {
    let initiator = Initiator { kind: "parser".into(), url: Some(within.into()), ..Initiator::default() };
    add(visit, at_ms, Fact::Request(Request { initiator, ..request(url, transport, None) }))
}

/// Adds the next hop of a redirect.
pub fn redirected(visit: &mut Visit, at_ms: f64, url: &str, transport: Transport, from: u32) -> u32 {
    let next = Request { redirect_of: Some(from), ..request(url, transport, None) };
    add(visit, at_ms, Fact::Request(next))
}

/// A stack of scripts, innermost first.
pub fn frames(urls: &[&str]) -> Vec<ScriptFrame> {
    urls.iter().map(|url| ScriptFrame { url: (*url).into(), function: String::new(), line: 0, column: 0 }).collect()
}

pub fn alias(visit: &mut Visit, host: &str, chain: &[&str]) {
    let chain = chain.iter().map(|name| (*name).to_owned()).collect();
    add(visit, 5.0, Fact::Alias(Alias { host: host.into(), chain }));
}

pub fn mark(visit: &mut Visit, kind: MarkKind, name: &str, value: &str) {
    add(visit, 8.0, Fact::Mark(Mark { kind, name: name.into(), value: value.into() }));
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
