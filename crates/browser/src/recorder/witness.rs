//! The egress door's ledger as a witness: what went out that the browser did not tell of.

use std::collections::{BTreeMap, BTreeSet};

use earshot_egress::{Ledger, Traffic};
use earshot_model::{Fact, GapKind, Request, Transport, Witness};
use url::Url;

use super::{Recorder, draft::reference, is_networked};

/// What opening a connection takes up to the host: a TLS 1.3 handshake with a post-quantum key share (1.8 KB), HTTP/2's
/// preface and settings, close. A connection that is only opened (`<link rel=preconnect>`) sends nothing of the page's.
const CONNECTION: u64 = 4 * 1024;

/// What a request takes beside its address, headers and body: request line, frame and record heads, window updates.
const REQUEST: u64 = 512;

/// What headers may take that nobody told of, cookies before all: servers take no more by default (Apache, nginx: 8 KB).
const UNTOLD_HEADERS: u64 = 8 * 1024;

/// What a WebSocket frame takes beside its payload: its head and mask (RFC 6455 § 5.2), and a TLS record's.
const FRAME: u64 = 64;

/// Flow control and acknowledgements go up for what comes down: an HTTP/2 window update of 35 bytes in a TLS record for
/// each 16 KB or so.
const DOWN_PER_UP: u64 = 64;

/// What is not worth a word: retries, pings, and what else nobody told of.
const SLACK: u64 = 8 * 1024;

/// Ends of a request that may come before it leaves as well as after.
const UNDECIDED: [&str; 3] = ["net::ERR_ABORTED", "net::ERR_FAILED", "net::ERR_TIMED_OUT"];

/// WebSockets that Chromium lets a page have at a time; measured with Chromium 156.
const SOCKETS: usize = 255;

/// What the requests to one host explain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Explained {
    requests: u64,
    bytes: u64,
}

impl Recorder {
    /// Notes as gaps what went through the door beyond what the requests that were seen explain, and what the door
    /// refused.
    pub(crate) fn hear(&mut self, ledger: &Ledger) {
        // What the ledger itself left out goes first: gaps are bounded.
        if let Some(folded) = ledger.hosts.get(Ledger::OTHER_HOSTS) {
            let detail = format!("more hosts than are kept apart: {} bytes went there", folded.bytes_up);
            self.gap(GapKind::UnobservedUpload, detail);
        }
        if ledger.refused_more > 0 {
            self.gap(GapKind::PrivateAddress, format!("{} more connections", ledger.refused_more));
        }
        let explained = self.explained();
        for (host, traffic) in ledger.hosts.iter().filter(|(host, _)| *host != Ledger::OTHER_HOSTS) {
            let known = explained.get(host).copied().unwrap_or_default();
            if known.requests == 0 && traffic.bytes_up > traffic.connections * CONNECTION {
                let detail = format!("{host}: {} bytes went there, no request was seen", traffic.bytes_up);
                self.gap(GapKind::UnobservedUpload, detail);
            } else if known.requests > 0 && traffic.bytes_up > known.allows(traffic) && !self.draft.is_spent() {
                let more = traffic.bytes_up - known.bytes;
                let detail = format!("{host}: {more} bytes more than the requests that were seen explain");
                self.gap(GapKind::UnobservedUpload, detail);
            }
        }
        for refusal in &ledger.refused {
            self.gap(GapKind::PrivateAddress, refusal.host.clone());
        }
        let reached = |host: &str| ledger.hosts.contains_key(host) || ledger.hosts.contains_key(Ledger::OTHER_HOSTS);
        for (host, failure) in ledger.failed.iter().filter(|(host, failure)| failure.is_ours() && !reached(host)) {
            self.gap(GapKind::HostUnreached, format!("{host}: {failure}"));
        }
        self.note_unconnected(reached);
    }

    /// Requests without an answer whose host was never connected to did not leave, whatever the browser calls their end.
    fn note_unconnected(&mut self, reached: impl Fn(&str) -> bool) {
        let (mut asked, mut decided) = (Vec::new(), BTreeSet::new());
        for (slot, fact) in self.draft.facts().enumerate() {
            match fact {
                Fact::Request(request) if is_networked(&request.url) => asked.push((slot, host_of(&request.url))),
                Fact::Response(response) => _ = decided.insert(response.request),
                Fact::Failed { request, error } if !UNDECIDED.contains(&error.as_str()) => {
                    decided.insert(*request);
                }
                _ => {}
            }
        }
        for (slot, host) in asked {
            if host.is_some_and(|host| !reached(&host)) && !decided.contains(&reference(slot)) {
                let (at_ms, frame) = self.draft.place(slot);
                let error = Fact::UNCONNECTED.to_owned();
                self.draft.add(Witness::Egress, at_ms, frame, Fact::Failed { request: reference(slot), error });
            }
        }
    }

    /// The browser opens no more sockets than that for a page, and tells nobody of those that it would not open.
    pub(super) fn note_refused_sockets(&mut self) {
        let is_socket = |fact: &&Fact| matches!(fact, Fact::Request(it) if it.transport == Transport::WebSocket);
        if self.draft.facts().filter(is_socket).count() >= SOCKETS {
            self.gap(
                GapKind::EventBudget,
                format!("the browser opens {SOCKETS} WebSockets at most: later ones never left"),
            );
        }
    }

    /// Hosts of all recorded requests, as the ledger writes them.
    pub(crate) fn hosts(&self) -> BTreeSet<String> {
        let host = |fact: &Fact| match fact {
            Fact::Request(request) => host_of(&request.url),
            _ => None,
        };
        self.draft.facts().filter_map(host).collect()
    }

    /// Bytes that the recorded requests and frames sent, by host.
    fn explained(&self) -> BTreeMap<String, Explained> {
        let facts: Vec<&Fact> = self.draft.facts().collect();
        let host_at = |slot: u32| match facts.get(slot as usize) {
            Some(Fact::Request(request)) => host_of(&request.url),
            _ => None,
        };
        let mut explained: BTreeMap<String, Explained> = BTreeMap::new();
        let mut add = |host: Option<String>, requests: u64, bytes: u64| {
            let by = explained.entry(host.unwrap_or_default()).or_default();
            *by = Explained { requests: by.requests + requests, bytes: by.bytes + bytes };
        };
        for fact in &facts {
            match fact {
                Fact::Request(request) => add(host_of(&request.url), 1, sent(request)),
                Fact::SocketFrame(frame) => add(host_at(frame.request), 0, frame.body.size + FRAME),
                _ => {}
            }
        }
        for (host, bytes) in self.wire.headers_by_host() {
            add(Some(host.to_owned()), 0, bytes);
        }
        explained
    }
}

impl Explained {
    /// How many bytes may go up without anybody having missed anything.
    fn allows(self, traffic: &Traffic) -> u64 {
        let overhead = traffic.connections * CONNECTION + self.requests * REQUEST + traffic.bytes_down / DOWN_PER_UP;
        self.bytes + self.bytes / 8 + overhead + SLACK
    }
}

/// What a request sent. Of headers that the network did not tell, the page's side knows a part, and no cookies.
fn sent(request: &Request) -> u64 {
    let body = request.body.as_ref().map_or(0, |body| body.size);
    request.url.len() as u64 + body + if request.on_leave { UNTOLD_HEADERS } else { REQUEST }
}

fn host_of(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let host = url.host_str()?;
    Some(host.strip_suffix('.').unwrap_or(host).to_owned())
}
