//! Roll-ups: what statistics are drawn from.
//!
//! The work is done by the materialised views of `migrations/0008_rollups.sql`; here it is asked for.

use clickhouse::Row;
use earshot_model::RunId;
use serde::Deserialize;
use uuid::Uuid;

use crate::{Store, StoreError, named};

/// How many targets one slice has, about: bounds the memory that it takes.
const TARGETS_A_SLICE: u64 = 20_000;

#[derive(Row, Deserialize)]
struct Unrolled {
    run_id: String,
}

impl Store {
    /// Rolls a run up, from what its visits say now; what was rolled up before counts until that is whole. A run of which rows
    /// have left the store by their age keeps the roll-up that it has.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`]. What was written until then does not count and does not harm: try again.
    pub async fn roll_up(&self, run: RunId) -> Result<(), StoreError> {
        let expired = self.expired(run).await?;
        if expired.hides_findings() || expired.events > 0 && self.is_rolled(run).await? {
            // What is left would say less than the run has seen, and would be taken for the whole.
            tracing::warn!(run.id = %run, ?expired, "not rolled up: rows of it have left the store by their age; what was rolled up before stays");
            return Ok(());
        }
        let targets = self.run(run).await?.map_or(0, |run| run.seeds);
        let slices = u16::try_from(targets.div_ceil(TARGETS_A_SLICE).max(1)).unwrap_or(u16::MAX);
        self.roll_up_in(run, slices).await
    }

    async fn roll_up_in(&self, run: RunId, slices: u16) -> Result<(), StoreError> {
        let rollup = Uuid::new_v4();
        for slice in 0..slices {
            let query = self.about(named::ROLL_UP, run).param("rollup", rollup.to_string());
            let query = query.param("slice", slice).param("slices", slices);
            query.execute().await.map_err(StoreError::during("roll up"))?;
        }
        if self.is_cluster() {
            // A node that has not heard of this roll-up yet would delete its rows. What is left never counts.
            return Ok(());
        }
        // The row that makes them count goes last: who is stopped in between leaves nothing that is never found.
        for sweep in [named::SITE_NIGHTS_SWEEP, named::VENDOR_SITES_SWEEP, named::ROLLUPS_SWEEP] {
            let swept = self.about(sweep, run).execute().await.map_err(StoreError::during("clear roll-ups"));
            if let Err(error) = swept {
                // The next roll-up does it.
                tracing::warn!(run.id = %run, %error, "what no longer counts was not cleared away");
                break;
            }
        }
        Ok(())
    }

    async fn is_rolled(&self, run: RunId) -> Result<bool, StoreError> {
        let query = self.about(named::IS_ROLLED, run);
        let count: u64 = query.fetch_one().await.map_err(StoreError::during("query rolled"))?;
        Ok(count > 0)
    }

    /// Complete runs that are not rolled up, oldest first.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`]; [`StoreError::Row`] for a row that is no run.
    pub async fn unrolled(&self) -> Result<Vec<RunId>, StoreError> {
        let rows = self.rows::<Unrolled>("query unrolled", self.query(named::UNROLLED))?.all().await?;
        rows.into_iter().map(|row| row.run_id.parse().map_err(StoreError::row("runs"))).collect()
    }
}
