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
    /// Where the visitor stood with consent.
    pub phase: String,
    /// The field of an entry.
    pub target: String,
    /// The names that an alias leads through.
    pub chain: Vec<String>,
}
