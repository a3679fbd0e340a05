//! Writes CDP events down as facts. Pure: what it needs from the browser it asks for by its return value.

mod budget;
mod clock;
mod consent;
mod cookies;
mod door;
mod draft;
mod entries;
mod headers;
mod initiator;
mod look;
mod main_frame;
mod order;
mod page;
mod requests;
mod sockets;
mod storage;
mod transport;
mod witness;

use std::collections::BTreeSet;

use chromiumoxide::cdp::{CdpEvent, browser_protocol::network};
use earshot_model::{Event, Fact, Gap, GapKind, Profile, Transport};
use jiff::Timestamp;
use tokio::time::Instant;
use url::Url;

pub(crate) use self::entries::Contact;
use self::{
    clock::Clock,
    consent::Watching,
    cookies::Cookies,
    draft::{Draft, Slot},
    headers::Wire,
    main_frame::MainFrame,
    order::Order,
    page::Told,
    requests::Requests,
};
use crate::{outcome::Document, progress::Count};

/// The events and gaps of one visit while it goes on.
#[derive(Debug)]
pub(crate) struct Recorder {
    draft: Draft,
    clock: Clock,
    requests: Requests,
    wire: Wire,
    cookies: Cookies,
    main_frame: MainFrame,
    leaving: bool,
    /// What our own script told.
    told: Told,
    watching: Watching,
    order: Order,
    /// Requests whose bodies were asked for and did not come yet.
    owed: BTreeSet<Slot>,
}

/// Where an event comes from, and when we heard of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'a> {
    /// The CDP session.
    pub session: &'a str,
    /// Address of the worker or frame whose session it is; empty for the page's own session, whose events say it
    /// themselves, or nobody does.
    pub address: &'a str,
    pub heard: Instant,
}

/// A body that the browser has and did not tell.
#[derive(Clone, Debug)]
pub(crate) struct BodyQuery {
    pub request: network::RequestId,
    slot: Slot,
}

impl Recorder {
    /// For a page whose main frame has this id.
    pub(crate) fn new(main_frame: &str) -> Self {
        Self {
            draft: Draft::default(),
            clock: Clock::default(),
            requests: Requests::default(),
            wire: Wire::default(),
            cookies: Cookies::default(),
            main_frame: MainFrame::new(main_frame),
            leaving: false,
            told: Told::default(),
            watching: Watching::default(),
            order: Order::default(),
            owed: BTreeSet::new(),
        }
    }

    /// Records an event. Gives a body to be asked for, if there is one that was not told.
    pub(crate) fn record(&mut self, event: &CdpEvent, source: Source<'_>) -> Option<BodyQuery> {
        use CdpEvent as E;
        match event {
            E::NetworkRequestWillBeSent(sent) => return self.on_request(sent, source),
            E::NetworkRequestWillBeSentExtraInfo(extra) => self.on_wire(extra, source),
            E::FetchRequestPaused(paused) => return self.on_paused(paused, source),
            E::NetworkRequestServedFromCache(cached) => self.requests.served_from_cache(cached.request_id.as_ref()),
            E::NetworkResponseReceived(received) => self.on_response(received),
            E::NetworkResponseReceivedExtraInfo(extra) => self.cookies.on_answer(extra, source),
            E::NetworkLoadingFailed(failed) => self.on_failed(failed),
            E::NetworkWebSocketCreated(created) => self.on_socket(created, source),
            E::NetworkWebSocketWillSendHandshakeRequest(sent) => {
                self.on_handshake(sent, source);
                self.on_handshake_headers(sent);
            }
            E::NetworkWebSocketHandshakeResponseReceived(received) => self.on_handshake_answer(received),
            E::NetworkWebSocketFrameSent(frame) => self.on_frame_sent(frame, source),
            E::NetworkWebSocketFrameReceived(frame) => self.on_frame_received(frame, source),
            E::NetworkWebSocketFrameError(error) => self.on_socket_error(error),
            E::NetworkWebTransportCreated(created) => self.on_web_transport(created, source),
            E::RuntimeBindingCalled(called) if self.is_watchers(called) => self.on_watched(called, source),
            E::RuntimeBindingCalled(called) => self.on_told(called, source),
            E::DomStorageDomStorageItemAdded(item) => {
                self.on_stored(&item.storage_id, &item.key, &item.new_value, source)
            }
            E::DomStorageDomStorageItemUpdated(item) => {
                self.on_stored(&item.storage_id, &item.key, &item.new_value, source);
            }
            _ => {}
        }
        None
    }

    /// Remembers that a body is missing until it is filled in.
    fn owe(&mut self, request: network::RequestId, slot: Slot) -> BodyQuery {
        self.owed.insert(slot);
        BodyQuery { request, slot }
    }

    /// Fills in a body that was asked for; `None` if the browser could not give it.
    pub(crate) fn fill(&mut self, query: &BodyQuery, body: Option<Vec<u8>>) {
        let what = self.draft.name(query.slot);
        self.owed.remove(&query.slot);
        let Some(bytes) = body else { return self.draft.gap(GapKind::BodyUnread, what) };
        let body = self.draft.body(bytes, &what);
        if let Some(Fact::Request(request)) = self.draft.fact_mut(query.slot) {
            request.body = Some(body);
        }
    }

    /// From here on requests count as made on leaving.
    pub(crate) fn leave(&mut self) {
        self.leaving = true;
        self.cookies.leave();
    }

    /// Notes what could not be seen.
    pub(crate) fn gap(&mut self, kind: GapKind, detail: impl Into<String>) {
        self.draft.gap(kind, detail);
    }

    /// Whether something of that kind could not be seen.
    pub(crate) fn has_gap(&self, kind: GapKind) -> bool {
        self.draft.has_gap(kind)
    }

    /// Notes that events were lost.
    pub(crate) fn spend(&mut self, detail: String) {
        self.draft.spend(detail);
    }

    /// Whether the navigation has begun.
    pub(crate) fn has_started(&self) -> bool {
        self.clock.has_started()
    }

    /// When the navigation began, on the wall clock.
    pub(crate) fn started_at(&self) -> Option<Timestamp> {
        self.clock.started_at()
    }

    /// What there is so far.
    pub(crate) fn count(&self) -> Count {
        Count {
            requests: self.requests.seen(),
            documents: self.main_frame.asked(),
            answered: self.main_frame.document().status.is_some(),
            spent: self.draft.is_spent(),
        }
    }

    /// The last document of the main frame that was answered; else the last that was asked for.
    pub(crate) fn document(&self) -> &Document {
        self.main_frame.document()
    }

    /// All facts from that slot on with their moments, and the slot after the last.
    pub(crate) fn facts_from(&self, from: Slot) -> (impl Iterator<Item = (Option<f64>, &Fact)>, Slot) {
        let facts = (from..self.draft.len()).filter_map(|slot| Some((self.draft.moment(slot), self.draft.fact(slot)?)));
        (facts, self.draft.len())
    }

    /// Host and path of the documents that other frames asked for.
    pub(crate) fn frames(&self) -> Vec<String> {
        self.main_frame.frames()
    }

    /// Host and path of the scripts that were asked for.
    pub(crate) fn scripts(&self) -> Vec<String> {
        let script = |fact: &Fact| match fact {
            Fact::Request(request) if request.transport == Transport::Script => Some(without_query(&request.url)),
            _ => None,
        };
        self.draft.facts().filter_map(script).collect()
    }

    /// Everything, in the order of time, with the phases of a visit under that profile. `jar` are the context's cookies at
    /// the end, `None` if they are unknown.
    pub(crate) fn finish(mut self, profile: Profile, jar: Option<&[network::Cookie]>) -> (Vec<Event>, Vec<Gap>) {
        for slot in std::mem::take(&mut self.owed) {
            let what = self.draft.name(slot);
            self.draft.gap(GapKind::BodyUnread, what);
        }
        self.note_refused_sockets();
        self.note_unwatched();
        let looked = self.has_looked();
        if jar.is_none() {
            self.draft.gap(GapKind::StorageUnread, "the cookies at the end");
        }
        self.cookies.finish(jar, &self.requests, &self.clock, &mut self.draft);
        self.told.finish(&mut self.draft);
        self.requests.refer(&mut self.draft);
        self.wire.finish(self.requests.trails(), &mut self.draft);
        let (mut events, gaps) = self.draft.finish();
        consent::label(&mut events, &gaps, profile, looked);
        (events, gaps)
    }
}

/// Host and path of a URL: a query may hold what nobody should read in a gap.
pub(crate) fn without_query(url: &str) -> String {
    Url::parse(url)
        .map_or_else(|_| String::new(), |url| format!("{}{}", url.host_str().unwrap_or_default(), url.path()))
}

/// Whether a request of this URL leaves the page at all: `data:`, `blob:` and `about:` do not.
fn is_networked(url: &str) -> bool {
    ["http:", "https:", "ws:", "wss:", "ftp:"].iter().any(|scheme| url.starts_with(scheme))
}

#[cfg(test)]
mod tests;
