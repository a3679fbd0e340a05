//! Headers of requests: what the page's side knows, and then what went over the wire.

use std::collections::{BTreeMap, HashMap, VecDeque};

use chromiumoxide::cdp::browser_protocol::network;
use earshot_model::{Fact, GapKind, Header, Request};

use super::{
    Recorder, Source,
    draft::{Draft, Slot},
    requests::Trail,
};
use crate::bounds;

/// Headers as they went over the wire, until it is known which redirect of a request they are of: the browser tells
/// the two apart and in any order.
#[derive(Debug, Default)]
pub(super) struct Wire {
    told: HashMap<String, Told>,
    bytes: usize,
    /// Bytes of whole headers by the host that they name.
    by_host: BTreeMap<String, u64>,
}

/// What was told of one request.
#[derive(Debug)]
struct Told {
    /// The session that told first. Others may tell, too.
    session: String,
    /// One for each hop that went over the wire, in order.
    hops: VecDeque<Sent>,
}

/// The head of a request.
#[derive(Debug)]
struct Sent {
    /// The host that it names, without port; empty if it names none.
    host: String,
    headers: Vec<Header>,
    /// Bytes of all headers, with what is withheld.
    whole: u64,
    /// Whether a body would be sent without telling its length before (RFC 9110 § 8.6): a stream.
    streams: bool,
}

impl Wire {
    /// Bytes of the headers that went to each host.
    pub(super) fn headers_by_host(&self) -> impl Iterator<Item = (&str, u64)> {
        self.by_host.iter().map(|(host, bytes)| (host.as_str(), *bytes))
    }

    fn push(&mut self, id: &str, session: &str, sent: Sent) {
        if self.by_host.len() < bounds::REQUESTS || self.by_host.contains_key(&sent.host) {
            *self.by_host.entry(sent.host.clone()).or_default() += sent.whole;
        }
        let bytes: usize = sent.headers.iter().map(size).sum();
        if self.bytes + bytes > bounds::TEXT {
            return;
        }
        let first = || Told { session: session.to_owned(), hops: VecDeque::new() };
        let told = self.told.entry(id.to_owned()).or_insert_with(first);
        if told.session == session {
            self.bytes += bytes;
            told.hops.push_back(sent);
        }
    }

    /// Gives every hop the headers that went over the wire for it. Those that an internal redirect (HSTS) or a cache
    /// answered have none.
    pub(super) fn finish<'a>(mut self, trails: impl Iterator<Item = (&'a String, &'a Trail)>, draft: &mut Draft) {
        for (id, trail) in trails {
            let Some(told) = self.told.get_mut(id) else { continue };
            for hop in trail.hops.iter().filter(|hop| hop.on_wire) {
                let Some(next) = told.hops.front() else { break };
                if (next.host.is_empty() || next.host == hop.host)
                    && let Some(sent) = told.hops.pop_front()
                {
                    draft.set_headers(hop.slot, sent.headers);
                    if sent.streams {
                        note_stream(hop.slot, draft);
                    }
                }
            }
        }
    }
}

impl Sent {
    fn of(headers: &network::Headers) -> Self {
        let all = headers.inner().as_object().into_iter().flatten();
        let bytes = |(name, value): (&String, &serde_json::Value)| name.len() + value.as_str().map_or(0, str::len) + 4;
        let whole = all.map(bytes).sum::<usize>() as u64;
        let named =
            |name: &str| headers.inner().as_object().into_iter().flatten().any(|it| it.0.eq_ignore_ascii_case(name));
        let streams = !named("content-length");
        Self { host: host(headers).unwrap_or_default(), headers: of(headers), whole, streams }
    }
}

/// A method that has a body, none told, and no length of it, not even 0: a `ReadableStream`, whose bytes the browser tells
/// nobody.
fn note_stream(slot: Slot, draft: &mut Draft) {
    let bodily =
        |request: &Request| request.body.is_none() && ["POST", "PUT", "PATCH"].contains(&request.method.as_str());
    if matches!(draft.fact(slot), Some(Fact::Request(request)) if bodily(request)) {
        let what = draft.name(slot);
        draft.gap(GapKind::BodyUnread, what);
    }
}

/// The host of `Host`, or of HTTP/2's `:authority`.
fn host(headers: &network::Headers) -> Option<String> {
    let mut headers = headers.inner().as_object()?.iter();
    let named = headers.find(|(name, _)| name.eq_ignore_ascii_case("host") || *name == ":authority")?;
    let url = url::Url::parse(&format!("http://{}", named.1.as_str()?)).ok()?;
    Some(bounds::cut(url.host_str()?, bounds::NAME).to_owned())
}

impl Recorder {
    pub(super) fn on_wire(&mut self, extra: &network::EventRequestWillBeSentExtraInfo, source: Source<'_>) {
        self.wire.push(extra.request_id.as_ref(), source.session, Sent::of(&extra.headers));
    }

    /// A handshake's headers; the browser tells them once.
    pub(super) fn on_handshake_headers(&mut self, sent: &network::EventWebSocketWillSendHandshakeRequest) {
        let trail = self.requests.trail(sent.request_id.as_ref());
        if let Some(slot) = trail.and_then(|trail| trail.hops.last()).map(|hop| hop.slot) {
            self.draft.set_headers(slot, of(&sent.request.headers));
        }
    }
}

/// At most [`Request::MAX_HEADERS`], with values of at most [`bounds::HEADER`]. HTTP/2's pseudo-headers are no headers
/// of the page's.
pub(super) fn of(headers: &network::Headers) -> Vec<Header> {
    let headers = headers.inner().as_object().into_iter().flatten();
    headers
        .filter(|(name, _)| !name.starts_with(':'))
        .filter_map(|(name, value)| Some((bounds::cut(name, bounds::HEADER), value.as_str()?)))
        .map(|(name, value)| Header::new(name, bounds::cut(value, bounds::HEADER)))
        .take(Request::MAX_HEADERS)
        .collect()
}

fn size(header: &Header) -> usize {
    header.name.len() + header.value.as_ref().map_or(0, String::len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_bounded_and_credentials_withheld() {
        let mut all = serde_json::json!({":path": "/", "Cookie": "a=s3cr3t", "Accept": "x".repeat(2 * bounds::HEADER)});
        for number in 0..2 * Request::MAX_HEADERS {
            all[format!("z-{number}")] = "1".into();
        }
        let headers = of(&network::Headers::new(all));
        assert_eq!(headers.len(), Request::MAX_HEADERS);
        assert!(headers.contains(&Header { name: "cookie".into(), value: None }));
        let accept = headers.iter().find(|header| header.name == "accept").unwrap();
        assert_eq!(accept.value.as_ref().unwrap().len(), bounds::HEADER);
        assert!(!headers.iter().any(|header| header.name.starts_with(':')));
    }
}
