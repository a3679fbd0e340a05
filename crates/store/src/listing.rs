//! Lists of runs and of their sites, a page at a time.

use clickhouse::Row;
use earshot_model::{Run, RunId};
use serde::{Deserialize, Serialize};

use crate::{Rows, Store, StoreError, named, rows::RunRow};

/// Which runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunsPage {
    /// Only those over this portfolio.
    pub portfolio: Option<String>,
    /// Only those that were started before this one.
    pub before: Option<RunId>,
    /// So many at most.
    pub limit: u64,
}

/// A site of a run, and how much of it was seen so far.
#[derive(Clone, Debug, PartialEq, Eq, Row, Serialize, Deserialize)]
pub struct RunSiteRow {
    /// Registrable domain.
    pub site: String,
    /// Visits that are recorded; a target of which no page could be chosen counts as one.
    pub visits: u64,
    /// Those that saw their page.
    pub seen: u64,
    /// Those that met a wall.
    pub blocked: u64,
    /// Those that ended without a page.
    pub failed: u64,
    /// Those that were not made.
    pub refused: u64,
    /// Those that met something other than the site.
    pub absent: u64,
    /// The most distinct trackers that one visit contacted.
    pub trackers: u64,
    /// Things on seen pages that could not be looked at.
    pub gaps: u64,
    /// How a visit ended that saw nothing, where none saw anything; else empty.
    pub why: String,
}

impl Store {
    /// Runs, newest first.
    ///
    /// # Errors
    /// As [`Store::runs`].
    pub async fn runs_page(&self, page: &RunsPage) -> Result<Vec<Run>, StoreError> {
        let before = page.before.map_or_else(String::new, |run| run.to_string());
        let query = self.query(named::RUNS_PAGE).param("portfolio", page.portfolio.as_deref().unwrap_or_default());
        let query = query.param("before", before).param("limit", page.limit);
        self.rows::<RunRow>("query runs_page", query)?.all().await?.into_iter().map(Run::try_from).collect()
    }

    /// How many runs that somebody waits for are open: those that were begun before one of them, if one is named.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn waited_for(&self, before: Option<RunId>) -> Result<u64, StoreError> {
        let before = before.map_or_else(String::new, |run| run.to_string());
        let query = self.query(named::WAITED_FOR).param("few", Run::A_FEW).param("before", before);
        query.fetch_one().await.map_err(StoreError::during("query waited_for"))
    }

    /// The next sites of a run behind `after`, by name.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn run_sites(&self, run: RunId, after: &str, limit: u64) -> Result<Rows<RunSiteRow>, StoreError> {
        let query = self.about(named::RUN_SITES, run).param("after", after).param("limit", limit);
        self.rows("query run_sites", query)
    }
}
