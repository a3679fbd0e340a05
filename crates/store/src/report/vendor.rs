//! What is known of vendors over a whole run.

use clickhouse::Row;
use serde::{Deserialize, Serialize};

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
