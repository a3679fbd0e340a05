//! What is asked about one site of a run.

use earshot_model::{Run, RunId};

use crate::{AskedRow, ContactRow, Findings, GapRow, Rows, Store, StoreError, VisitRow, named, rows::RunRow};

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
