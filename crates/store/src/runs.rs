//! Runs, how far they are, and what is left of them to do.

use std::collections::HashSet;

use clickhouse::Row;
use earshot_model::{PageKind, PageUrl, Run, RunId, Target, VisitId};
use uuid::Uuid;

use crate::{
    Progress, Store, StoreError, named,
    rows::{PlannedRow, RunRow, TargetRow},
};

#[derive(Row, serde::Deserialize)]
struct Id {
    #[serde(with = "clickhouse::serde::uuid")]
    visit_id: Uuid,
}

impl Store {
    /// The latest runs, newest first.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`]; [`StoreError::Row`] for a row that is no run.
    pub async fn runs(&self, limit: u64) -> Result<Vec<Run>, StoreError> {
        let query = self.query(named::RUNS).param("limit", limit);
        self.rows::<RunRow>("query runs", query)?.all().await?.into_iter().map(Run::try_from).collect()
    }

    /// One run.
    ///
    /// # Errors
    /// As [`Store::runs`].
    pub async fn run(&self, run: RunId) -> Result<Option<Run>, StoreError> {
        self.rows::<RunRow>("query run", self.about(named::RUN, run))?.next().await?.map(Run::try_from).transpose()
    }

    /// The latest run of the command with this digest that can be resumed.
    ///
    /// # Errors
    /// As [`Store::runs`].
    pub async fn find_unfinished(&self, digest: &str) -> Result<Option<Run>, StoreError> {
        let query = self.query(named::UNFINISHED).param("digest", digest);
        self.rows::<RunRow>("query unfinished", query)?.next().await?.map(Run::try_from).transpose()
    }

    /// Which of `visits` are recorded already; those that were lost through our own fault only if `lost` says so: they may
    /// be recorded still.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn recorded(&self, run: RunId, visits: &[VisitId], lost: bool) -> Result<HashSet<VisitId>, StoreError> {
        let list: Vec<String> = visits.iter().map(ToString::to_string).collect();
        let query = self.about(named::RECORDED, run).param("visits", list).param("lost", lost);
        let rows = self.rows::<Id>("query recorded", query)?;
        Ok(rows.all().await?.into_iter().map(|row| VisitId(row.visit_id)).collect())
    }

    /// Runs that go on or are held back, oldest first.
    ///
    /// # Errors
    /// As [`Store::runs`].
    pub async fn running(&self) -> Result<Vec<Run>, StoreError> {
        let rows = self.rows::<RunRow>("query running", self.query(named::RUNNING))?;
        rows.all().await?.into_iter().map(Run::try_from).collect()
    }

    /// Targets of a run that nobody has crawled yet, by address: at most `limit` of those behind `after`.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`]; [`StoreError::Row`] for one that is no address.
    pub async fn uncrawled(
        &self,
        run: RunId,
        after: Option<&PageUrl>,
        limit: usize,
    ) -> Result<Vec<Target>, StoreError> {
        let query = self.about(named::UNCRAWLED, run).param("after", after.map_or("", PageUrl::as_str));
        let query = query.param("limit", limit as u64);
        self.rows::<TargetRow>("query uncrawled", query)?.all().await?.into_iter().map(Target::try_from).collect()
    }

    /// The pages that the crawls of a run chose, with the start of the crawl and what each page looks like: those of the
    /// next `limit` targets behind `after`.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`]; [`StoreError::Row`] for one that is no address.
    pub async fn planned(
        &self,
        run: RunId,
        after: Option<&PageUrl>,
        limit: usize,
    ) -> Result<Vec<(PageUrl, PageUrl, PageKind)>, StoreError> {
        let query = self.about(named::PLANNED, run).param("after", after.map_or("", PageUrl::as_str));
        let rows = self.rows::<PlannedRow>("query planned", query.param("limit", limit as u64))?.all().await?;
        rows.into_iter().map(PlannedRow::parsed).collect()
    }

    /// How far a run is, in one query. All zero for a run that nobody knows.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn progress(&self, run: RunId) -> Result<Progress, StoreError> {
        let query = self.about(named::PROGRESS, run);
        query.fetch_one().await.map_err(StoreError::during("query progress"))
    }

    /// Whether every target of a run was crawled and every planned page recorded; so it is with a run that nobody knows. Much
    /// cheaper than [`progress`](Self::progress).
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn is_complete(&self, run: RunId) -> Result<bool, StoreError> {
        let query = self.about(named::COMPLETE, run);
        query.fetch_one::<bool>().await.map_err(StoreError::during("query complete"))
    }
}
