//! What left the browser, and how much of it.

use std::collections::{HashMap, HashSet};

use earshot_model::{Body, Direction, Event, Fact, Gap, GapKind, Transport, Upload};
use url::Url;

use super::Case;
use crate::{Vendor, decode};

/// Errors after which no request had left: no connection to its host stood, or something on our side refused it.
/// From Chromium's `net/base/net_error_list.h`. `ERR_TUNNEL_CONNECTION_FAILED` is what a refusal by our egress proxy
/// looks like. Others (aborted, reset, timed out, empty answer) come after the sending or may do so.
const NOT_SENT: &[&str] = &[
    "ERR_ACCESS_DENIED",
    "ERR_ADDRESS_INVALID",
    "ERR_ADDRESS_UNREACHABLE",
    "ERR_CONNECTION_FAILED",
    "ERR_CONNECTION_REFUSED",
    "ERR_CONNECTION_TIMED_OUT",
    "ERR_DISALLOWED_URL_SCHEME",
    "ERR_H2_OR_QUIC_REQUIRED",
    "ERR_ICANN_NAME_COLLISION",
    "ERR_INTERNET_DISCONNECTED",
    "ERR_INVALID_URL",
    "ERR_NAME_NOT_RESOLVED",
    "ERR_NAME_RESOLUTION_FAILED",
    "ERR_NETWORK_ACCESS_DENIED",
    "ERR_PROXY_CONNECTION_FAILED",
    "ERR_TUNNEL_CONNECTION_FAILED",
    "ERR_UNKNOWN_URL_SCHEME",
    "ERR_UNSAFE_PORT",
];

/// The same for whole families: refused by the browser or its policy; no TLS, hence no request.
const NOT_SENT_FAMILIES: &[&str] = &["ERR_BLOCKED_BY_", "ERR_CERT_", "ERR_SSL_"];

/// Of the family `ERR_BLOCKED_BY_`, those that block the **answer** (CORP, COEP, ORB): by then the vendor has heard.
const ANSWER_BLOCKED: &[&str] = &["ERR_BLOCKED_BY_RESPONSE", "ERR_BLOCKED_BY_ORB"];

/// For each event, whether it is a request that went out over the wire.
pub(super) fn went_out(events: &[Event]) -> Vec<bool> {
    let stayed = |event: &Event| match &event.fact {
        Fact::Failed { request, error } if never_left(error) => Some(*request),
        Fact::Response(response) if response.local => Some(response.request),
        _ => None,
    };
    let stayed: HashSet<u32> = events.iter().filter_map(stayed).collect();
    (0..).zip(events).map(|(seq, event)| matches!(event.fact, Fact::Request(_)) && !stayed.contains(&seq)).collect()
}

/// The browser's text may wrap the name ("Error in connection establishment: net::ERR_…").
fn never_left(error: &str) -> bool {
    if matches!(error, Fact::PREFLIGHT_REFUSED | Fact::UNCONNECTED) {
        return true;
    }
    let name = error.rsplit("net::").next().unwrap_or(error);
    let name = name.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or(name);
    let of_family = NOT_SENT_FAMILIES.iter().any(|family| name.starts_with(family));
    NOT_SENT.contains(&name) || of_family && !ANSWER_BLOCKED.contains(&name)
}

/// How much unpacking one visit is worth, in bytes of work ([`decode::unpack_within`]). A busy page with two recorders
/// stays below 50 MB; a page that sends one zip bomb after the other must not hold up the judging of all others.
pub(super) const MAX_VISIT_WORK_BYTES: usize = 256 * 1024 * 1024;

/// How long what each event sent is once unpacked.
pub(super) struct Weights {
    /// Parallel to the visit's events; 0 where nothing was sent.
    pub decoded_bytes: Vec<u64>,
    /// Whether [`MAX_VISIT_WORK_BYTES`] ended the unpacking: from there on a body counts as it was sent.
    pub exhausted: bool,
}

/// Unpacks everything that was sent, one body at a time.
pub(super) fn weigh(events: &[Event], budget: usize) -> Weights {
    let mut left = budget;
    let weigh = |(at, event)| {
        let Some((_, body)) = sent_body(at, event) else { return 0 };
        let unpacked = decode::unpack_within(&body.excerpt, &mut left);
        // Of a body that was cut, the rest counts at least as it went over the wire.
        if body.is_whole() { unpacked.size() } else { unpacked.size().max(body.size) }
    };
    let decoded_bytes = events.iter().enumerate().map(weigh).collect();
    Weights { decoded_bytes, exhausted: left == 0 }
}

impl Weights {
    /// Says so if not everything was unpacked.
    pub(super) fn gap(&self) -> Option<Gap> {
        let detail =
            || format!("unpacking stopped after {} MB; later bodies count as sent", MAX_VISIT_WORK_BYTES >> 20);
        self.exhausted.then(|| Gap { kind: GapKind::BodyUnread, detail: detail() })
    }
}

/// What went to each third party by those events (given by `seq`): bodies of requests that went out and frames on their
/// sockets. A pixel has no body and adds nothing.
pub(super) fn uploads<'a>(case: &'a Case, counts: impl Fn(u32) -> bool) -> HashMap<&'a str, Upload> {
    let mut uploads: HashMap<&str, Upload> = HashMap::new();
    for (at, event) in case.visit.events.iter().enumerate() {
        let Some((request, body)) = sent_body(at, event).filter(|(_, body)| body.size > 0) else { continue };
        if !counts(event.seq) || !case.sent.get(request as usize).is_some_and(|sent| *sent) {
            continue;
        }
        let Some(key) = case.third_party(request) else { continue };
        let upload = uploads.entry(key).or_default();
        upload.count = upload.count.saturating_add(1);
        upload.wire_bytes = upload.wire_bytes.saturating_add(body.size);
        upload.decoded_bytes = upload.decoded_bytes.saturating_add(case.weights.decoded_bytes[at]);
    }
    uploads
}

/// The body that an event sent, with the `seq` of its request.
fn sent_body(at: usize, event: &Event) -> Option<(u32, &Body)> {
    match &event.fact {
        Fact::Request(request) => Some((u32::try_from(at).ok()?, request.body.as_ref()?)),
        Fact::SocketFrame(frame) if frame.direction == Direction::Sent => Some((frame.request, &frame.body)),
        _ => None,
    }
}

/// Whether one of the vendor's upload addresses was used: by a request that is no preflight, or by a frame on a socket.
pub(super) fn uploaded(case: &Case, requests: &[u32], vendor: &Vendor) -> bool {
    let is_upload =
        |url: &str| Url::parse(url).is_ok_and(|url| vendor.uploads.iter().any(|upload| upload.matches(&url)));
    let frame_sent = |seq: u32| {
        case.visit.events.iter().any(|event| match &event.fact {
            Fact::SocketFrame(frame) => frame.request == seq && frame.direction == Direction::Sent,
            _ => false,
        })
    };
    requests.iter().any(|seq| {
        case.request(*seq).is_some_and(|request| match request.transport {
            _ if request.is_preflight() => false,
            Transport::WebSocket => is_upload(&request.url) && frame_sent(*seq),
            _ => is_upload(&request.url),
        })
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use earshot_model::Request;
    use flate2::{Compression, write::GzEncoder};

    use super::*;

    #[test]
    fn one_bomb_after_the_other_ends_at_the_visits_bound() {
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(&[b'!'; 60_000]).unwrap();
        let excerpt = packed.finish().unwrap();
        let wire = excerpt.len() as u64;
        let request = Request {
            url: "https://a.test/".into(),
            method: "POST".into(),
            transport: Transport::Fetch,
            body: Some(Body { size: wire, excerpt }),
            ..Request::default()
        };
        let event = Event::new(0, None, "", Fact::Request(request));
        let weights = weigh(&[event.clone(), event.clone(), event.clone()], 100_000);
        assert!(weights.exhausted);
        assert_eq!((weights.decoded_bytes[0], weights.decoded_bytes[2]), (60_000, wire));
        assert!((30_000..40_000).contains(&weights.decoded_bytes[1]), "what was left of the budget");
        assert!(!weigh(&[event], 100_000).exhausted);
    }

    #[test]
    fn errors_tell_whether_the_vendor_heard() {
        for (error, left) in [
            ("net::ERR_ABORTED", true),
            ("net::ERR_CONNECTION_RESET", true),
            ("net::ERR_EMPTY_RESPONSE", true),
            ("net::ERR_BLOCKED_BY_RESPONSE", true),
            ("net::ERR_BLOCKED_BY_ORB", true),
            ("", true),
            (Fact::PREFLIGHT_REFUSED, false),
            (Fact::UNCONNECTED, false),
            ("net::ERR_H2_OR_QUIC_REQUIRED", false),
            ("net::ERR_BLOCKED_BY_CLIENT", false),
            ("net::ERR_BLOCKED_BY_CSP", false),
            ("net::ERR_CERT_AUTHORITY_INVALID", false),
            ("net::ERR_NAME_NOT_RESOLVED", false),
            ("Error in connection establishment: net::ERR_TUNNEL_CONNECTION_FAILED", false),
        ] {
            assert_eq!(never_left(error), !left, "{error}");
        }
    }
}
