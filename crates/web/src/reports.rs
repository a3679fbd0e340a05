//! Reports of sites, kept for a moment: many people look at one site when something is said of it, and the store is asked once. A few
//! are made at once: each asks the store a dozen questions, and hundreds at the same time would all be late.

use std::{sync::Arc, time::Duration};

use earshot_model::{Run, RunId};
use earshot_report::{Assessment, History, ReportError, SiteReport};
use earshot_store::Store;
use moka::future::Cache;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

/// What a run has found on a site.
pub(crate) struct SiteOfRun {
    pub run: Run,
    pub report: SiteReport,
}

/// Reports that were asked for a moment ago.
pub(crate) struct Reports {
    kept: Cache<(RunId, String), Arc<SiteOfRun>>,
    histories: Cache<String, Arc<History>>,
    /// Turns at making one.
    making: Semaphore,
    assessment: Assessment,
}

/// Why there is no report.
#[derive(Debug)]
pub(crate) enum Unread {
    /// It cannot be made.
    Failed(ReportError),
    /// Too many others are being made.
    Busy,
}

/// How long a report is shown without the store being asked again: what a judge or a scan writes is shown after that.
const KEPT_FOR: Duration = Duration::from_secs(5);
/// What is kept at most, in visits and findings: some tens of MB.
const MOST: u64 = 20_000;
/// Histories that are kept: some KB each.
const HISTORIES: u64 = 1_000;
/// Reports that are made at once. One alone keeps the store's cores busy for most of its time.
const MADE_AT_ONCE: usize = 4;
/// How long somebody waits for a turn: what is left until an answer has to be there is for making it.
const PATIENCE: Duration = Duration::from_secs(20);

impl Reports {
    pub fn new(assessment: Assessment) -> Self {
        let weight = |_: &(RunId, String), site: &Arc<SiteOfRun>| {
            let findings: usize = site.report.pages.iter().map(|page| 1 + page.findings.len()).sum();
            u32::try_from(findings + site.report.contacts.len() / 4).unwrap_or(u32::MAX)
        };
        let kept = Cache::builder().max_capacity(MOST).weigher(weight).time_to_live(KEPT_FOR).build();
        let histories = Cache::builder().max_capacity(HISTORIES).time_to_live(KEPT_FOR).build();
        Self { kept, histories, making: Semaphore::new(MADE_AT_ONCE), assessment }
    }

    /// What a run has found on a site. Who asks while somebody else does waits for the same answer.
    ///
    /// # Errors
    /// [`Unread`].
    pub async fn of(&self, store: &Store, run: RunId, site: &str) -> Result<Arc<SiteOfRun>, Arc<Unread>> {
        let read = async {
            let _turn = self.turn().await?;
            let run = store.run(run).await.map_err(ReportError::from)?.ok_or(ReportError::NoRun(run))?;
            let report = SiteReport::read(store, &run, site, &self.assessment).await?;
            Ok(Arc::new(SiteOfRun { run, report }))
        };
        self.kept.try_get_with((run, site.to_owned()), read).await
    }

    /// What scans of a site came to: one question, for which nobody waits for a turn.
    ///
    /// # Errors
    /// As [`History::read`].
    pub async fn history(&self, store: &Store, site: &str) -> Result<Arc<History>, Arc<ReportError>> {
        let read = async { History::read(store, site).await.map(Arc::new) };
        self.histories.try_get_with(site.to_owned(), read).await
    }

    /// All turns, as many others have them.
    #[cfg(test)]
    pub async fn all_turns(&self) -> SemaphorePermit<'_> {
        self.making.acquire_many(u32::try_from(MADE_AT_ONCE).unwrap()).await.unwrap()
    }

    async fn turn(&self) -> Result<SemaphorePermit<'_>, Unread> {
        let turn = timeout(PATIENCE, self.making.acquire()).await.map_err(|_| Unread::Busy)?;
        // It is never closed.
        turn.map_err(|_| Unread::Busy)
    }
}

impl From<ReportError> for Unread {
    fn from(error: ReportError) -> Self {
        Self::Failed(error)
    }
}
