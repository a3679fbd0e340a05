//! What is asked about one site of a run.

use clickhouse::query::Query;
use earshot_model::{Run, RunId};

use crate::{
    AskedRow, ChoiceRow, ContactRow, CoverageRow, Findings, GapRow, HistoryRow, LoadRow, Rows, StateRow, Store,
    StoreError, StoredRow, TypedFieldRow, UnvisitedRow, VisitRow, named, rows::RunRow,
};

impl Store {
    /// The findings of one site in a run, by page.
    ///
    /// # Errors
    /// As [`Store::findings`].
    pub fn findings_of(&self, run: RunId, site: &str) -> Result<Findings, StoreError> {
        self.rows("query findings", self.about(named::FINDINGS, run).param("site", site)).map(Findings)
    }

    /// The visits of one site in a run, by page.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`], as for all that follow.
    pub fn visits_of(&self, run: RunId, site: &str) -> Result<Rows<VisitRow>, StoreError> {
        self.rows("query visits", self.about(named::VISITS, run).param("site", site))
    }

    /// Everything on one site in a run that could not be looked at.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn gaps_of(&self, run: RunId, site: &str) -> Result<Rows<GapRow>, StoreError> {
        self.rows("query gaps", self.about(named::GAPS, run).param("site", site))
    }

    /// What the visits of one site in a run asked for and sent, into which fields was typed, and which hosts are other names;
    /// visit by visit.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn asked_of(&self, run: RunId, site: &str) -> Result<Rows<AskedRow>, StoreError> {
        self.rows("query asked", self.about(named::ASKED, run).param("site", site))
    }

    /// When each vendor was asked for something on each visit of one site in a run.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn contacts_of(&self, run: RunId, site: &str) -> Result<Rows<ContactRow>, StoreError> {
        self.rows("query contacts", self.about(named::CONTACTS, run).param("site", site))
    }

    /// How much of one site of a run was seen; no row if the run knows nothing of it.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn coverage_of(&self, run: RunId, site: &str) -> Result<Rows<CoverageRow>, StoreError> {
        self.rows("query coverage", self.about(named::COVERAGE, run).param("site", site))
    }

    /// What each tracker does on each page of one site of a run in each state of consent.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn states_of(&self, run: RunId, site: &str) -> Result<Rows<StateRow>, StoreError> {
        self.rows("query states", self.within(site, self.about(named::STATES, run).param("site", site)))
    }

    /// What each page of one site of a run asks its visitors, and what answering took.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn choices_of(&self, run: RunId, site: &str) -> Result<Rows<ChoiceRow>, StoreError> {
        self.rows("query choices", self.within(site, self.about(named::CHOICES, run).param("site", site)))
    }

    /// Targets on one site of a run of which the crawl chose no page to visit.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn unvisited_of(&self, run: RunId, site: &str) -> Result<Rows<UnvisitedRow>, StoreError> {
        self.rows("query unvisited", self.about(named::UNVISITED, run).param("site", site))
    }

    /// Who made the pages of one site of a run ask whom.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn loads_of(&self, run: RunId, site: &str) -> Result<Rows<LoadRow>, StoreError> {
        self.rows("query loads", self.about(named::LOADS, run).param("site", site))
    }

    /// What the pages of one site of a run leave in cookies and storage.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn stored_of(&self, run: RunId, site: &str) -> Result<Rows<StoredRow>, StoreError> {
        self.rows("query stored", self.about(named::STORED, run).param("site", site))
    }

    /// Into which fields of the pages of one site of a run was typed.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn typed_of(&self, run: RunId, site: &str) -> Result<Rows<TypedFieldRow>, StoreError> {
        self.rows("query typed_of", self.about(named::TYPED_OF, run).param("site", site))
    }

    /// Narrows down what the views of consent read: a filter on a view reaches not every table behind it. It changes no answer, and
    /// does nothing on a cluster.
    fn within(&self, site: &str, query: Query) -> Query {
        let is_domain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        // What is no domain has no rows, and is not put into a text that is read as SQL.
        if site.is_empty() || !site.bytes().all(is_domain) {
            return query;
        }
        let filter = |table| format!("'{}.{table}':'site = \\'{site}\\''", self.database());
        let filters = ["findings", "gaps", "visits"].map(filter).join(",");
        query
            .with_setting("additional_table_filters", format!("{{{filters}}}"))
            .with_setting("optimize_move_to_prewhere_if_final", "1")
    }

    /// What the latest complete scans that have visited a site came to, newest first; a scan that has just ended may be missing
    /// until its numbers are added up.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn site_history(&self, site: &str, limit: u64) -> Result<Rows<HistoryRow>, StoreError> {
        self.rows(
            "query site_history",
            self.client().query(named::SITE_HISTORY).param("site", site).param("limit", limit),
        )
    }

    /// The sites of which a run has visits, by name.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn sites(&self, run: RunId) -> Result<Vec<String>, StoreError> {
        self.about(named::SITES, run).fetch_all().await.map_err(StoreError::during("query sites"))
    }

    /// The latest complete scan that has seen a page of the site.
    ///
    /// # Errors
    /// As [`Store::runs`].
    pub async fn last_scan_of(&self, site: &str) -> Result<Option<Run>, StoreError> {
        let query = self.client().query(named::LAST_SCAN_OF).param("site", site);
        self.rows::<RunRow>("query last_scan_of", query)?.next().await?.map(Run::try_from).transpose()
    }
}
