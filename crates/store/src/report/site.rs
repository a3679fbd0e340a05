//! What the visits of one site did, for who compares or draws them.

use clickhouse::Row;
use serde::{Deserialize, Serialize};

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
    /// Whether it is a script or a document that did not come.
    pub is_missing: bool,
    /// Where the visitor stood with consent.
    pub phase: String,
    /// The field of an entry.
    pub target: String,
    /// The names that an alias leads through.
    pub chain: Vec<String>,
}

/// How often one party made the pages of a site ask another one. An empty text stands for the site itself.
#[derive(Clone, Debug, PartialEq, Row, Serialize, Deserialize)]
pub struct LoadRow {
    /// Whose document or script made the requests: catalogue id or registrable domain.
    pub loader: String,
    /// Whom they went to.
    pub loaded: String,
    /// How many there were.
    pub requests: u64,
    /// On how many pages.
    pub pages: u64,
    /// When the first was made: ms since navigation start.
    pub first_ms: Option<f64>,
}

/// A cookie, or a key of a storage, that pages of a site leave.
#[derive(Clone, Debug, PartialEq, Row, Serialize, Deserialize)]
pub struct StoredRow {
    /// `cookie`, `local`, `session`, `indexeddb` or `cache`.
    pub area: String,
    /// Its name.
    pub name: String,
    /// Domain of the cookie, or host of the storage.
    pub host: String,
    /// Whose it is: catalogue id or registrable domain; empty for the site itself.
    pub vendor: String,
    /// Whether it belongs to another site than the page.
    pub third_party: bool,
    /// On how many pages.
    pub pages: u64,
    /// When it was written first: ms since navigation start, where that is known.
    pub first_ms: Option<f64>,
    /// The longest lifetime of a cookie in seconds; `None` for one of the session, and for storage.
    pub lifetime_s: Option<i64>,
    /// Whether scripts cannot read the cookie.
    pub http_only: bool,
    /// Where the visitor stood with consent when it was written: `pre_choice`, …
    pub phases: Vec<String>,
}

/// A field into which was typed.
#[derive(Clone, Debug, PartialEq, Eq, Row, Serialize, Deserialize)]
pub struct TypedFieldRow {
    /// The page.
    pub page: String,
    /// The field, as a short selector.
    pub field: String,
    /// What it asks for.
    pub kind: String,
    /// Characters that were typed, at most; 0 for a choice.
    pub characters: u32,
}

/// What one scan of a site came to.
#[derive(Clone, Debug, PartialEq, Row, Serialize, Deserialize)]
pub struct HistoryRow {
    /// The run.
    pub run_id: String,
    /// When the site was visited first: ms since 1970.
    pub started_at: i64,
    /// `seen` if at least one page was seen; else how it ended for most visits.
    pub state: String,
    /// Visits that were planned.
    pub planned: u32,
    /// Visits that saw their page.
    pub seen: u32,
    /// Whether a page was seen on a visit that shows what is done before a choice.
    pub looked: bool,
    /// Trackers contacted before any choice.
    pub trackers: u16,
    /// Those of them that can take content.
    pub recorders: u16,
    /// `K0` to `K6`: the most that a third party hears of what is typed; empty where nobody knows.
    pub grade: String,
    /// Earliest contact with a tracker before any choice: ms since navigation start.
    pub first_contact_ms: Option<f32>,
}
