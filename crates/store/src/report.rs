//! Rows of the named queries.

use clickhouse::Row;
use serde::{Deserialize, Serialize};

/// How far a run is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Row, Serialize, Deserialize)]
pub struct Progress {
    /// Targets of the run.
    pub seeds: u64,
    /// Targets that were crawled.
    pub crawled: u64,
    /// Visits that the crawls so far ask for: pages times profiles.
    pub planned: u64,
    /// Visits that are recorded.
    pub recorded: u64,
    /// Distinct vendors found so far that are trackers.
    pub trackers: u64,
    /// Visits that met a wall.
    pub blocked: u64,
    /// Visits that failed.
    pub failed: u64,
    /// Visits that were refused.
    pub refused: u64,
}

impl Progress {
    /// Whether every target was crawled and every planned page recorded.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.crawled >= self.seeds && self.recorded >= self.planned
    }
}

/// One third party over a whole run. Only visits of class "seen" count.
#[derive(Clone, Debug, PartialEq, Row, Serialize, Deserialize)]
pub struct ExposureRow {
    /// Catalogue id, or registrable domain of an unknown party.
    pub vendor: String,
    /// What people call it.
    pub vendor_name: String,
    /// What it does.
    pub category: String,
    /// `none`, `unknown`, `tracker` or `content`.
    pub exposure: String,
    /// Sites on which it was contacted.
    pub sites: u64,
    /// The denominator: sites of which at least one page was seen.
    pub sites_seen: u64,
    /// `sites / sites_seen`.
    pub share: f64,
    /// Median over pages of the first contact, in ms since navigation start.
    pub median_first_contact_ms: f64,
    /// 95th percentile of the same.
    pub p95_first_contact_ms: f64,
    /// Pages on which it was contacted.
    pub pages: u64,
    /// Requests to it.
    pub requests: u64,
    /// Requests and socket frames with a body.
    pub uploads: u64,
    /// Bytes of those as sent.
    pub wire_bytes: u64,
    /// Bytes of those after unpacking.
    pub decoded_bytes: u64,
    /// What it stored, each once.
    pub stored: Vec<String>,
}

/// Where the evidence of a visit lies.
#[derive(Clone, Debug, PartialEq, Eq, Row, Serialize, Deserialize)]
pub struct EvidenceRow {
    /// The visit.
    #[serde(with = "clickhouse::serde::uuid")]
    pub visit_id: uuid::Uuid,
    /// Key of its manifest in the evidence store.
    pub evidence: String,
}

/// A target of which the crawl chose no page to visit.
#[derive(Clone, Debug, PartialEq, Eq, Row, Serialize, Deserialize)]
pub struct UnvisitedRow {
    /// Where the crawl started.
    pub start: String,
    /// `blocked`, `failed`, `refused` or `absent`; `seen` if the crawl went well and chose nothing all the same.
    pub class: String,
    /// How it ended.
    pub outcome: String,
    /// `dns`, `tls` or `connection` where nothing was answered; else empty.
    pub failure: String,
    /// What there is to say about that.
    pub detail: String,
}

/// How much of a site was seen.
#[derive(Clone, Debug, PartialEq, Eq, Row, Serialize, Deserialize)]
pub struct CoverageRow {
    /// Registrable domain.
    pub site: String,
    /// How its crawl ended; empty if it was not crawled.
    pub crawl_outcome: String,
    /// What there is to say about that.
    pub crawl_detail: String,
    /// Visits that its crawls ask for: the pages that they chose times the profiles of the run, and one for each target of
    /// which none could be chosen: the denominator.
    pub planned: u64,
    /// Visits that saw their page.
    pub seen: u64,
    /// Of those, visits whose wall came before the dwell was over.
    pub partial: u64,
    /// Visits and targets that met a wall.
    pub blocked: u64,
    /// Visits and targets that failed.
    pub failed: u64,
    /// Of those, because the name leads nowhere.
    pub failed_dns: u64,
    /// Of those, because of the certificate or the handshake.
    pub failed_tls: u64,
    /// Of those, because nobody answered at the address.
    pub failed_connection: u64,
    /// Visits that found no page of the site: parked, or leading elsewhere.
    pub absent: u64,
    /// Visits and targets that were refused.
    pub refused: u64,
    /// Things on seen pages that could not be looked at.
    pub gaps: u64,
}

/// One account of a vendor, and where it works. Only visits of class "seen" count, as for all that follow.
#[derive(Clone, Debug, PartialEq, Eq, Row, Serialize, Deserialize)]
pub struct AccountRow {
    /// Catalogue id.
    pub vendor: String,
    /// What people call it.
    pub vendor_name: String,
    /// The account: `project:abc123`.
    pub account: String,
    /// Registrable domains on which it works, sorted.
    pub sites: Vec<String>,
    /// Hosts on which it works, sorted, each without `www.`.
    pub hosts: Vec<String>,
    /// Pages on which it works.
    pub pages: u64,
}

/// A party that hears what is typed.
#[derive(Clone, Debug, PartialEq, Row, Serialize, Deserialize)]
pub struct KeystrokeRow {
    /// Catalogue id, or registrable domain of an unknown party.
    pub vendor: String,
    /// What people call it.
    pub vendor_name: String,
    /// What it does.
    pub category: String,
    /// `none`, `unknown`, `tracker` or `content`.
    pub exposure: String,
    /// The highest grade on any page; empty where it is told only because what it is sent grows.
    pub grade: String,
    /// Kinds of the fields that it hears best on each page, each once.
    pub kinds: Vec<String>,
    /// In which forms, each once.
    pub forms: Vec<String>,
    /// Sites on which it hears so much.
    pub sites: u64,
    /// Sites on which it hears anything that was sent, this much or less.
    pub sites_any: u64,
    /// The denominator: sites on which something was typed.
    pub sites_typed: u64,
    /// `sites / sites_typed`.
    pub share: f64,
    /// Pages on which it hears so much.
    pub pages: u64,
    /// Whether what it is sent grows with what is typed on some page, and nobody can read it.
    pub grows: bool,
}

/// On how much of a run something was typed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Row, Serialize, Deserialize)]
pub struct TypedRow {
    /// Sites.
    pub sites: u64,
    /// Pages.
    pub pages: u64,
}

/// What a page asks its visitors, and what answering took. Only visits of class "seen" count.
#[derive(Clone, Debug, Default, PartialEq, Row, Serialize, Deserialize)]
pub struct ChoiceRow {
    /// Registrable domain of the page.
    pub site: String,
    /// The page.
    pub page: String,
    /// Whether a banner was seen on any visit.
    pub banner: bool,
    /// Whether there is none: one would have been noticed on all visits that matter.
    pub no_banner: bool,
    /// When it could be seen, at the earliest: ms since navigation start.
    pub banner_ms: Option<f64>,
    /// Its platform, or the rule by which it was answered; empty if no banner was seen.
    pub cmp: String,
    /// Whether its first layer offers to agree and not to refuse.
    pub no_reject: bool,
    /// Presses that refusing took, at least; `None` where that is not known.
    pub presses_reject: Option<u32>,
    /// Presses that agreeing took, at least; `None` where that is not known.
    pub presses_accept: Option<u32>,
    /// Why no refusal could be made; empty if one was, or none was tried.
    pub reject_failed: String,
    /// Whether refusing takes more presses than agreeing, or cannot be done, and the first layer does not offer it.
    pub reject_harder: bool,
    /// Visits that left the banner alone and were watched whole.
    pub untouched_whole: u64,
    /// Visits that refused and were watched whole, the reload included.
    pub reject_whole: u64,
    /// Visits that agreed and were watched whole, the reload included.
    pub accept_whole: u64,
    /// Visits under Global Privacy Control that were watched whole.
    pub gpc_whole: u64,
}

/// What a tracker does on one page in each state of consent; requests are those of the visit with most of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Row, Serialize, Deserialize)]
pub struct StateRow {
    /// Registrable domain of the page.
    pub site: String,
    /// The page.
    pub page: String,
    /// Catalogue id, or registrable domain of a party that only a filter list knows.
    pub vendor: String,
    /// What people call it.
    pub vendor_name: String,
    /// What it does.
    pub category: String,
    /// `tracker` or `content`.
    pub exposure: String,
    /// Platform of the page's banner.
    pub cmp: String,
    /// Requests to it before any choice.
    pub before: u32,
    /// Requests by which it was told something after a refusal.
    pub after_reject: u32,
    /// Requests to it after agreeing.
    pub after_accept: u32,
    /// Requests by which it was told something under Global Privacy Control.
    pub under_gpc: u32,
    /// Cookieless pings to it.
    pub pings: u32,
    /// `gated`, `on_paper`, `opt_out`, `cookieless`, `despite_reject_only`, `before_choice`, `no_banner` or `unknown`: what they mean, the
    /// view `consent_states` says.
    pub gating: String,
    /// `ignored`, `honoured` or `unknown`.
    pub gpc: String,
}

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

/// A party that tells browsers apart.
#[derive(Clone, Debug, PartialEq, Row, Serialize, Deserialize)]
pub struct FingerprinterRow {
    /// Catalogue id, or registrable domain of an unknown party.
    pub vendor: String,
    /// What people call it.
    pub vendor_name: String,
    /// What it does.
    pub category: String,
    /// `none`, `unknown`, `tracker` or `content`.
    pub exposure: String,
    /// By which techniques, each once.
    pub techniques: Vec<String>,
    /// Sites on which it does.
    pub sites: u64,
    /// The denominator: sites of which at least one page was seen.
    pub sites_seen: u64,
    /// `sites / sites_seen`.
    pub share: f64,
    /// Pages on which it does.
    pub pages: u64,
}

/// A party whose scripts listen to keys or read fields.
#[derive(Clone, Debug, PartialEq, Row, Serialize, Deserialize)]
pub struct ListenerRow {
    /// Catalogue id, or registrable domain of an unknown party.
    pub vendor: String,
    /// What people call it.
    pub vendor_name: String,
    /// What it does.
    pub category: String,
    /// `none`, `unknown`, `tracker` or `content`.
    pub exposure: String,
    /// What its scripts listen to, each once.
    pub listens: Vec<String>,
    /// Fields that its scripts read, each once.
    pub reads: Vec<String>,
    /// Sites on which it does.
    pub sites: u64,
    /// The denominator: sites of which at least one page was seen.
    pub sites_seen: u64,
    /// `sites / sites_seen`.
    pub share: f64,
    /// Pages on which it does.
    pub pages: u64,
}

/// A script or tag container that brought a vendor into pages.
#[derive(Clone, Debug, PartialEq, Row, Serialize, Deserialize)]
pub struct BroughtRow {
    /// Catalogue id, or registrable domain of an unknown party.
    pub vendor: String,
    /// What people call it.
    pub vendor_name: String,
    /// The script or container.
    pub brought_by: String,
    /// Sites on which it did.
    pub sites: u64,
    /// The denominator: sites on which the vendor was contacted.
    pub sites_of_vendor: u64,
    /// `sites / sites_of_vendor`.
    pub share: f64,
    /// Pages on which it did.
    pub pages: u64,
}

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

/// When a vendor was asked for something on a visit.
#[derive(Clone, Debug, PartialEq, Row, Serialize, Deserialize)]
pub struct ContactRow {
    /// The visit.
    #[serde(with = "clickhouse::serde::uuid")]
    pub visit_id: uuid::Uuid,
    /// Catalogue id of the vendor, or its registrable domain.
    pub vendor: String,
    /// The first 200 times, in ms since navigation start.
    pub at_ms: Vec<f64>,
}

/// A request, a socket frame that was sent, an entry into a field, or another name of a host.
#[derive(Clone, Debug, PartialEq, Eq, Row, Serialize, Deserialize)]
pub struct AskedRow {
    /// The visit.
    #[serde(with = "clickhouse::serde::uuid")]
    pub visit_id: uuid::Uuid,
    /// `request`, `socket_frame`, `entry` or `alias`.
    pub fact: String,
    /// The address of the request.
    pub url: String,
    /// Its host; for an alias the host that is another name.
    pub host: String,
    /// Registrable domain of the host if it is not the visited site; else empty.
    pub third_party: String,
    /// Whose it is: catalogue id or registrable domain; empty for the first party.
    pub vendor: String,
    /// Whether something was sent in a body or frame.
    pub has_body: bool,
    /// Whether it is a beacon, or was seen while the page was left.
    pub is_last_word: bool,
    /// Where the visitor stood with consent.
    pub phase: String,
    /// The field of an entry.
    pub target: String,
    /// The names that an alias leads through.
    pub chain: Vec<String>,
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
