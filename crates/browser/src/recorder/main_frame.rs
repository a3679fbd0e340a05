//! What the main frame was given, for the outcome of the visit.

use std::collections::{BTreeSet, HashMap};

use chromiumoxide::cdp::browser_protocol::network;
use earshot_model::retry_after;
use jiff::Timestamp;

use super::{
    door::{Word, header},
    without_query,
};
use crate::{bounds, outcome::Document, served};

/// Addresses of frames that are kept: a wall has one or two.
const FRAMES: usize = 50;

/// Frames whose address is remembered, for what they send on leaving. Pages full of advertising have some dozens.
const PLACES: usize = 500;

#[derive(Debug)]
pub(super) struct MainFrame {
    id: String,
    asked: usize,
    /// The request of the document that is awaited.
    pending: Option<String>,
    awaited: Document,
    /// The last one that was answered.
    answered: Option<Document>,
    /// Hosts and paths.
    frames: BTreeSet<String>,
    /// The address of the last document that each frame asked for, by the frame's id.
    places: HashMap<String, String>,
}

impl MainFrame {
    pub(super) fn new(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            asked: 0,
            pending: None,
            awaited: Document::default(),
            answered: None,
            frames: BTreeSet::new(),
            places: HashMap::new(),
        }
    }

    /// Notes the request if it is for a document. Whether it is for one of the main frame.
    pub(super) fn on_request(&mut self, sent: &network::EventRequestWillBeSent) -> bool {
        if sent.r#type != Some(network::ResourceType::Document) {
            return false;
        }
        if let Some(frame) = &sent.frame_id {
            self.place(frame.as_ref(), &sent.request.url);
        }
        if sent.frame_id.as_ref().is_none_or(|frame| frame.as_ref() != self.id) {
            self.note_frame(&sent.request.url);
            return false;
        }
        if self.pending.as_deref() != Some(sent.request_id.as_ref()) {
            self.asked += 1;
        }
        self.pending = Some(sent.request_id.as_ref().to_owned());
        self.awaited = Document { url: bounds::cut(&sent.request.url, bounds::URL).to_owned(), ..Document::default() };
        true
    }

    pub(super) fn on_response(&mut self, id: &str, response: &network::Response) {
        if self.pending.as_deref() != Some(id) {
            return;
        }
        self.awaited.status = u16::try_from(response.status).ok();
        bounds::cut(&response.mime_type, bounds::NAME).clone_into(&mut self.awaited.mime);
        self.awaited.challenge = header(response, "cf-mitigated") == Some("challenge");
        self.awaited.retry_after =
            header(response, "retry-after").and_then(|value| retry_after(value, Timestamp::now()));
        self.awaited.certificate = response.security_details.as_ref().and_then(served::certificate);
        let word = Word::of(response);
        self.awaited.refused = word == Some(Word::Refused);
        self.awaited.unreachable = match word {
            Some(Word::Failed(word)) => Some(word.to_owned()),
            Some(Word::Refused) | None => None,
        };
        self.answered = Some(self.awaited.clone());
    }

    pub(super) fn on_failed(&mut self, id: &str, error: &str) {
        if self.pending.as_deref() == Some(id) {
            self.awaited.error = Some(error.to_owned());
        }
    }

    pub(super) fn asked(&self) -> usize {
        self.asked
    }

    pub(super) fn document(&self) -> &Document {
        self.answered.as_ref().unwrap_or(&self.awaited)
    }

    /// Host and path of the documents that other frames asked for.
    pub(super) fn frames(&self) -> Vec<String> {
        self.frames.iter().cloned().collect()
    }

    /// The address of the document in a frame; empty if it is not known.
    pub(super) fn address(&self, frame: &str) -> &str {
        self.places.get(frame).map_or("", String::as_str)
    }

    fn place(&mut self, frame: &str, url: &str) {
        if self.places.len() < PLACES || self.places.contains_key(frame) {
            self.places.insert(frame.to_owned(), bounds::cut(url, bounds::ADDRESS).to_owned());
        }
    }

    fn note_frame(&mut self, url: &str) {
        let place = without_query(url);
        if self.frames.len() < FRAMES && !place.is_empty() {
            self.frames.insert(bounds::cut(&place, bounds::NAME).to_owned());
        }
    }
}
