//! For how long rows are kept: what leaves the store by itself, and what of a run has left.

use std::collections::HashMap;

use clickhouse::Row;
use earshot_model::RunId;
use serde::{Deserialize, Serialize};

use crate::{Store, StoreError, migrate::quoted, named};

/// Days for which rows are kept; `None` for ever.
pub type Days = Option<u32>;

/// For how long the rows of which tables are kept, each counted from when it was written; roll-ups from their night.
///
/// A row leaves when its part is merged the next time after that, not at the minute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// `events`: by far the most.
    pub events: Days,
    /// `visits`, with `gaps` and `seeds`.
    pub visits: Days,
    /// `findings`.
    pub findings: Days,
    /// `site_nights` and `vendor_sites`.
    pub rollups: Days,
}

/// For how long the rows of one table are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The table.
    pub table: &'static str,
    /// For so long.
    pub days: Days,
    expression: String,
}

/// How much of a run has left the store by its age. What has left says nothing: it must not be read as "nothing was found".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Row, Serialize, Deserialize)]
pub struct Expired {
    /// Targets whose crawl is known no more; their visits may be neither.
    pub targets: u64,
    /// Visits of which findings were recorded and none is there.
    pub findings: u64,
    /// Visits of which events were recorded and none is there.
    pub events: u64,
}

#[derive(Row, Deserialize)]
struct Ttl {
    table: String,
    ttl: String,
}

impl Retention {
    /// Every table that it is about.
    fn tables(&self) -> [Kept; 7] {
        let written = "toDateTime(recorded_at)";
        let kept = |table, from: &str, days: Days| {
            let expression = days.map_or_else(String::new, |days| format!("{from} + toIntervalDay({days})"));
            Kept { table, days, expression }
        };
        [
            kept("events", written, self.events),
            kept("visits", written, self.visits),
            kept("gaps", written, self.visits),
            kept("seeds", written, self.visits),
            kept("findings", written, self.findings),
            kept("site_nights", "night", self.rollups),
            kept("vendor_sites", "night", self.rollups),
        ]
    }
}

impl Expired {
    /// Whether what is left of findings would look cleaner than the run was.
    #[must_use]
    pub fn hides_findings(&self) -> bool {
        self.targets > 0 || self.findings > 0
    }
}

impl Store {
    /// The tables whose rows are kept for longer or shorter than this says.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn kept_otherwise(&self, retention: &Retention) -> Result<Vec<Kept>, StoreError> {
        let now = self.ttls().await?;
        let differs = |kept: &Kept| now.get(&self.stored(kept.table)).is_some_and(|ttl| *ttl != kept.expression);
        Ok(retention.tables().into_iter().filter(differs).collect())
    }

    /// Sees to it that rows are kept for as long as this says and no longer; gives back what it has changed. What is too old
    /// already leaves with the next merge of its part: nothing is rewritten at once.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`]; also for a user that may not change tables.
    pub async fn retain(&self, retention: &Retention) -> Result<Vec<Kept>, StoreError> {
        let changed = self.kept_otherwise(retention).await?;
        for Kept { table, expression, .. } in &changed {
            let action = match expression.as_str() {
                "" => "REMOVE TTL".to_owned(),
                ttl => format!("MODIFY TTL {ttl}"),
            };
            let (table, cluster) = (quoted(&self.stored(table)), self.on_cluster());
            // Nobody waits for the whole table to be rewritten.
            let text = format!("ALTER TABLE {table}{cluster} {action} SETTINGS materialize_ttl_after_modify = 0");
            self.client()
                .query_raw(&text)
                .execute()
                .await
                .map_err(StoreError::during("change how long rows are kept"))?;
        }
        Ok(changed)
    }

    /// How much of a run has left the store by its age. Nothing, where nothing ever does.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn expired(&self, run: RunId) -> Result<Expired, StoreError> {
        self.expired_of(run, "").await
    }

    /// The same for one site of the run; targets are those of the whole run.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn expired_of(&self, run: RunId, site: &str) -> Result<Expired, StoreError> {
        let ttls = self.ttls().await?;
        let ages = |table: &str| ttls.get(&self.stored(table)).is_some_and(|ttl| !ttl.is_empty());
        if !["events", "visits", "seeds", "findings"].into_iter().any(ages) {
            return Ok(Expired::default());
        }
        let query = self.about(named::EXPIRED, run).param("site", site);
        query.fetch_one().await.map_err(StoreError::during("query expired"))
    }

    /// By table, as they are stored; empty for one whose rows stay.
    async fn ttls(&self) -> Result<HashMap<String, String>, StoreError> {
        let rows = self.rows::<Ttl>("query ttls", self.query(named::TTLS))?.all().await?;
        Ok(rows.into_iter().map(|row| (row.table, row.ttl)).collect())
    }
}
