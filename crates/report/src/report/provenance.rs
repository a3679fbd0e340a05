//! Where a visit's facts come from, and what proves them.

use earshot_store::VisitRow;
use schemars::JsonSchema;
use serde::Serialize;

/// From where a page was seen, who answered, by which rules it was judged, and where the proof lies.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Provenance {
    /// When the navigation began (RFC 3339, UTC).
    pub started_at: String,
    /// Product and version of the browser.
    pub browser: String,
    /// `direct`, or `proxy HOST:PORT`; empty for visits of before that was noted.
    pub egress: String,
    /// IP address and port that answered for the document; empty behind a proxy.
    pub address: String,
    /// Protocol of the document's connection, such as `TLS 1.3`; empty for http.
    pub tls: String,
    /// SHA-256 (hex) of the document's certificate; empty if not known.
    pub certificate: String,
    /// Version of catalogue and rules by which the visit was judged.
    pub ruleset: String,
    /// Key of the evidence's manifest in the evidence store; empty if no evidence was kept.
    pub evidence: String,
    /// Pictures of the page, in the order in which they were taken.
    pub pictures: Vec<PictureFile>,
}

/// A picture of a page.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct PictureFile {
    /// `banner`, or `end`: before anything is typed.
    pub kind: String,
    /// When it was taken, in ms since navigation start.
    pub at_ms: Option<f64>,
    /// Its key in the evidence store.
    pub key: String,
}

impl Provenance {
    /// Takes it out of a row of the store.
    pub(super) fn of(visit: &mut VisitRow) -> Self {
        let take = std::mem::take;
        let picture = |(kind, key, at_ms)| PictureFile { kind, at_ms, key };
        Self {
            started_at: jiff::Timestamp::from_millisecond(visit.started_at)
                .map(|at| at.to_string())
                .unwrap_or_default(),
            browser: take(&mut visit.browser),
            egress: take(&mut visit.egress),
            address: take(&mut visit.address),
            tls: take(&mut visit.tls),
            certificate: take(&mut visit.certificate),
            ruleset: take(&mut visit.ruleset),
            evidence: take(&mut visit.evidence),
            pictures: std::mem::take(&mut visit.pictures).into_iter().map(picture).collect(),
        }
    }
}
