//! One request to a vendor, unpacked.

use earshot_model::{Body, Direction, Event, Fact, Site, Transport, Visit};
use serde_json::Value;
use url::Url;

use super::{Notes, shallow};
use crate::{
    FirstParty,
    decode::{self, Layer, Packing},
};

/// The largest document that is read, in bytes: a value tree takes some ten times its text.
const MAX_DOCUMENT: usize = 4 * 1024 * 1024;

/// How many lines of an envelope are read.
const MAX_LINES: usize = 64;

/// One request or socket frame to a vendor, unpacked.
pub(crate) struct Message<'v> {
    /// The address that it was sent to; of a frame, that of its socket.
    pub url: Url,
    visit: &'v Visit,
    first: &'v FirstParty,
    event: &'v Event,
    layers: Vec<Layer>,
    documents: Vec<Value>,
    /// Parallel to the documents: the layer in which each stands.
    places: Vec<usize>,
    cut: bool,
}

/// What a sheet of a message is written on.
pub(crate) struct Sheet<'m> {
    /// The innermost layer.
    pub bytes: &'m [u8],
    /// How it was packed, from outside in.
    pub chain: Vec<String>,
}

impl<'v> Message<'v> {
    /// Unpacks the request or socket frame at `seq`; `None` for anything else, for a preflight, for what was received, and
    /// if its address does not parse.
    pub fn open(visit: &'v Visit, first: &'v FirstParty, seq: u32, budget: &mut usize) -> Option<Self> {
        let event = visit.events.get(seq as usize)?;
        let (url, body) = sent(visit, event)?;
        let url = Url::parse(url).ok()?;
        let body = body.filter(|body| !body.excerpt.is_empty());
        let unpacked = body.map(|body| decode::unpack_within(&body.excerpt, budget));
        let cut = body.is_some_and(|body| !body.is_whole()) || unpacked.as_ref().is_some_and(|unpacked| unpacked.cut);
        let layers = unpacked.map(|unpacked| unpacked.layers).unwrap_or_default();
        let read = |(at, layer): (usize, &Layer)| documents(&layer.bytes).into_iter().map(move |value| (at, value));
        let (places, documents) = layers.iter().enumerate().flat_map(read).unzip();
        Some(Self { url, visit, first, event, layers, documents, places, cut })
    }

    /// Whether there is more to it than can be read.
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// Whether it has a body.
    pub fn has_body(&self) -> bool {
        !self.layers.is_empty()
    }

    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// Its path without a slash at the end.
    pub fn path(&self) -> &str {
        self.url.path().trim_end_matches('/')
    }

    /// A parameter of its query.
    pub fn parameter(&self, name: &str) -> Option<String> {
        self.url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// Notes where an upload went, and from where.
    pub(super) fn note_upload(&self, notes: &mut Notes) {
        notes.add("upload_host", self.host());
        if let Some(frame) = self.frame() {
            notes.add("frames", frame);
        }
    }

    /// Every JSON document in it: a whole layer, or the lines of one.
    pub fn documents(&self) -> &[Value] {
        &self.documents
    }

    /// Every JSON document with what it is written on.
    pub fn written(&self) -> impl Iterator<Item = (&Value, Sheet<'_>)> {
        self.documents.iter().zip(&self.places).map(|(document, place)| (document, self.sheet(*place)))
    }

    /// The body in its innermost forms, each with how it was packed.
    pub fn sheets(&self) -> impl Iterator<Item = Sheet<'_>> {
        (0..self.layers.len()).map(|place| self.sheet(place))
    }

    /// Which event of the visit it is.
    pub fn seq(&self) -> u32 {
        self.event.seq
    }

    /// When it was sent: ms since navigation start.
    pub fn sent_ms(&self) -> Option<f64> {
        self.event.at_ms
    }

    /// Length of the body as it was sent, as far as it is kept.
    pub fn length(&self) -> u64 {
        self.layers.first().map_or(0, |layer| layer.bytes.len() as u64)
    }

    fn sheet(&self, place: usize) -> Sheet<'_> {
        let mut chain = Vec::new();
        let mut next = Some(place);
        while let Some(layer) = next.and_then(|at| self.layers.get(at)) {
            chain.extend(packing(layer.packing));
            next = layer.parent;
        }
        chain.reverse();
        Sheet { bytes: &self.layers[place].bytes, chain }
    }

    /// In what it ran: the page itself, or a frame; `None` where that is not known.
    fn frame(&self) -> Option<&'static str> {
        let site = Site::of_url(&self.event.frame)?;
        if !self.first.owns(&site) {
            return Some("third_party_frame");
        }
        let page = self.visit.final_url.as_ref().unwrap_or(&self.visit.task.page).as_str();
        if self.event.frame.starts_with("blob:") || bare(&self.event.frame) == bare(page) {
            return Some("page");
        }
        // A first-party address that is not the page's may be a worker's: only a document makes a frame.
        self.is_document(&self.event.frame).then_some("first_party_frame")
    }

    fn is_document(&self, url: &str) -> bool {
        self.visit.events.iter().any(|event| match &event.fact {
            Fact::Request(request) => request.transport == Transport::Document && bare(&request.url) == bare(url),
            _ => false,
        })
    }
}

/// Where a request or frame went, and what was in it.
fn sent<'v>(visit: &'v Visit, event: &'v Event) -> Option<(&'v str, Option<&'v Body>)> {
    match &event.fact {
        Fact::Request(request) if !request.is_preflight() => Some((&request.url, request.body.as_ref())),
        Fact::SocketFrame(frame) if frame.direction == Direction::Sent => {
            let Fact::Request(socket) = &visit.events.get(frame.request as usize)?.fact else { return None };
            Some((&socket.url, Some(&frame.body)))
        }
        _ => None,
    }
}

/// What a packing is called in a chain; `None` for what is none.
fn packing(packing: Packing) -> Option<String> {
    match packing {
        Packing::Sent => None,
        Packing::JsonBytes => Some("json string".to_owned()),
        other => Some(format!("{other:?}").to_lowercase()),
    }
}

/// An address without its fragment.
fn bare(url: &str) -> &str {
    url.split('#').next().unwrap_or(url)
}

fn documents(layer: &[u8]) -> Vec<Value> {
    if layer.len() > MAX_DOCUMENT {
        return Vec::new();
    }
    match parsed(layer) {
        Some(document) => vec![document],
        None => layer.split(|byte| *byte == b'\n').take(MAX_LINES).filter_map(parsed).collect(),
    }
}

/// An object or an array, in whatever text. Half a surrogate pair (a text that was cut in the middle of an emoji) is legal in what
/// `JSON.stringify` writes and not in what serde reads: it is replaced.
pub(crate) fn parsed(text: &[u8]) -> Option<Value> {
    if !matches!(text.iter().find(|byte| !byte.is_ascii_whitespace()), Some(b'{' | b'[')) {
        return None;
    }
    shallow::read(text).or_else(|| {
        let text = std::str::from_utf8(text).ok().filter(|text| text.contains("\\ud") || text.contains("\\uD"))?;
        shallow::read(without_surrogates(text).as_bytes())
    })
}

fn without_surrogates(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\\u") {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let digits = escape.get(2..6).and_then(|hex| u32::from_str_radix(hex, 16).ok());
        let is_half = digits.is_some_and(|code| (0xd800..0xe000).contains(&code));
        let taken = if is_half { 6 } else { 2 };
        out.push_str(if is_half { "\\ufffd" } else { &escape[..2] });
        rest = &escape[taken..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_pair_is_replaced() {
        assert_eq!(parsed(br#"{"a":"x\ud83d"}"#).unwrap()["a"], "x\u{fffd}");
        assert_eq!(parsed(br#" ["\ud83d\ude00"]"#).unwrap()[0], "\u{1f600}");
        assert!(parsed(b"{\"a\"").is_none() && parsed(b"12").is_none());
    }

    #[test]
    fn lines_of_an_envelope_are_documents() {
        let found = documents(b"{\"a\":1}\n{\"type\":\"event\"}\nx\x9c\x00\xff\n[2]");
        assert_eq!(found.len(), 3);
    }
}
