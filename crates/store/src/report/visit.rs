//! Visits, and what could not be looked at on them.

use clickhouse::Row;
use serde::{Deserialize, Serialize};

/// One recorded visit.
#[derive(Clone, Debug, PartialEq, Row, Serialize, Deserialize)]
pub struct VisitRow {
    /// Its id.
    #[serde(with = "clickhouse::serde::uuid")]
    pub visit_id: uuid::Uuid,
    /// Registrable domain of the page.
    pub site: String,
    /// What was opened.
    pub page: String,
    /// What it looks like.
    pub page_kind: String,
    /// How the visit behaved.
    pub profile: String,
    /// Which visit of this page, from 0.
    pub repetition: u32,
    /// When the navigation began: ms since 1970.
    pub started_at: i64,
    /// How long the visit took, in ms.
    pub took_ms: u32,
    /// Where redirects led to; empty if nowhere.
    pub final_url: String,
    /// `seen`, `blocked`, `failed`, `refused` or `absent`.
    pub class: String,
    /// How it ended.
    pub outcome: String,
    /// HTTP status of the document.
    pub status: Option<u16>,
    /// What there is to say beyond the outcome.
    pub detail: String,
    /// `dns`, `tls` or `connection` where nothing was answered; else empty.
    pub failure: String,
    /// Facts observed.
    pub events: u32,
    /// Requests among them.
    pub requests: u32,
    /// Findings read from them.
    pub findings: u32,
    /// Distinct vendors of those that are trackers.
    pub trackers: u32,
    /// Things that could not be looked at.
    pub gaps: u32,
    /// Key of the screenshot; empty if there is none.
    pub screenshot: String,
    /// When a banner could be seen first: ms since navigation start.
    pub banner_ms: Option<f64>,
    /// `reject` or `accept`: what was chosen; empty for no choice.
    pub choice: String,
    /// When it was chosen: ms since navigation start.
    pub choice_ms: Option<f64>,
    /// When the page was asked for once more.
    pub reload_ms: Option<f64>,
    /// How often something was pressed for the choice, if that is known.
    pub presses: Option<u32>,
    /// Platform of the banner, or the rule by which it was answered.
    pub cmp: String,
    /// Whether a banner would have been noticed.
    pub banner_watched: bool,
    /// Whether everything that the profile asks for was done and watched.
    pub course_whole: bool,
    /// What the consent interfaces of the page said last: the interface, and in words what.
    pub signals: Vec<(String, String)>,
    /// Product and version of the browser.
    pub browser: String,
    /// From where it was seen: `direct`, or host and port of a proxy; empty if nobody noted it.
    pub egress: String,
    /// IP address and port that answered for the document; empty if not known.
    pub address: String,
    /// Protocol of the document, such as `TLS 1.3`; empty for http.
    pub tls: String,
    /// SHA-256 (hex) of the certificate of the document; empty if not known.
    pub certificate: String,
    /// Pictures: `banner` or `end`, key in the evidence store, and when, in ms since navigation start.
    pub pictures: Vec<(String, String, Option<f64>)>,
    /// Where the manifest of the evidence lies in the evidence store; empty if none was kept.
    pub evidence: String,
    /// Version of catalogue and rules by which it was judged.
    pub ruleset: String,
}

/// One thing that could not be looked at.
#[derive(Clone, Debug, PartialEq, Eq, Row, Serialize, Deserialize)]
pub struct GapRow {
    /// Registrable domain of the page.
    pub site: String,
    /// The page.
    pub page: String,
    /// The visit.
    #[serde(with = "clickhouse::serde::uuid")]
    pub visit_id: uuid::Uuid,
    /// What kind of thing was missed.
    pub kind: String,
    /// What exactly.
    pub detail: String,
}
