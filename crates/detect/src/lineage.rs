//! Who made which request: the tree from the page's document down to a pixel.
//!
//! The browser names, for each request, the scripts on the stack and across their async parents. What it does not name
//! is where those scripts came from: that is read from the requests before.

use std::collections::{HashMap, HashSet};

use earshot_model::{Event, Fact, Request, Transport, Visit};
use url::Url;

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

/// The causes of a visit's requests. Every cause is an earlier request, so there are no cycles.
#[derive(Clone, Debug)]
pub(crate) struct Lineage<'v> {
    events: &'v [Event],
    /// An address without its fragment, to the requests for it, in order.
    asked: HashMap<&'v str, Vec<u32>>,
    /// `seq` of the requests for documents, frames' too.
    documents: Vec<u32>,
    /// The main document and the redirects that led to it.
    main: HashSet<u32>,
    /// Parallel to the events.
    causes: Vec<Option<u32>>,
}

impl<'v> Lineage<'v> {
    /// Of a visit. `between` says whether a script on the stack of a request only stands between the request and who
    /// made it.
    pub(crate) fn of(visit: &'v Visit, between: impl Fn(OnStack<'v>) -> bool) -> Self {
        let events = visit.events.as_slice();
        let is_document = |(seq, request): (u32, &Request)| (request.transport == Transport::Document).then_some(seq);
        let documents = requests(events).filter_map(is_document).collect();
        let causes = vec![None; events.len()];
        let mut lineage = Self { events, asked: by_address(events), documents, main: main(events), causes };
        for (seq, request) in requests(events) {
            lineage.causes[seq as usize] = lineage.cause_of(seq, request, &between).filter(|cause| *cause < seq);
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
        let runs = |transport| matches!(transport, Transport::Script | Transport::Other);
        self.latest(url, seq, runs)
    }

    /// Whether that is the address of a document, so that a frame of the stack there is inline code.
    pub(crate) fn is_document(&self, url: &str, seq: u32) -> bool {
        let frame = self.events.get(seq as usize).map_or("", |event| event.frame.as_str());
        bare(url) == bare(frame) || self.latest(url, seq, |transport| transport == Transport::Document).is_some()
    }

    fn redirected(&self, seq: u32) -> Option<u32> {
        request(self.events, seq)?.redirect_of.filter(|before| *before < seq && request(self.events, *before).is_some())
    }

    fn cause_of(&self, seq: u32, request: &'v Request, between: &impl Fn(OnStack<'v>) -> bool) -> Option<u32> {
        if let Some(before) = self.redirected(seq) {
            return self.cause(before);
        }
        if self.is_main(seq) {
            return None;
        }
        self.by_stack(seq, request, between)
            .or_else(|| self.latest(request.initiator.url.as_deref()?, seq, |_| true))
            .or_else(|| self.document(seq, request))
    }

    /// The innermost script on the stack that is not the document's own code, and stands not only between, unless all
    /// do.
    fn by_stack(&self, seq: u32, request: &'v Request, between: &impl Fn(OnStack<'v>) -> bool) -> Option<u32> {
        let named = request.initiator.stack.iter().map(|frame| frame.url.as_str()).filter(|url| !url.is_empty());
        let mut frames: Vec<&str> = named.collect();
        let mut innermost = true;
        let makers: Vec<&str> = frames
            .iter()
            .copied()
            .filter(|script| {
                let made = !between(OnStack { script, request: seq, innermost });
                innermost &= !made;
                made
            })
            .collect();
        if !makers.is_empty() {
            frames = makers;
        }
        frames.iter().filter(|url| !self.is_document(url, seq)).find_map(|url| self.script(url, seq))
    }

    /// The document or worker in which it happened. One without an address of its own (`about:blank`) is the page's;
    /// one that has changed its address since is told by its origin. Of what is sent on leaving the browser may not say
    /// it.
    fn document(&self, seq: u32, asked: &Request) -> Option<u32> {
        let frame = self.events[seq as usize].frame.as_str();
        let is_document = |transport| transport == Transport::Document;
        let page = || self.main.iter().copied().filter(|main| *main < seq).max();
        if asked.transport == Transport::Document || frame.starts_with("about:") {
            return page();
        }
        let same_origin = || {
            let origin = Url::parse(frame).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?.origin();
            let of_origin = |at: &u32| {
                request(self.events, *at)
                    .and_then(|document| Url::parse(&document.url).ok())
                    .is_some_and(|url| url.origin() == origin)
            };
            self.documents.iter().copied().filter(|at| *at < seq).rfind(of_origin)
        };
        self.latest(frame, seq, is_document).or_else(|| self.script(frame, seq)).or_else(same_origin)
    }

    fn latest(&self, url: &str, seq: u32, wanted: impl Fn(Transport) -> bool) -> Option<u32> {
        let asked = self.asked.get(bare(url))?;
        let before = asked.partition_point(|at| *at < seq);
        asked[..before].iter().rev().copied().find(|at| request(self.events, *at).is_some_and(|r| wanted(r.transport)))
    }
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

fn by_address(events: &[Event]) -> HashMap<&str, Vec<u32>> {
    let mut asked: HashMap<&str, Vec<u32>> = HashMap::new();
    for (seq, request) in requests(events) {
        asked.entry(bare(&request.url)).or_default().push(seq);
    }
    asked
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
