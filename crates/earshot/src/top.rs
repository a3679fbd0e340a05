//! A view of the fleet: what waits in each lane, who works and at how much, how far runs are.

mod cells;
mod draw;
mod live;

use anyhow::Result;
use earshot_bus::{Bus, Depth, Worker};
use earshot_store::{GoingRow, Store};
use jiff::Timestamp;
use serde::Serialize;

pub use live::live;

use crate::terminal;
use cells::Cells;

/// The fleet at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Snapshot {
    /// When.
    pub at: Timestamp,
    /// Visits that were recorded within the last minute, of runs that go on.
    pub pages_per_minute: u64,
    /// Pieces of work that were given up and are kept.
    pub dead_letters: u64,
    /// What waits, and what somebody is at.
    pub lanes: Vec<Depth>,
    /// Runs that go on.
    pub runs: Vec<GoingRow>,
    /// Who works.
    pub workers: Vec<Worker>,
}

impl Snapshot {
    /// Looks.
    ///
    /// # Errors
    /// If the bus or the store does not answer.
    pub async fn take(bus: &Bus, store: &Store) -> Result<Self> {
        let (lanes, dead_letters, workers) = tokio::try_join!(bus.depths(), bus.count_dead(), bus.workers())?;
        let runs = store.all_going().await?;
        let pages_per_minute = runs.iter().map(|run| run.last_minute).sum();
        Ok(Self { at: Timestamp::now(), pages_per_minute, dead_letters, lanes, runs, workers })
    }
}

/// Tables for people, one below the other.
#[must_use]
pub fn text(snapshot: &Snapshot) -> String {
    let mut text = format!("{}\n", cells::headline(snapshot));
    for Cells { title, columns, rows, none } in cells::all(snapshot) {
        let body = match rows.is_empty() {
            true => none.to_owned(),
            false => {
                let mut table = terminal::table(false);
                table.set_header(columns);
                table.add_rows(rows);
                table.to_string()
            }
        };
        text.push_str(&format!("\n{title}\n{body}\n"));
    }
    text
}

#[cfg(test)]
mod tests;
