//! On which sites a vendor is met.

use clickhouse::Row;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Scope, include};
use crate::{Store, StoreError};

const MET: &str = include_str!("../../queries/stats/met.sql");

/// A site on which a vendor is met, by the newest scan of the site.
#[derive(Clone, Debug, PartialEq, Row, Serialize, Deserialize)]
pub struct MetRow {
    /// Registrable domain.
    pub site: String,
    /// The run of that scan.
    pub run_id: String,
    /// Its night, as a date.
    pub night: String,
    /// The vendor.
    pub vendor: String,
    /// Pages on which it is contacted in any state of consent.
    pub pages: u32,
    /// Those on which it is contacted before any choice.
    pub pages_before: u32,
    /// Earliest contact before any choice, in ms since navigation start.
    pub first_contact_ms: Option<f32>,
    /// K0 to K6: the most that it hears of what is typed; empty where nobody knows.
    pub grade: String,
    /// Pages on which it is told something after a refusal.
    pub pages_rejected: u32,
    /// How it waits for consent, on the page on which it does worst.
    pub gating: String,
    /// The finding of its earliest contact.
    #[serde(with = "clickhouse::serde::uuid")]
    pub finding_id: Uuid,
    /// How many such sites there are in all.
    pub all_sites: u64,
}

impl Store {
    /// The sites on which vendors of the scope are met, worst first: `limit` of them after the first `offset`.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn met(&self, scope: &Scope, limit: u64, offset: u64) -> Result<Vec<MetRow>, StoreError> {
        let scope = Scope { limit: Some(limit), ..scope.clone() };
        let query = scope.bind(self.query(&include::expand(MET)), "").param("offset", offset);
        query.fetch_all().await.map_err(StoreError::during("query stats/met"))
    }
}
