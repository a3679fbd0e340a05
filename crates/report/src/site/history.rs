//! What scans of a site came to, night by night.

use earshot_store::{HistoryRow, Store};
use schemars::JsonSchema;
use serde::Serialize;

use crate::ReportError;

/// What the latest complete scans of a site came to, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct History {
    /// The site.
    pub site: String,
    /// The scans.
    pub nights: Vec<Night>,
}

/// What one scan of a site came to.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Night {
    /// The run.
    pub run: String,
    /// When the site was visited first (RFC 3339, UTC).
    pub started_at: String,
    /// `seen` if at least one page was seen; else how it ended for most visits.
    pub state: String,
    /// Visits that were planned.
    pub planned: u32,
    /// Visits that saw their page.
    pub seen: u32,
    /// Trackers contacted before any choice; none where nobody has seen a page so.
    pub trackers: Option<u16>,
    /// Those of them that can take content.
    pub recorders: Option<u16>,
    /// `K0` to `K6`: the most that a third party hears of what is typed; none where nobody knows.
    pub grade: Option<String>,
    /// Earliest contact with a tracker before any choice: ms since navigation start.
    pub first_contact_ms: Option<f32>,
}

/// Scans of a site that are looked at.
const LATEST: u64 = 60;

impl History {
    /// Reads it.
    ///
    /// # Errors
    /// [`ReportError::Store`].
    pub async fn read(store: &Store, site: &str) -> Result<Self, ReportError> {
        let rows = store.site_history(site, LATEST)?.all().await?;
        Ok(Self { site: site.to_owned(), nights: rows.into_iter().rev().map(Night::from).collect() })
    }
}

impl From<HistoryRow> for Night {
    fn from(row: HistoryRow) -> Self {
        let started_at = jiff::Timestamp::from_millisecond(row.started_at).map(|at| at.to_string());
        let looked = |number: u16| row.looked.then_some(number);
        Self {
            run: row.run_id,
            started_at: started_at.unwrap_or_default(),
            state: row.state,
            planned: row.planned,
            seen: row.seen,
            trackers: looked(row.trackers),
            recorders: looked(row.recorders),
            grade: Some(row.grade).filter(|grade| !grade.is_empty()),
            first_contact_ms: row.first_contact_ms,
        }
    }
}
