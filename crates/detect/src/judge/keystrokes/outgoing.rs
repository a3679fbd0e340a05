//! Every byte sequence that left the page, in the order of time.

use earshot_model::{Direction, Event, Fact, Request, ScriptFrame};

use crate::judge::{Case, window::Window};

/// How the names of headers begin that browsers set by themselves (Fetch § 2.2.2 and client hints).
const OWN_HEADERS: [&str; 16] = [
    "accept",
    "cache-",
    "connection",
    "content-",
    "cookie",
    "dnt",
    "host",
    "if-",
    "origin",
    "pragma",
    "priority",
    "range",
    "referer",
    "sec-",
    "upgrade",
    "user-agent",
];

/// One byte sequence that went out.
pub(super) struct Outgoing<'a> {
    /// The event that carries it.
    pub event: &'a Event,
    /// The request that it belongs to: its own, or the socket's.
    pub request: &'a Request,
    /// `seq` of that request.
    pub asked: u32,
    /// `url`, `header:NAME`, `body` or `frame`.
    pub part: String,
    pub bytes: &'a [u8],
    /// ms since navigation start; of what has no moment, the end of the visit.
    pub at_ms: f64,
}

/// All that went out since `from_ms` and before any choice. What was held back by us or by the browser did not.
pub(super) fn since<'a>(case: &Case<'a>, from_ms: f64) -> Vec<Outgoing<'a>> {
    let early = case.visit.events.iter().filter(|event| case.is_in(Window::Early, event.seq));
    let mut all: Vec<_> = early.flat_map(|event| parts(case, event)).collect();
    all.retain(|outgoing| outgoing.at_ms >= from_ms && case.sent.get(outgoing.asked as usize) == Some(&true));
    all.sort_by(|a, b| a.at_ms.total_cmp(&b.at_ms).then_with(|| a.event.seq.cmp(&b.event.seq)));
    all
}

fn parts<'a>(case: &Case<'a>, event: &'a Event) -> Vec<Outgoing<'a>> {
    let at_ms = event.at_ms.filter(|at| at.is_finite()).unwrap_or(f64::from(case.visit.took_ms));
    match &event.fact {
        // It carries nothing of the page's.
        Fact::Request(request) if request.is_preflight() => Vec::new(),
        Fact::Request(request) => {
            let part =
                |part: String, bytes: &'a [u8]| Outgoing { event, request, asked: event.seq, part, bytes, at_ms };
            // What stands behind the mark stays in the browser (RFC 9110 § 4.2.5).
            let url = request.url.split('#').next().unwrap_or_default();
            let headers = request.headers.iter().filter(|header| !header.name.starts_with(':'));
            let headers = headers.filter_map(|header| Some((&header.name, header.value.as_deref()?)));
            let headers = headers.map(|(name, value)| part(format!("header:{name}"), value.as_bytes()));
            let body = request.body.iter().map(|body| part("body".to_owned(), &body.excerpt));
            std::iter::once(part("url".to_owned(), url.as_bytes())).chain(headers).chain(body).collect()
        }
        Fact::SocketFrame(frame) if frame.direction == Direction::Sent => {
            let Some(request) = case.request(frame.request) else { return Vec::new() };
            let (asked, bytes) = (frame.request, frame.body.excerpt.as_slice());
            vec![Outgoing { event, request, asked, part: "frame".to_owned(), bytes, at_ms }]
        }
        _ => Vec::new(),
    }
}

impl Outgoing<'_> {
    /// The scripts that sent it; of a frame, those that opened the socket.
    pub(super) fn stack(&self) -> &[ScriptFrame] {
        &self.request.initiator.stack
    }

    /// Whether it is a header that browsers set by themselves: nobody sends keys one by one in it.
    pub(super) fn is_browsers_own(&self) -> bool {
        let name = self.part.strip_prefix("header:");
        name.is_some_and(|name| OWN_HEADERS.iter().any(|own| name.starts_with(own)))
    }

    /// Whether it carries data of the page's: all but addresses and headers.
    pub(super) fn is_body(&self) -> bool {
        matches!(self.part.as_str(), "body" | "frame")
    }
}
