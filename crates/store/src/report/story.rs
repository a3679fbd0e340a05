//! What happened on one visit, as far as it explains a finding.

use clickhouse::Row;
use serde::{Deserialize, Serialize};

/// What was typed into one field.
#[derive(Clone, Debug, PartialEq, Row, Serialize, Deserialize)]
pub struct EntryRow {
    /// Number of the event.
    pub seq: u32,
    /// The field, as a short selector.
    pub field: String,
    /// What it asks for.
    pub kind: String,
    /// Characters typed; 0 for a choice.
    pub characters: u32,
    /// When the first key went down: ms since navigation start.
    pub at_ms: f64,
    /// When the last key went up.
    pub last_key_ms: f64,
    /// When the field lost the focus, if it did.
    pub blurred_ms: Option<f64>,
    /// Whether the field held it afterwards.
    pub kept: bool,
}

/// One step of consent on a visit.
#[derive(Clone, Debug, Default, PartialEq, Row, Serialize, Deserialize)]
pub struct StepRow {
    /// Number of the event.
    pub seq: u32,
    /// When: ms since navigation start.
    pub at_ms: Option<f64>,
    /// `banner`, `press`, `call`, `reject`, `accept`, `reload` or `signal`.
    pub step: String,
    /// The platform or rule by which a banner was recognised; the interface that gives a signal.
    pub source: String,
    /// A short selector; what a signal says.
    pub value: String,
    /// What can be pressed on the first layer of a banner: what it means, and its words.
    pub buttons: Vec<(String, String)>,
}

/// What a script listened to, or read.
#[derive(Clone, Debug, PartialEq, Row, Serialize, Deserialize)]
pub struct ConductRow {
    /// `listener` or `field_read`.
    pub fact: String,
    /// The event that is listened to; empty for a read.
    pub event: String,
    /// What is listened on, or the field that was read.
    pub target: String,
    /// Address of the script.
    pub script: String,
    /// How often, at least.
    pub count: u32,
    /// When first: ms since navigation start.
    pub at_ms: Option<f64>,
}

/// How something went out.
#[derive(Clone, Debug, PartialEq, Eq, Row, Serialize, Deserialize)]
pub struct SentRow {
    /// Number of the event.
    pub seq: u32,
    /// `request` or `socket_frame`; of what does not go out, another fact.
    pub fact: String,
    /// HTTP method.
    pub method: String,
    /// By which means: `fetch`, `beacon`, `websocket`, …
    pub transport: String,
    /// Address.
    pub url: String,
    /// Registrable domain of the document or worker.
    pub frame_site: String,
    /// Whether it was sent on leaving the page.
    pub on_leave: bool,
    /// Length of its body as sent.
    pub body_bytes: u64,
}
