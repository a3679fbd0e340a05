//! What pages ask their visitors, and what trackers do in each state.

use clickhouse::Row;
use serde::{Deserialize, Serialize};

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
