//! A finding: a judgement over the events of one visit, with the events that prove it.

use serde::{Deserialize, Serialize};

use crate::{FindingId, PageUrl, RunId, Site, VisitId};

/// A judgement over the events of one visit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Derived from (visit, rule, vendor).
    pub id: FindingId,
    /// The run.
    pub run: RunId,
    /// The visit that it was read from.
    pub visit: VisitId,
    /// The visited site.
    pub site: Site,
    /// The visited page.
    pub page: PageUrl,
    /// What is said.
    pub rule: Rule,
    /// Catalogue id of the third party, or its registrable domain if the catalogue does not know it.
    pub vendor: String,
    /// What people call the vendor.
    pub vendor_name: String,
    /// What it does: `session_replay`, `analytics`, `advertising`, … `unknown`.
    pub category: String,
    /// How much it matters for exposure.
    pub exposure: Exposure,
    /// The first contact: ms since navigation start.
    pub first_contact_ms: f64,
    /// `seq` of the request that proves it.
    pub proof: u32,
    /// Address of that request.
    pub proof_url: String,
    /// How many requests went to the vendor.
    pub requests: u32,
    /// What it was sent.
    pub upload: Upload,
    /// What it stored: `cookie:_clck`, `local:amplitude_id`; sorted, each once.
    pub stored: Vec<String>,
}

/// What went to a vendor in request bodies and socket frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// How many requests or frames had a body.
    pub count: u32,
    /// Their bytes as sent.
    pub wire_bytes: u64,
    /// Their bytes after unpacking (gzip, zlib and what lies inside).
    pub decoded_bytes: u64,
}

/// What is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The vendor was contacted before any choice about consent.
    PreConsentContact,
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exposure {
    /// A third party that a page needs to be shown (fonts, CDN): said, never counted as a tracker.
    None,
    /// A third party that nobody knows: shown as such.
    Unknown,
    /// A tracker.
    Tracker,
    /// A tracker that can take the content of what a visitor does: session replay, chat.
    Content,
}

impl Rule {
    /// The name used in ids, reports and the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PreConsentContact => "pre_consent_contact",
        }
    }
}

impl Exposure {
    /// The name used in reports and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Unknown => "unknown",
            Self::Tracker => "tracker",
            Self::Content => "content",
        }
    }

    /// Whether it counts as a tracker.
    #[must_use]
    pub fn is_tracker(self) -> bool {
        self >= Self::Tracker
    }
}
