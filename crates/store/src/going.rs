//! Runs that go on, all in one question.

use clickhouse::Row;
use serde::{Deserialize, Serialize};

use crate::{Store, StoreError, named};

/// A run that goes on, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq, Row, Serialize, Deserialize)]
pub struct GoingRow {
    /// The run.
    pub run_id: String,
    /// What people call it.
    pub label: String,
    /// When it was started, in seconds since 1970.
    pub started: i64,
    /// Targets that it has.
    pub seeds: u64,
    /// Targets that were crawled.
    pub crawled: u64,
    /// Visits that the crawls so far ask for.
    pub planned: u64,
    /// Visits that are recorded.
    pub recorded: u64,
    /// Of those, visits that met a wall, failed or were refused.
    pub unseen: u64,
    /// Visits that were recorded within the last minute.
    pub last_minute: u64,
}

impl GoingRow {
    /// Visits that are asked for and not recorded.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.planned.saturating_sub(self.recorded)
    }
}

impl Store {
    /// The runs that go on, oldest first, and how far each is.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn all_going(&self) -> Result<Vec<GoingRow>, StoreError> {
        self.rows("query going", self.query(named::GOING))?.all().await
    }
}
