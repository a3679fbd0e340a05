//! What a run has found, by the named queries, and their rows.

mod consent;
mod run;
mod site;
mod story;
mod vendor;
mod visit;

pub use consent::{ChoiceRow, StateRow};
pub use run::{CoverageRow, EvidenceRow, Progress, TypedRow, UnvisitedRow};
pub use site::{AskedRow, ContactRow, HistoryRow, LoadRow, StoredRow, TypedFieldRow};
pub use story::{ConductRow, EntryRow, SentRow, StepRow};
pub use vendor::{AccountRow, BroughtRow, ExposureRow, FingerprinterRow, KeystrokeRow, ListenerRow};
pub use visit::{GapRow, VisitRow};

use earshot_model::{RunId, Site, VisitId};

use crate::{Findings, Rows, Store, StoreError, named};

impl Store {
    /// Targets of which the crawl chose no page to visit.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn unvisited(&self, run: RunId) -> Result<Rows<UnvisitedRow>, StoreError> {
        self.unvisited_of(run, "")
    }

    /// Who listens, over the whole run: trackers that hear content first, then by number of sites.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn exposure(&self, run: RunId) -> Result<Vec<ExposureRow>, StoreError> {
        self.rows("query exposure", self.about(named::EXPOSURE, run))?.all().await
    }

    /// How much of every site of a run was seen, by name.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn coverage(&self, run: RunId) -> Result<Rows<CoverageRow>, StoreError> {
        self.coverage_of(run, "")
    }

    /// Every account of every vendor, with the sites that it works on: most sites first.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn accounts(&self, run: RunId) -> Result<Rows<AccountRow>, StoreError> {
        self.rows("query accounts", self.about(named::ACCOUNTS, run))
    }

    /// Who tells browsers apart, most sites first.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn fingerprinters(&self, run: RunId) -> Result<Rows<FingerprinterRow>, StoreError> {
        self.rows("query fingerprinters", self.about(named::FINGERPRINTERS, run))
    }

    /// Whose scripts listen to keys or read fields, most sites first.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn listeners(&self, run: RunId) -> Result<Rows<ListenerRow>, StoreError> {
        self.rows("query listeners", self.about(named::LISTENERS, run))
    }

    /// Who hears what is typed, worst first.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn keystrokes(&self, run: RunId) -> Result<Rows<KeystrokeRow>, StoreError> {
        self.rows("query keystrokes", self.about(named::KEYSTROKES, run))
    }

    /// On how many sites and pages something was typed.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn typed(&self, run: RunId) -> Result<TypedRow, StoreError> {
        self.about(named::TYPED, run).fetch_one().await.map_err(StoreError::during("query typed"))
    }

    /// What each tracker does on each page in each state of consent, by site and page.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn states(&self, run: RunId) -> Result<Rows<StateRow>, StoreError> {
        self.states_of(run, "")
    }

    /// What each page asks its visitors, and what answering took, by site and page.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn choices(&self, run: RunId) -> Result<Rows<ChoiceRow>, StoreError> {
        self.choices_of(run, "")
    }

    /// Where the evidence of the visits of a run lies, in the order of its chain: of one site, if one is given, and of some
    /// visits, if some are.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn evidence(
        &self,
        run: RunId,
        site: Option<&Site>,
        visits: &[VisitId],
    ) -> Result<Rows<EvidenceRow>, StoreError> {
        let visits: Vec<String> = visits.iter().map(ToString::to_string).collect();
        let query = self.about(named::EVIDENCE, run).param("site", site.map_or("", Site::as_str));
        self.rows("query evidence", query.param("visits", visits))
    }

    /// The last run that has visited a site; `None` if there is none.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`]; [`StoreError::Row`] for a row that is no run.
    pub async fn last_run_of(&self, site: &Site) -> Result<Option<RunId>, StoreError> {
        let query = self.query(named::LAST_RUN_OF_SITE).param("site", site.as_str());
        let run: String = query.fetch_one().await.map_err(StoreError::during("query last_run_of_site"))?;
        if run.is_empty() { Ok(None) } else { run.parse().map(Some).map_err(StoreError::row("visits")) }
    }

    /// Which script or tag container brought which vendor, most sites first.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn who_brought(&self, run: RunId) -> Result<Rows<BroughtRow>, StoreError> {
        self.rows("query who_brought", self.about(named::WHO_BROUGHT, run))
    }

    /// How many seen pages were recorded before events had witnesses: nobody looked there for what scripts listen to, for
    /// who tells browsers apart and for other names.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn unwitnessed(&self, run: RunId) -> Result<u64, StoreError> {
        self.about(named::UNWITNESSED, run).fetch_one().await.map_err(StoreError::during("query unwitnessed"))
    }

    /// Every finding of a run, by site and page.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn findings(&self, run: RunId) -> Result<Findings, StoreError> {
        self.findings_of(run, "")
    }

    /// Every visit of a run, by site and page.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn visits(&self, run: RunId) -> Result<Rows<VisitRow>, StoreError> {
        self.visits_of(run, "")
    }

    /// Everything in a run that could not be looked at.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn gaps(&self, run: RunId) -> Result<Rows<GapRow>, StoreError> {
        self.gaps_of(run, "")
    }
}
