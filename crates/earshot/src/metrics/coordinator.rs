//! Numbers of a coordinator.

use std::time::Duration;

use earshot_model::RunState;
use prometheus_client::{metrics::counter::Counter, registry::Registry};

use super::{Counters, Work};

/// How long one look at all runs may take: planning a large run anew publishes all of its pages.
pub(super) const BOUND: Duration = Duration::from_secs(600);

/// Numbers of a coordinator.
#[derive(Clone, Debug)]
pub struct Coordinator {
    /// What it does: runs are its pieces of work.
    pub work: Work,
    seeds: Counter,
    pages: Counter,
    ended: Counters,
}

impl Coordinator {
    pub(super) fn register(registry: &mut Registry, work: Work) -> Self {
        let coordinator =
            Self { work, seeds: Counter::default(), pages: Counter::default(), ended: Counters::default() };
        registry.register("earshot_seeds_published", "Targets that were put on the bus", coordinator.seeds.clone());
        registry.register(
            "earshot_pages_planned_anew",
            "Pages of runs taken up again that were put on the bus",
            coordinator.pages.clone(),
        );
        registry.register("earshot_runs_ended", "Runs that ended, by state", coordinator.ended.clone());
        coordinator
    }

    /// Numbers that nobody asks for.
    #[must_use]
    pub fn unseen() -> Self {
        Self::register(&mut Registry::default(), Work::unseen(crate::cli::RoleName::Coordinator))
    }

    /// Targets were put on the bus.
    pub fn seeded(&self, targets: usize) {
        self.seeds.inc_by(targets as u64);
        self.work.pulse.beat();
    }

    /// Pages of a run that was taken up again were put on the bus.
    pub fn planned(&self, pages: usize) {
        self.pages.inc_by(pages as u64);
        self.work.pulse.beat();
    }

    /// A run ended.
    pub fn ended(&self, state: RunState) {
        self.ended.get_or_create(&[("state", state.as_str())]).inc();
        self.work.done(1);
    }
}
