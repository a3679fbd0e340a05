//! What the replay bench measured, as it writes it down and docs/scaling.md shows it.

mod picture;

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::scale::{Drained, Machine};
pub use picture::picture;

/// What stands before the tables in the document.
pub const BEGIN: &str = "<!-- replayed: written by make bench -->";
/// What stands behind them.
pub const END: &str = "<!-- /replayed -->";

/// What part of all cores has to be busy for them to count as the limit.
const BUSY: f64 = 0.9;

/// One run of the replay bench.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Replayed {
    /// On what.
    pub machine: Machine,
    /// How fast one recorder takes recorded visits that lie on the bus.
    pub drained: Option<Drained>,
    /// Fleets, smallest first.
    pub fleets: Vec<Fleet>,
}

/// A fleet that replayed recorded visits.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Fleet {
    /// Processes that stood for browser workers.
    pub workers: usize,
    /// Visits that were recorded.
    pub visits: u64,
    /// In so many seconds.
    pub seconds: f64,
    /// CPU seconds of the workers' processes meanwhile.
    pub workers_cpu_s: f64,
    /// CPU seconds of the recorder's.
    pub recorder_cpu_s: f64,
    /// CPU seconds of the store's.
    pub store_cpu_s: f64,
    /// CPU seconds of the broker's.
    pub broker_cpu_s: f64,
}

impl Fleet {
    /// Pages a second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.visits as f64 / self.seconds.max(0.001)
    }

    /// Cores that each class of processes kept busy, with what the class is called.
    #[must_use]
    pub fn cores(&self) -> [(&'static str, f64); 4] {
        let cpu_s = [
            ("workers", self.workers_cpu_s),
            ("recorder", self.recorder_cpu_s),
            ("store", self.store_cpu_s),
            ("broker", self.broker_cpu_s),
        ];
        cpu_s.map(|(name, cpu_s)| (name, cpu_s / self.seconds.max(0.001)))
    }

    fn busy(&self) -> f64 {
        self.cores().iter().map(|(_, cores)| cores).sum()
    }
}

/// Everything that was measured, and what the limit was.
#[must_use]
pub fn markdown(replayed: &Replayed) -> String {
    let (mut text, machine) = (String::new(), &replayed.machine);
    let _ = writeln!(
        text,
        "Measured last on {} cores; {:.1} other processes wanted to run when it began.\n",
        machine.cores, machine.load
    );
    if let Some(drained) = &replayed.drained {
        drain(drained, &mut text);
    }
    if let Some(largest) = replayed.fleets.last() {
        fleets(replayed, &mut text);
        let _ = writeln!(text, "\n{}", limit(largest, machine.cores));
    }
    text
}

fn drain(drained: &Drained, text: &mut String) {
    let each = |total: f64| total / drained.visits.max(1) as f64;
    let _ = writeln!(
        text,
        "One recorder, visits that lie on the bus: **{:.0} pages/s**, {:.0} events and {:.1} kB of message each. CPU of a page: recorder \
         {:.2} ms, store {:.2} ms, broker {:.2} ms.\n",
        drained.visits as f64 / drained.seconds.max(0.001),
        each(drained.events as f64),
        each(drained.wire_bytes as f64) / 1e3,
        each(drained.recorder_cpu_s) * 1e3,
        each(drained.store_cpu_s) * 1e3,
        each(drained.broker_cpu_s) * 1e3,
    );
}

fn fleets(replayed: &Replayed, text: &mut String) {
    let _ = writeln!(
        text,
        "| workers | pages | pages/s | cores busy | CPU of a page: workers | recorder | store | broker |\n|--:|--:|--:|--:|--:|--:|--:|--:|"
    );
    for fleet in &replayed.fleets {
        let cpu: Vec<String> =
            fleet.cores().iter().map(|(_, cores)| format!("{:.2} ms", cores / fleet.rate() * 1e3)).collect();
        let (workers, visits, rate, busy) = (fleet.workers, fleet.visits, fleet.rate(), fleet.busy());
        let _ = writeln!(text, "| {workers} | {visits} | {rate:.0} | {busy:.2} | {} |", cpu.join(" | "));
    }
}

/// What kept the largest fleet from being faster, and what would where each class had machines of its own.
fn limit(fleet: &Fleet, cores: usize) -> String {
    let mut classes = fleet.cores();
    classes.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    let (most, share) = (classes[0].0, classes[0].1 / fleet.busy() * 100.0);
    let here = if fleet.busy() >= cores as f64 * BUSY {
        format!("the {cores} cores that all of them share; {most} take most of it ({share:.0} %)")
    } else {
        format!("not the cores ({:.2} of {cores} are busy): it is what workers and recorder wait for", fleet.busy())
    };
    let alone = |name: &str| {
        let of = fleet.cores().into_iter().find(|(class, _)| *class == name);
        of.map_or(0.0, |(_, busy)| fleet.rate() / busy)
    };
    let (store, broker) = (alone("store"), alone("broker"));
    let next = if store < broker { "the store" } else { "the broker" };
    format!(
        "The limit with {} workers: {here}. Workers and recorders can be multiplied. A core of the store takes {store:.0} pages/s, a core of \
         the broker {broker:.0}: where those have machines of their own, the limit is {next}.",
        fleet.workers
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_named_by_what_is_busy() {
        let fleet = Fleet {
            workers: 8,
            visits: 1_000,
            seconds: 2.0,
            workers_cpu_s: 0.5,
            recorder_cpu_s: 2.0,
            store_cpu_s: 1.0,
            broker_cpu_s: 0.4,
        };
        let text = limit(&fleet, 2);
        assert!(text.contains("the 2 cores that all of them share; recorder take most of it (51 %)"), "{text}");
        assert!(text.contains("A core of the store takes 1000 pages/s, a core of the broker 2500"), "{text}");
        assert!(text.ends_with("the limit is the store."), "{text}");
        assert!(limit(&fleet, 8).contains("not the cores (1.95 of 8 are busy)"));
    }
}
