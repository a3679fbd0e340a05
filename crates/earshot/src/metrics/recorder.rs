//! Numbers of a recorder.

use std::time::Duration;

use earshot_store::Judged;
use prometheus_client::{
    metrics::{counter::Counter, histogram::Histogram},
    registry::Registry,
};

use super::{Counters, Work};

/// How long one batch may take: judging of the largest takes seconds, an insert that the store answers late a minute.
pub(super) const BOUND: Duration = Duration::from_secs(180);
/// Upper bounds of how long batches take, in seconds.
const SECONDS: [f64; 8] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0];

/// Numbers of a recorder.
#[derive(Clone, Debug)]
pub struct Recorder {
    /// What it does.
    pub work: Work,
    batches: Counter,
    seconds: Histogram,
    rows: Counters,
}

impl Recorder {
    pub(super) fn register(registry: &mut Registry, work: Work) -> Self {
        let recorder =
            Self { work, batches: Counter::default(), seconds: Histogram::new(SECONDS), rows: Counters::default() };
        registry.register("earshot_batches_recorded", "Batches of facts that were recorded", recorder.batches.clone());
        registry.register(
            "earshot_batch_seconds",
            "How long batches took, those that failed too",
            recorder.seconds.clone(),
        );
        registry.register("earshot_rows_written", "Rows that the store took, by table", recorder.rows.clone());
        recorder
    }

    /// A batch of facts took so long, and was recorded or not.
    pub fn batch(&self, facts: usize, took: Duration, recorded: &anyhow::Result<()>) {
        self.seconds.observe(took.as_secs_f64());
        match recorded {
            Ok(()) => {
                self.batches.inc();
                self.work.done(facts);
            }
            Err(error) => self.work.failed(facts, error),
        }
    }

    /// The store took these visits.
    pub fn visits(&self, visits: &[Judged]) {
        let sum = |of: fn(&Judged) -> usize| visits.iter().map(of).sum();
        self.rows("visits", visits.len());
        self.rows("events", sum(|judged| judged.visit.events.len()));
        self.rows("gaps", sum(|judged| judged.visit.gaps.len() + judged.gaps_added.len()));
        self.rows("findings", sum(|judged| judged.findings.len()));
    }

    /// The store took these crawls.
    pub fn crawls(&self, crawls: usize) {
        self.rows("seeds", crawls);
    }

    fn rows(&self, table: &'static str, rows: usize) {
        self.rows.get_or_create(&[("table", table)]).inc_by(rows as u64);
    }
}
