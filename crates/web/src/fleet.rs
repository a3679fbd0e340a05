//! The fleet at a moment: what waits in each lane, who works and at how much, how far runs are, and what does not move.

use earshot_bus::{Bus, BusError, Depth, Worker};
use earshot_store::{GoingRow, Store, StoreError};
use jiff::Timestamp;
use serde::Serialize;

/// The fleet at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fleet {
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

/// Why the fleet cannot be looked at.
#[derive(Debug, thiserror::Error)]
pub enum FleetError {
    /// The bus does not answer.
    #[error("the bus does not answer")]
    Bus(#[from] BusError),
    /// The store does not answer.
    #[error("the store does not answer")]
    Store(#[from] StoreError),
}

/// Who takes what waits in a stream, by the stream's name.
const TAKEN_BY: [(&str, &str); 3] = [("sites", "crawler"), ("pages", "browser"), ("visits", "recorder")];
/// Seconds after which a run counts as standing still: a page may take minutes when its site is slow.
const STILL_AFTER_S: i64 = 600;

impl Fleet {
    /// Looks.
    ///
    /// # Errors
    /// If the bus or the store does not answer.
    pub async fn look(bus: &Bus, store: &Store) -> Result<Self, FleetError> {
        let (lanes, dead_letters, workers) = tokio::try_join!(bus.depths(), bus.count_dead(), bus.workers())?;
        let runs = store.all_going().await?;
        let pages_per_minute = runs.iter().map(|run| run.last_minute).sum();
        Ok(Self { at: Timestamp::now(), pages_per_minute, dead_letters, lanes, runs, workers })
    }

    /// What does not move, a sentence each: work that nobody takes, runs without a page for a while, work that was given up.
    #[must_use]
    pub fn stuck(&self) -> Vec<String> {
        let works = |role: &str| self.workers.iter().any(|worker| worker.role == role);
        let mut stuck = Vec::new();
        for (stream, role) in TAKEN_BY {
            let waiting: u64 = self.lanes.iter().filter(|lane| lane.stream == stream).map(|lane| lane.waiting).sum();
            if waiting > 0 && !works(role) {
                stuck.push(format!("{waiting} waiting in {stream}, and no {role} says that it works"));
            }
        }
        if !self.runs.is_empty() && !works("coordinator") {
            stuck.push("runs go on, and no coordinator says that it works".to_owned());
        }
        for run in &self.runs {
            let since = self.at.as_second() - run.started;
            if run.left() > 0 && run.last_minute == 0 && since > STILL_AFTER_S {
                let (run_id, left) = (&run.run_id, run.left());
                stuck.push(format!("run {run_id}: {left} pages left, and none was recorded within the last minute"));
            }
        }
        if self.dead_letters > 0 {
            let dead = self.dead_letters;
            stuck.push(format!(
                "{dead} pieces of work were given up; `earshot dead list` tells why, `earshot dead retry` tries again"
            ));
        }
        stuck
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_move_is_said() {
        let lane = |stream, waiting| Depth { stream, lane: "bulk", waiting, in_work: 0 };
        let run = GoingRow {
            run_id: "R".into(),
            label: String::new(),
            started: 0,
            seeds: 1,
            crawled: 1,
            planned: 9,
            recorded: 4,
            unseen: 0,
            last_minute: 0,
        };
        let idle = Fleet {
            at: Timestamp::from_second(60).unwrap(),
            pages_per_minute: 0,
            dead_letters: 0,
            lanes: vec![lane("sites", 0), lane("pages", 0), lane("visits", 0)],
            runs: Vec::new(),
            workers: Vec::new(),
        };
        assert_eq!(idle.stuck(), Vec::<String>::new());
        let waits = Fleet { lanes: vec![lane("pages", 3)], runs: vec![run.clone()], dead_letters: 2, ..idle.clone() };
        let said = waits.stuck();
        assert!(said[0].starts_with("3 waiting in pages, and no browser"), "{said:?}");
        assert!(said[1].contains("no coordinator") && said[2].starts_with("2 pieces of work"), "{said:?}");
        let later = Fleet { at: Timestamp::from_second(3_600).unwrap(), runs: vec![run], ..idle };
        assert!(later.stuck().iter().any(|line| line.starts_with("run R: 5 pages left")), "{:?}", later.stuck());
    }
}
