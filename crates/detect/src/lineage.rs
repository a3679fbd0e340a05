//! Who made which request: the tree from the page's document down to a pixel.
//!
//! The browser names, for each request, the scripts on the stack and across their async parents. What it does not name
//! is where those scripts came from: that is read from the requests before.

use std::collections::{HashMap, HashSet};

use earshot_model::{Event, Fact, Request, Transport, Visit};
use url::{Origin, Url};

/// How long a chain is followed. Tag containers that load loaders come to 6 or 8; a page of redirects to 20.
const MAX_CHAIN: usize = 64;

/// A script on the stack of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OnStack<'v> {
    /// Its address.
    pub script: &'v str,
    /// `seq` of the request.
    pub request: u32,
    /// Whether nothing lies between it and the request but what stands between itself.
    pub innermost: bool,
}

/// What a script on the stack of a request is to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// It may have made it.
    Maker,
    /// It only stands between the request and who made it.
    Between,
    /// A tag container: it may have made it, or have put into the page what did.
    Container,
}

/// The requests for one address, each list in order.
#[derive(Clone, Debug, Default)]
struct Asked {
    all: Vec<u32>,
    documents: Vec<u32>,
    /// For what runs: scripts, workers.
    scripts: Vec<u32>,
}

/// The causes of a visit's requests. Every cause is an earlier request, so there are no cycles.
#[derive(Clone, Debug)]
pub(crate) struct Lineage<'v> {
    events: &'v [Event],
    /// An address without its fragment, to the requests for it, in order.
    asked: HashMap<&'v str, Asked>,
    /// An origin, to the requests for documents there, frames' too, in order.
    documents: HashMap<Origin, Vec<u32>>,
    /// The main document and the redirects that led to it.
    main: HashSet<u32>,
    /// Parallel to the events.
    causes: Vec<Option<u32>>,
}

impl<'v> Lineage<'v> {
    /// Of a visit. `role` says what a script on the stack of a request is to it.
    pub(crate) fn of(visit: &'v Visit, role: impl Fn(OnStack<'v>) -> Role) -> Self {
        let events = visit.events.as_slice();
        let causes = vec![None; events.len()];
        let (asked, documents) = (by_address(events), by_origin(events));
        let mut lineage = Self { events, asked, documents, main: main(events), causes };
        for (seq, request) in requests(events) {
            lineage.causes[seq as usize] = lineage.cause_of(seq, request, &role).filter(|cause| *cause < seq);
        }
        for (seq, request) in requests(events) {
            let Some(asked) = request.initiator.request.filter(|_| request.is_preflight()) else { continue };
            let cause = lineage.cause(asked).filter(|cause| *cause < seq);
            lineage.causes[seq as usize] = cause.or(lineage.causes[seq as usize]);
        }
        lineage
    }

    /// `seq` of the request for the script or document that made the request at `seq`. A redirect's hop has the cause
    /// of the hop before, a preflight that of the request which it goes before. `None` for the page's document, and
    /// where nobody saw it.
    pub(crate) fn cause(&self, seq: u32) -> Option<u32> {
        *self.causes.get(seq as usize)?
    }

    /// From the request upwards to the page, without either: scripts, frames, and the hops of redirects.
    pub(crate) fn chain(&self, seq: u32) -> Vec<u32> {
        let above =
            |seq: &u32| self.redirected(*seq).or_else(|| self.cause(*seq)).filter(|above| !self.is_main(*above));
        std::iter::successors(Some(seq).filter(|seq| !self.is_main(*seq)), above).skip(1).take(MAX_CHAIN).collect()
    }

    /// Whether it is the page's own document, or a redirect that led to it.
    pub(crate) fn is_main(&self, seq: u32) -> bool {
        self.main.contains(&seq)
    }

    /// The latest request for that script before `seq`.
    pub(crate) fn script(&self, url: &str, seq: u32) -> Option<u32> {
        self.latest(url, seq, |asked| &asked.scripts)
    }

    /// Whether that is the address of a document, so that a frame of the stack there is inline code.
    pub(crate) fn is_document(&self, url: &str, seq: u32) -> bool {
        let frame = self.events.get(seq as usize).map_or("", |event| event.frame.as_str());
        bare(url) == bare(frame) || self.latest(url, seq, |asked| &asked.documents).is_some()
    }

    fn redirected(&self, seq: u32) -> Option<u32> {
        request(self.events, seq)?.redirect_of.filter(|before| *before < seq && request(self.events, *before).is_some())
    }

    fn cause_of(&self, seq: u32, request: &'v Request, role: &impl Fn(OnStack<'v>) -> Role) -> Option<u32> {
        if let Some(before) = self.redirected(seq) {
            return self.cause(before);
        }
        if self.is_main(seq) {
            return None;
        }
        self.by_stack(seq, request, role)
            .or_else(|| self.latest(request.initiator.url.as_deref()?, seq, |asked| &asked.all))
            .or_else(|| self.document(seq, request))
    }

    /// The innermost script on the stack that is not the document's own code, and stands not only between, unless all
    /// do. Behind the document's own code only a container counts, which may have put that code there: others have called
    /// it back.
    fn by_stack(&self, seq: u32, request: &'v Request, role: &impl Fn(OnStack<'v>) -> Role) -> Option<u32> {
        let named = request.initiator.stack.iter().map(|frame| frame.url.as_str()).filter(|url| !url.is_empty());
        let mut innermost = true;
        let mut frames: Vec<(&str, Role)> = named
            .map(|script| {
                let role = role(OnStack { script, request: seq, innermost });
                innermost &= role == Role::Between;
                (script, role)
            })
            .collect();
        if frames.iter().any(|(_, role)| *role != Role::Between) {
            frames.retain(|(_, role)| *role != Role::Between);
        }
        let mut inline = false;
        frames.into_iter().find_map(|(url, role)| {
            if self.is_document(url, seq) {
                inline = true;
                return None;
            }
            if inline && role != Role::Container { None } else { self.script(url, seq) }
        })
    }

    /// The document or worker in which it happened. One without an address of its own (`about:blank`) is the page's;
    /// one that has changed its address since is told by its origin. Of what is sent on leaving the browser may not say
    /// it.
    fn document(&self, seq: u32, asked: &Request) -> Option<u32> {
        let frame = self.events[seq as usize].frame.as_str();
        let page = || self.main.iter().copied().filter(|main| *main < seq).max();
        if asked.transport == Transport::Document || frame.starts_with("about:") {
            return page();
        }
        let same_origin = || {
            let origin = Url::parse(frame).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?.origin();
            before(self.documents.get(&origin)?, seq)
        };
        let document = self.latest(frame, seq, |asked| &asked.documents);
        document.or_else(|| self.script(frame, seq)).or_else(same_origin)
    }

    fn latest(&self, url: &str, seq: u32, wanted: impl Fn(&Asked) -> &Vec<u32>) -> Option<u32> {
        before(wanted(self.asked.get(bare(url))?), seq)
    }
}

/// The last of an ordered list that is before `seq`.
fn before(ordered: &[u32], seq: u32) -> Option<u32> {
    ordered[..ordered.partition_point(|at| *at < seq)].last().copied()
}

/// Without its fragment: that stays in the browser.
fn bare(url: &str) -> &str {
    url.split('#').next().unwrap_or(url)
}

fn request(events: &[Event], seq: u32) -> Option<&Request> {
    match &events.get(seq as usize)?.fact {
        Fact::Request(request) => Some(request),
        _ => None,
    }
}

fn requests(events: &[Event]) -> impl Iterator<Item = (u32, &Request)> {
    (0..).zip(events).filter_map(|(seq, event)| match &event.fact {
        Fact::Request(request) => Some((seq, request)),
        _ => None,
    })
}

fn by_address(events: &[Event]) -> HashMap<&str, Asked> {
    let mut by_address: HashMap<&str, Asked> = HashMap::new();
    for (seq, request) in requests(events) {
        let asked = by_address.entry(bare(&request.url)).or_default();
        asked.all.push(seq);
        match request.transport {
            Transport::Document => asked.documents.push(seq),
            Transport::Script | Transport::Other => asked.scripts.push(seq),
            _ => {}
        }
    }
    by_address
}

fn by_origin(events: &[Event]) -> HashMap<Origin, Vec<u32>> {
    let mut by_origin: HashMap<Origin, Vec<u32>> = HashMap::new();
    for (seq, request) in requests(events).filter(|(_, request)| request.transport == Transport::Document) {
        if let Ok(url) = Url::parse(&request.url) {
            by_origin.entry(url.origin()).or_default().push(seq);
        }
    }
    by_origin
}

fn main(events: &[Event]) -> HashSet<u32> {
    let mut main = HashSet::new();
    for (seq, request) in requests(events) {
        let first = main.is_empty() && request.transport == Transport::Document;
        if first || request.redirect_of.is_some_and(|before| main.contains(&before)) {
            main.insert(seq);
        }
    }
    main
}
