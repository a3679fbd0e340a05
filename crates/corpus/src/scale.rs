//! What the benches measured, as they write it down and docs/scaling.md shows it.

mod capacity;
mod tables;

use serde::{Deserialize, Serialize};

pub use capacity::{Demand, demand};
pub(crate) use tables::thousands;
pub use tables::{BEGIN, END, markdown};

/// One run of `make bench`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Measured {
    /// On what.
    pub machine: Machine,
    /// How fast rows go in.
    pub insert: Option<Insert>,
    /// How fast the recorder role takes visits from the bus.
    pub recorder: Option<Drained>,
    /// The store at several sizes, smallest first.
    pub growth: Vec<Size>,
}

/// What it ran on.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Machine {
    /// Cores.
    pub cores: usize,
    /// Memory, in MB.
    pub memory_mb: u64,
    /// Processes that wanted to run when it began, over the last minute: above 0 the machine was shared.
    pub load: f64,
    /// With which priority it ran: below 0 before those others.
    #[serde(default)]
    pub nice: i8,
}

/// Rows written by `Store::put_visits`, against the same rows encoded beforehand, in turns.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Insert {
    /// Rows of a round, over all tables.
    pub rows: u64,
    /// Visits written at once.
    pub batch: usize,
    /// Rows a second of each round: what the recorder calls, and the same rows raw.
    pub rounds: Vec<(f64, f64)>,
}

/// Visits that lay on the bus, recorded by a process of its own.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Drained {
    /// How many.
    pub visits: u64,
    /// Their events.
    pub events: u64,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// CPU seconds of the recorder's process.
    pub recorder_cpu_s: f64,
    /// CPU seconds of the store's process meanwhile.
    pub store_cpu_s: f64,
    /// CPU seconds of the broker's process, publishing included.
    pub broker_cpu_s: f64,
    /// Bytes of the visits as messages.
    pub wire_bytes: u64,
    /// Bytes of evidence that was kept.
    pub evidence_bytes: u64,
}

/// The store at one size.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Size {
    /// How many events it was to have: what the size is called by.
    pub about: u64,
    /// Events in it.
    pub events: u64,
    /// Visits.
    pub visits: u64,
    /// Sites.
    pub sites: u64,
    /// Nights.
    pub nights: u32,
    /// Rows and bytes on disk of each table.
    pub tables: Vec<Table>,
    /// How long rolling one night up took, in seconds: the middle one, and the slowest.
    pub roll_up_s: (f64, f64),
    /// The most memory that the store's process held while the last night was rolled up, in MB; and before.
    pub roll_up_mb: (f64, f64),
    /// How long each question takes.
    pub questions: Vec<Question>,
}

/// One table.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub table: String,
    /// Rows in active parts.
    pub rows: u64,
    /// Bytes on disk of those.
    pub bytes: u64,
}

/// What the names of the command line's questions begin with; those of dashboards begin with theirs.
pub const STATS: &str = "earshot stats ";

/// One question.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Question {
    /// What it is called: who asks, and for what.
    pub name: String,
    /// How often it was asked.
    pub asked: usize,
    /// Half of the answers were there by then, in ms.
    pub p50_ms: f64,
    /// 95 % of the answers were there by then, in ms.
    pub p95_ms: f64,
}

impl Measured {
    /// Takes in what was measured of one size, in place of what was known of it.
    pub fn keep(&mut self, size: Size) {
        self.growth.retain(|known| known.about != size.about);
        self.growth.push(size);
        self.growth.sort_by_key(|known| known.about);
    }
}

impl Insert {
    /// The ratio of each round, sorted.
    #[must_use]
    pub fn ratios(&self) -> Vec<f64> {
        let mut ratios: Vec<f64> = self.rounds.iter().map(|(ours, raw)| ours / raw).collect();
        ratios.sort_by(f64::total_cmp);
        ratios
    }
}

impl Size {
    /// Bytes on disk of a table for each row; 0 if it is empty.
    #[must_use]
    pub fn bytes_a_row(&self, table: &str) -> f64 {
        let of = self.tables.iter().find(|one| one.table == table);
        of.filter(|one| one.rows > 0).map_or(0.0, |one| one.bytes as f64 / one.rows as f64)
    }

    /// Bytes on disk of a table for each of so many things.
    #[must_use]
    pub fn bytes_for(&self, table: &str, each: u64) -> f64 {
        let of = self.tables.iter().find(|one| one.table == table);
        of.map_or(0.0, |one| one.bytes as f64 / each.max(1) as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_kept_once_and_in_its_place() {
        let mut measured = Measured::default();
        for (about, events) in [(10_000_000, 1), (1_000_000, 2), (100_000_000, 3), (10_000_000, 4)] {
            measured.keep(Size { about, events, ..Size::default() });
        }
        let known: Vec<(u64, u64)> = measured.growth.iter().map(|size| (size.about, size.events)).collect();
        assert_eq!(known, [(1_000_000, 2), (10_000_000, 4), (100_000_000, 3)]);
    }
}
