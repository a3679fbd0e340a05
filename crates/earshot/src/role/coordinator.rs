//! The coordinator: puts the targets of each run on the bus, and says when a run is complete.
//!
//! It holds no state worth keeping: what is left to do is what the store says is left to do. A coordinator that
//! starts anew publishes the targets that nobody has crawled yet once more, which changes nothing for those that are
//! under way (a crawl is decided once for each run and target).

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use crate::explain::explain;
use anyhow::Result;
use earshot_bus::Bus;
use earshot_model::{Lane, PageUrl, Run, RunId, RunState, SeedTask};
use earshot_store::Store;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// How often the store is asked how far the runs are.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How many targets are put on the bus between two looks: bounded memory for any portfolio.
const SEEDS_A_LOOK: usize = 10_000;

/// What the coordinator works with.
pub struct Coordinator {
    /// Where targets go.
    pub bus: Bus,
    /// What is known about runs.
    pub store: Store,
}

/// Coordinates until `shutdown`.
///
/// # Errors
/// None at present: a store or bus that is away is waited for.
pub async fn run(coordinator: Coordinator, shutdown: CancellationToken) -> Result<()> {
    let mut seeded: HashMap<RunId, HashSet<PageUrl>> = HashMap::new();
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while shutdown.run_until_cancelled(ticks.tick()).await.is_some() {
        match shutdown.run_until_cancelled(coordinator.look(&mut seeded)).await {
            Some(Err(error)) => warn!(error = explain(&error), "coordinator: will look again"),
            Some(Ok(())) => {}
            None => break,
        }
    }
    Ok(())
}

impl Coordinator {
    async fn look(&self, seeded: &mut HashMap<RunId, HashSet<PageUrl>>) -> Result<()> {
        let running = self.store.running().await?;
        seeded.retain(|id, _| running.iter().any(|run| run.id == *id));
        for run in running {
            self.seed(&run, seeded.entry(run.id).or_default()).await?;
            self.conclude(run).await?;
        }
        Ok(())
    }

    /// Publishes targets that were neither crawled nor published by this process.
    async fn seed(&self, run: &Run, published: &mut HashSet<PageUrl>) -> Result<()> {
        if published.len() as u64 >= run.seeds {
            return Ok(());
        }
        let lane = if run.seeds == 1 { Lane::Interactive } else { Lane::Bulk };
        for target in self.store.uncrawled(run.id, SEEDS_A_LOOK).await? {
            if published.contains(&target.start) {
                continue;
            }
            let start = target.start.clone();
            let (pages, profiles) = (run.pages_per_site, run.profiles.clone());
            self.bus.publish_seed(&SeedTask { run: run.id, target, pages, profiles, lane }).await?;
            published.insert(start);
        }
        Ok(())
    }

    async fn conclude(&self, mut run: Run) -> Result<()> {
        let progress = self.store.progress(run.id).await?;
        if self.bus.is_cancelled(run.id).await? {
            run.state = RunState::Cancelled;
        } else if progress.is_complete() {
            run.state = RunState::Complete;
        } else {
            return Ok(());
        }
        self.store.put_run(&run).await?;
        info!(run.id = %run.id, state = run.state.as_str(), pages = progress.recorded, "run ended");
        Ok(())
    }
}
