//! What became of the times at which schedules were due.

use clickhouse::Row;
use earshot_model::{Run, RunId};
use serde::{Deserialize, Serialize};

use crate::{Store, StoreError, named, rows::RunRow};

/// What was decided about one time at which a schedule was due.
#[derive(Clone, Debug, PartialEq, Eq, Row, Serialize, Deserialize)]
pub struct ScheduleRow {
    /// Name of the schedule.
    pub schedule: String,
    /// When it was due: seconds since 1970, UTC; for `added`, since when it counts.
    pub due: u32,
    /// Cron expression and time zone at that time.
    pub expression: String,
    /// Of which portfolio a crawl was due.
    pub portfolio: String,
    /// `added`, `started`, `overlap`, `missed` or `failed`.
    pub outcome: String,
    /// The run that was started, or that was in the way; empty if there is none.
    pub run_id: String,
    /// What there is to say beyond that.
    pub detail: String,
}

impl Store {
    /// Writes down decisions; the same one again replaces itself.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn put_schedule_log(&self, rows: Vec<ScheduleRow>) -> Result<(), StoreError> {
        self.insert("schedule_log", "insert into schedule_log", rows).await
    }

    /// The last decisions about each schedule, at most so many of each: by schedule, newest first.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn schedule_log(&self, limit: u64) -> Result<Vec<ScheduleRow>, StoreError> {
        let query = self.client().query(named::SCHEDULE_LAST).param("limit", limit);
        self.rows("query schedule_last", query)?.all().await
    }

    /// A run other than `run` that the schedule, or the command with that digest, has started and that has not ended.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`]; [`StoreError::Row`] for a row that is no run.
    pub async fn going(&self, schedule: &str, digest: &str, run: RunId) -> Result<Option<Run>, StoreError> {
        let query = self.about(named::SCHEDULE_GOING, run).param("schedule", schedule).param("digest", digest);
        self.rows::<RunRow>("query schedule_going", query)?.next().await?.map(Run::try_from).transpose()
    }
}
