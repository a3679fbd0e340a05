//! What is asked about one finding and its visit.

use earshot_model::{Finding, FindingId, RunId, VisitId};

use crate::{ConductRow, EntryRow, Findings, Rows, SentRow, StepRow, Store, StoreError, named};

impl Store {
    /// The findings whose id begins with `id`; at most two, for more than one is too many.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`]; [`StoreError::Row`] for a row that is no finding.
    pub async fn finding(&self, id: &str) -> Result<Vec<Finding>, StoreError> {
        let query = self.client().query(named::FINDING).param("id", id);
        Findings(self.rows("query finding", query)?).all().await
    }

    /// One finding of a run; `None` if there is none.
    ///
    /// # Errors
    /// As [`Store::finding`].
    pub async fn finding_of(&self, run: RunId, finding: FindingId) -> Result<Option<Finding>, StoreError> {
        let query = self.about(named::FINDING_OF, run).param("finding", finding.to_string());
        Findings(self.rows("query finding_of", query)?).next().await
    }

    /// What was typed on a visit, in order.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn entries(&self, run: RunId, visit: VisitId) -> Result<Rows<EntryRow>, StoreError> {
        self.rows("query entries", self.about(named::ENTRIES, run).param("visit", visit.to_string()))
    }

    /// What happened on a visit that matters for consent, in order.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn steps(&self, run: RunId, visit: VisitId) -> Result<Rows<StepRow>, StoreError> {
        self.rows("query steps", self.about(named::STEPS, run).param("visit", visit.to_string()))
    }

    /// What the scripts of a party listened to and read on a visit, in order.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn conduct(&self, run: RunId, visit: VisitId, vendor: &str) -> Result<Rows<ConductRow>, StoreError> {
        let query = self.about(named::CONDUCT, run).param("visit", visit.to_string()).param("vendor", vendor);
        self.rows("query conduct", query)
    }

    /// By which means requests and frames of a visit went out.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn sent(&self, run: RunId, visit: VisitId, events: &[u32]) -> Result<Rows<SentRow>, StoreError> {
        let query = self.about(named::SENT, run).param("visit", visit.to_string()).param("events", events);
        self.rows("query sent", query)
    }
}
