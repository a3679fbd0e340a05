//! One request to a vendor, unpacked.

use earshot_model::{Event, Fact, Request, Site, Transport, Visit};
use serde_json::Value;
use url::Url;

use super::Notes;
use crate::{
    FirstParty,
    decode::{self, Layer},
};

/// The largest document that is read, in bytes: a value tree takes some ten times its text.
const MAX_DOCUMENT: usize = 4 * 1024 * 1024;

/// How many lines of an envelope are read.
const MAX_LINES: usize = 64;

/// One request to a vendor, unpacked.
pub(super) struct Message<'v> {
    pub url: Url,
    visit: &'v Visit,
    first: &'v FirstParty,
    event: &'v Event,
    layers: Vec<Layer>,
    documents: Vec<Value>,
    cut: bool,
}

impl<'v> Message<'v> {
    /// Unpacks a request; `None` if its address does not parse.
    pub fn open(
        visit: &'v Visit,
        first: &'v FirstParty,
        event: &'v Event,
        request: &'v Request,
        budget: &mut usize,
    ) -> Option<Self> {
        let url = Url::parse(&request.url).ok()?;
        let body = request.body.as_ref().filter(|body| !body.excerpt.is_empty());
        let unpacked = body.map(|body| decode::unpack_within(&body.excerpt, budget));
        let cut = body.is_some_and(|body| !body.is_whole()) || unpacked.as_ref().is_some_and(|unpacked| unpacked.cut);
        let layers = unpacked.map(|unpacked| unpacked.layers).unwrap_or_default();
        let documents = layers.iter().flat_map(|layer| documents(&layer.bytes)).collect();
        Some(Self { url, visit, first, event, layers, documents, cut })
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
    pub fn note_upload(&self, notes: &mut Notes) {
        notes.add("upload_host", self.host());
        if let Some(frame) = self.frame() {
            notes.add("frames", frame);
        }
    }

    /// The body in its innermost forms.
    pub fn bytes(&self) -> impl Iterator<Item = &[u8]> {
        self.layers.iter().map(|layer| layer.bytes.as_slice())
    }

    /// Every JSON document in it: a whole layer, or the lines of one.
    pub fn documents(&self) -> &[Value] {
        &self.documents
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

/// An object or an array. Half a surrogate pair (a text that was cut in the middle of an emoji) is legal in what
/// `JSON.stringify` writes and not in what serde reads: it is replaced.
fn parsed(text: &[u8]) -> Option<Value> {
    if !matches!(text.iter().find(|byte| !byte.is_ascii_whitespace()), Some(b'{' | b'[')) {
        return None;
    }
    serde_json::from_slice(text).ok().or_else(|| {
        let text = std::str::from_utf8(text).ok().filter(|text| text.contains("\\ud") || text.contains("\\uD"))?;
        serde_json::from_str(&without_surrogates(text)).ok()
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
