//! Reports of sites, kept for a moment: many people look at one site when something is said of it, and the store is asked once.

use std::{sync::Arc, time::Duration};

use earshot_model::{Run, RunId};
use earshot_report::{Assessment, ReportError, SiteReport};
use earshot_store::Store;
use moka::future::Cache;

/// What a run has found on a site.
pub(crate) struct SiteOfRun {
    pub run: Run,
    pub report: SiteReport,
}

/// Reports that were asked for a moment ago.
pub(crate) struct Reports {
    kept: Cache<(RunId, String), Arc<SiteOfRun>>,
    assessment: Assessment,
}

/// How long a report is shown without the store being asked again: what a judge or a scan writes is shown after that.
const KEPT_FOR: Duration = Duration::from_secs(5);
/// What is kept at most, in visits and findings: some tens of MB.
const MOST: u64 = 20_000;

impl Reports {
    pub fn new(assessment: Assessment) -> Self {
        let weight = |_: &(RunId, String), site: &Arc<SiteOfRun>| {
            let findings: usize = site.report.pages.iter().map(|page| 1 + page.findings.len()).sum();
            u32::try_from(findings + site.report.contacts.len() / 4).unwrap_or(u32::MAX)
        };
        let kept = Cache::builder().max_capacity(MOST).weigher(weight).time_to_live(KEPT_FOR).build();
        Self { kept, assessment }
    }

    /// What a run has found on a site. Who asks while somebody else does waits for the same answer.
    ///
    /// # Errors
    /// As [`SiteReport::read`].
    pub async fn of(&self, store: &Store, run: RunId, site: &str) -> Result<Arc<SiteOfRun>, Arc<ReportError>> {
        let read = async {
            let run = store.run(run).await?.ok_or(ReportError::NoRun(run))?;
            let report = SiteReport::read(store, &run, site, &self.assessment).await?;
            Ok(Arc::new(SiteOfRun { run, report }))
        };
        self.kept.try_get_with((run, site.to_owned()), read).await
    }
}
