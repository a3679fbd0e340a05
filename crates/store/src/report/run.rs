//! How far a run is, how much of it was seen, and where its evidence lies.

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

/// On how much of a run something was typed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Row, Serialize, Deserialize)]
pub struct TypedRow {
    /// Sites.
    pub sites: u64,
    /// Pages.
    pub pages: u64,
}
