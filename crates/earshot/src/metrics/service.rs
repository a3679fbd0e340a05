//! Numbers of the whole service, from one question to the store and the broker's own account: they are right whoever
//! does the work, and whatever has crashed.

use std::collections::BTreeMap;

use anyhow::Result;
use earshot_bus::{Bus, Depth, Worker};
use earshot_store::{GoingRow, Store};
use prometheus_client::{
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};

use super::Labels;

/// What is told when the numbers are asked for; nothing while they cannot be read.
#[derive(Clone, Debug, Default)]
pub struct Numbers {
    waiting: Family<Labels<2>, Gauge>,
    in_work: Family<Labels<2>, Gauge>,
    workers: Family<Vec<(&'static str, String)>, Gauge>,
    dead: Family<Labels<0>, Gauge>,
    running: Family<Labels<0>, Gauge>,
    pages_left: Family<Labels<0>, Gauge>,
}

impl Numbers {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let all = Self::default();
        registry.register("earshot_queue_waiting", "Messages that nobody has taken yet", all.waiting.clone());
        registry.register("earshot_queue_in_work", "Messages that somebody is at", all.in_work.clone());
        registry.register("earshot_workers", "Processes that say they are there, by role", all.workers.clone());
        registry.register("earshot_dead_letters", "Pieces of work that were given up and are kept", all.dead.clone());
        registry.register("earshot_runs_running", "Runs that go on", all.running.clone());
        registry.register(
            "earshot_pages_left",
            "Visits that crawls have asked for and nobody has recorded",
            all.pages_left.clone(),
        );
        all
    }

    /// Reads them anew.
    ///
    /// # Errors
    /// If the bus or the store does not answer; the old numbers are for the caller to [`Numbers::forget`].
    pub async fn read(&self, bus: &Bus, store: &Store) -> Result<()> {
        let (depths, dead, workers) = tokio::try_join!(bus.depths(), bus.count_dead(), bus.workers())?;
        let going = store.all_going().await?;
        self.tell(&depths, dead, &workers, &going);
        Ok(())
    }

    /// All at once: others may be reading too.
    pub(super) fn tell(&self, depths: &[Depth], dead: u64, workers: &[Worker], going: &[GoingRow]) {
        let mut roles = BTreeMap::<_, u64>::new();
        for worker in workers {
            *roles.entry(worker.role.clone()).or_default() += 1;
        }
        self.forget();
        for depth in depths {
            let labels = [("stream", depth.stream), ("lane", depth.lane)];
            set(&self.waiting.get_or_create(&labels), depth.waiting);
            set(&self.in_work.get_or_create(&labels), depth.in_work);
        }
        for (role, workers) in roles {
            set(&self.workers.get_or_create(&vec![("role", role)]), workers);
        }
        set(&self.dead.get_or_create(&[]), dead);
        set(&self.running.get_or_create(&[]), going.len() as u64);
        set(&self.pages_left.get_or_create(&[]), going.iter().map(GoingRow::left).sum());
    }

    /// A number that is not known is not told: an old one would look like the truth.
    pub fn forget(&self) {
        self.waiting.clear();
        self.in_work.clear();
        self.workers.clear();
        self.dead.clear();
        self.running.clear();
        self.pages_left.clear();
    }
}

fn set(gauge: &Gauge, value: u64) {
    gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
}
