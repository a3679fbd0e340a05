//! What two runs are compared by, some sites at a time: a run may have more of them than fit into memory.

use clickhouse::{Row, RowOwned, RowRead};
use earshot_model::{Run, RunId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Rows, Store, StoreError, named, rows::RunRow};

/// One visit, with what it could not look at.
#[derive(Clone, Debug, PartialEq, Eq, Row, Serialize, Deserialize)]
pub struct ComparedVisit {
    /// Registrable domain of the page.
    pub site: String,
    /// The page.
    pub page: String,
    /// Its id.
    #[serde(with = "clickhouse::serde::uuid")]
    pub visit_id: Uuid,
    /// How it behaved.
    pub profile: String,
    /// `seen`, `blocked`, `failed`, `refused` or `absent`.
    pub class: String,
    /// How it ended.
    pub outcome: String,
    /// By which rules it was judged; empty if nobody noted it.
    pub ruleset: String,
    /// Kinds of its gaps, each once.
    pub gaps: Vec<String>,
    /// Whether something was typed.
    pub typed: bool,
}

/// One finding of a visit that saw its page.
#[derive(Clone, Debug, PartialEq, Row, Serialize, Deserialize)]
pub struct ComparedFinding {
    /// Registrable domain of the page.
    pub site: String,
    /// The page.
    pub page: String,
    /// The visit.
    #[serde(with = "clickhouse::serde::uuid")]
    pub visit_id: Uuid,
    /// Its id.
    #[serde(with = "clickhouse::serde::uuid")]
    pub finding_id: Uuid,
    /// What is said.
    pub rule: String,
    /// Catalogue id, or registrable domain of an unknown party.
    pub vendor: String,
    /// What people call it.
    pub vendor_name: String,
    /// What it does.
    pub category: String,
    /// `none`, `unknown`, `tracker` or `content`.
    pub exposure: String,
    /// First contact: ms since navigation start.
    pub first_contact_ms: f64,
    /// Address of the request that proves it.
    pub proof_url: String,
    /// How much it hears of what is typed; empty where that is not known.
    pub grade: String,
}

/// What a tracker does on a page in each state of consent.
#[derive(Clone, Debug, PartialEq, Eq, Row, Serialize, Deserialize)]
pub struct ComparedState {
    /// Registrable domain of the page.
    pub site: String,
    /// The page.
    pub page: String,
    /// Catalogue id, or registrable domain of a party that only a filter list knows.
    pub vendor: String,
    /// What people call it.
    pub vendor_name: String,
    /// What it does.
    pub category: String,
    /// `tracker` or `content`.
    pub exposure: String,
    /// What its behaviour towards a choice comes to: the view `consent_states` says what the words mean.
    pub gating: String,
    /// `ignored`, `honoured` or `unknown`.
    pub gpc: String,
    /// Whether the time before a choice was watched whole.
    pub before_whole: bool,
    /// Whether the time after a refusal was watched whole.
    pub reject_whole: bool,
}

/// A site of which a crawl chose no page.
#[derive(Clone, Debug, PartialEq, Eq, Row, Serialize, Deserialize)]
pub struct ComparedUnvisited {
    /// Registrable domain of where the crawl started.
    pub site: String,
    /// `blocked`, `failed`, `refused` or `absent`.
    pub why: String,
}

/// Sites by name, from the first to the last, both among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sites {
    /// The first.
    pub first: String,
    /// The last.
    pub last: String,
}

#[derive(Row, Deserialize)]
struct SiteName {
    site: String,
}

impl Store {
    /// The latest complete scan of the same command before `run`.
    ///
    /// # Errors
    /// As [`Store::runs`].
    pub async fn previous(&self, run: &Run) -> Result<Option<Run>, StoreError> {
        let query = self.about(named::PREVIOUS, run.id).param("digest", &run.digest);
        self.rows::<RunRow>("query previous", query)?.next().await?.map(Run::try_from).transpose()
    }

    /// The latest scan, whatever its state.
    ///
    /// # Errors
    /// As [`Store::runs`].
    pub async fn last_scan(&self) -> Result<Option<Run>, StoreError> {
        let query = self.client().query(named::LAST_SCAN);
        self.rows::<RunRow>("query last_scan", query)?.next().await?.map(Run::try_from).transpose()
    }

    /// Sites of either of two runs, by name: the next `limit` after `after`.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`], as for all that follow.
    pub async fn compare_sites(
        &self,
        (earlier, later): (RunId, RunId),
        after: &str,
        limit: u64,
    ) -> Result<Vec<String>, StoreError> {
        let query = self.client().query(named::COMPARE_SITES);
        let query = query.param("earlier", earlier.to_string()).param("later", later.to_string());
        let rows = self.rows::<SiteName>("query compare_sites", query.param("after", after).param("limit", limit))?;
        Ok(rows.all().await?.into_iter().map(|row| row.site).collect())
    }

    /// Visits of some sites of a run.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn compare_visits(&self, run: RunId, sites: &Sites) -> Result<Rows<ComparedVisit>, StoreError> {
        self.compared("query compare_visits", named::COMPARE_VISITS, run, sites)
    }

    /// Findings of some sites of a run.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn compare_findings(&self, run: RunId, sites: &Sites) -> Result<Rows<ComparedFinding>, StoreError> {
        self.compared("query compare_findings", named::COMPARE_FINDINGS, run, sites)
    }

    /// What trackers do on some sites of a run in each state of consent.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn compare_states(&self, run: RunId, sites: &Sites) -> Result<Rows<ComparedState>, StoreError> {
        self.compared("query compare_states", named::COMPARE_STATES, run, sites)
    }

    /// Crawls of some sites of a run that chose no page.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn compare_unvisited(&self, run: RunId, sites: &Sites) -> Result<Rows<ComparedUnvisited>, StoreError> {
        self.compared("query compare_unvisited", named::COMPARE_UNVISITED, run, sites)
    }

    fn compared<R: RowOwned + RowRead>(
        &self,
        what: &'static str,
        query: &str,
        run: RunId,
        sites: &Sites,
    ) -> Result<Rows<R>, StoreError> {
        self.rows(what, self.about(query, run).param("first", &sites.first).param("last", &sites.last))
    }
}
