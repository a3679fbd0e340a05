//! The coordinator: puts the targets of each run on the bus, and says when a run is complete.
//!
//! It holds no state worth keeping: what is left to do is what the store says is left to do. A coordinator that meets a
//! run takes its work off the queues and puts what is left of it there anew, so that nothing that was lost on the way
//! is waited for. What somebody was at is done twice by that, and counts once.

use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    sync::Arc,
    time::Duration,
};

use crate::{explain::explain, metrics, telemetry::span};
use anyhow::Result;
use earshot_bus::Bus;
use earshot_evidence::{Chain, Evidence, SigningKey};
use earshot_model::{Lane, Notice, PageTask, PageUrl, Profile, Run, RunId, RunKind, RunState, SeedTask};
use earshot_store::Store;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, info, warn};

/// How often the store is asked how far the runs are.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How many targets are put on the bus between two looks: bounded memory for any portfolio.
const SEEDS_A_LOOK: usize = 10_000;
/// How many visits the store is asked about at a time.
const PAGES_A_QUESTION: usize = 1_000;
/// How many pages are put on the bus at a time.
const PUBLISHES_AT_ONCE: usize = 256;

/// What the coordinator works with.
pub struct Coordinator {
    /// Where targets go.
    pub bus: Bus,
    /// What is known about runs.
    pub store: Store,
    /// Where the chains of runs go that have ended.
    pub evidence: Evidence,
    /// What signs them.
    pub key: Arc<SigningKey>,
    /// Only this run is worked on, and the work of others is taken off the queues until they are resumed; `None` for
    /// every run.
    pub only: Option<RunId>,
    /// Names of the channels that are told what changed since the run before.
    pub channels: Vec<String>,
    /// What it tells of itself.
    pub metrics: metrics::Coordinator,
}

/// Targets of each run that this process has published.
pub type Published = HashMap<RunId, HashSet<PageUrl>>;

/// Coordinates until `shutdown`, going on from what [`Coordinator::begin`] has published.
///
/// # Errors
/// None at present: a store or bus that is away is waited for.
pub async fn run(coordinator: Coordinator, mut seeded: Published, shutdown: CancellationToken) -> Result<()> {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while shutdown.run_until_cancelled(ticks.tick()).await.is_some() {
        match shutdown.run_until_cancelled(coordinator.look(&mut seeded)).await {
            Some(Err(error)) => {
                coordinator.metrics.work.missed(&error);
                warn!(error = explain(&error), "coordinator: will look again");
            }
            Some(Ok(())) => {}
            None => break,
        }
    }
    Ok(())
}

impl Coordinator {
    /// The first look: what is left to do is on the queues when it returns, and nothing older. To be taken before the
    /// other roles of the same process begin, or they begin with work that is about to be withdrawn.
    ///
    /// # Errors
    /// If the store cannot be asked.
    pub async fn begin(&self) -> Result<Published> {
        let mut seeded = Published::new();
        self.look(&mut seeded).await?;
        Ok(seeded)
    }

    async fn look(&self, seeded: &mut Published) -> Result<()> {
        self.metrics.work.pulse.beat();
        let running = self.store.running().await?;
        self.metrics.work.set_busy(running.len());
        seeded.retain(|id, _| running.iter().any(|run| run.id == *id));
        for run in running {
            let id = run.id;
            // One run that cannot be read must not hold up the others.
            if let Err(error) = self.advance(run, seeded).await {
                self.metrics.work.missed(&error);
                warn!(run.id = %id, error = explain(&error), "coordinator: will look again");
            }
        }
        Ok(())
    }

    async fn advance(&self, run: Run, seeded: &mut Published) -> Result<()> {
        let ours = self.only.is_none_or(|only| only == run.id);
        let published = match seeded.entry(run.id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => {
                self.bus.withdraw(run.id).await?;
                if ours {
                    self.replan(&run).await?;
                }
                unknown.insert(HashSet::new())
            }
        };
        if ours {
            self.seed(&run, published).await?;
            self.conclude(run).await?;
        }
        Ok(())
    }

    /// Puts the pages on the bus that crawls have chosen and nobody has recorded: none for a new run.
    async fn replan(&self, run: &Run) -> Result<()> {
        let (lane, run_id) = (lane(run), run.id);
        let mut tasks = Vec::new();
        for (start, page, kind) in self.store.planned(run_id).await? {
            let first = PageTask { run: run_id, start, page, kind, profile: Profile::Untouched, repetition: 0, lane };
            tasks.extend(first.repeated(&run.profiles, run.repetitions));
        }
        for tasks in tasks.chunks(PAGES_A_QUESTION) {
            let ids: Vec<_> = tasks.iter().map(PageTask::visit_id).collect();
            let recorded = self.store.recorded(run_id, &ids).await?;
            let left: Vec<_> = tasks.iter().filter(|task| !recorded.contains(&task.visit_id())).cloned().collect();
            let bus = self.bus.afresh();
            // Each from a span of its own: every page belongs to the trace of its target.
            let asks = left.iter().map(|task| bus.publish_page(task).instrument(span::plan(task)));
            stream::iter(asks).map(Ok).try_for_each_concurrent(PUBLISHES_AT_ONCE, |ask| ask).await?;
            self.metrics.planned(left.len());
        }
        Ok(())
    }

    /// Publishes targets that were neither crawled nor published by this process.
    async fn seed(&self, run: &Run, published: &mut HashSet<PageUrl>) -> Result<()> {
        if published.len() as u64 >= run.seeds {
            return Ok(());
        }
        let lane = lane(run);
        let bus = self.bus.afresh();
        for target in self.store.uncrawled(run.id, SEEDS_A_LOOK).await? {
            if published.contains(&target.start) {
                continue;
            }
            let start = target.start.clone();
            let (pages, profiles, repetitions) = (run.pages_per_site, run.profiles.clone(), run.repetitions);
            let task = SeedTask { run: run.id, target, pages, profiles, lane, repetitions };
            bus.publish_seed(&task).instrument(span::seed(&task)).await?;
            self.metrics.seeded();
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
        // Before anybody is told that it has ended: who waits for that may stop us then.
        self.seal(run.id).await?;
        // Before it counts as ended: who is killed in between asks for the same notices once more.
        if run.state == RunState::Complete {
            self.notify(&run).await?;
        }
        self.store.put_run(&run).await?;
        self.metrics.ended(run.state);
        info!(run.id = %run.id, state = run.state.as_str(), pages = progress.recorded, "run ended");
        Ok(())
    }

    /// Binds the manifests of a run that has ended. Only now their order is known: several recorders write at once.
    async fn seal(&self, run: RunId) -> Result<()> {
        let (mut chain, mut rows) = (Chain::new(run), self.store.evidence(run, None, &[])?);
        while let Some(row) = rows.next().await? {
            match row.evidence.parse() {
                Ok(key) => chain.add(&key),
                Err(error) => warn!(run.id = %run, visit.id = %row.visit_id, error, "a visit is left out of the chain"),
            }
        }
        if !chain.is_empty() {
            self.evidence.seal(&chain, &self.key).await?;
        }
        Ok(())
    }

    /// Asks for a notice to each channel of what changed since the run before. What that is, the notifier works out.
    async fn notify(&self, run: &Run) -> Result<()> {
        if self.channels.is_empty() || run.kind != RunKind::Scan {
            return Ok(());
        }
        let Some(earlier) = self.store.previous(run).await? else { return Ok(()) };
        for channel in &self.channels {
            let notice = Notice { earlier: earlier.id, later: run.id, channel: channel.clone() };
            match self.bus.publish_notice(&notice).await {
                // A queue of notices that is full must not keep a run from ending.
                Err(error) if !error.retry_helps() => warn!(run.id = %run.id, channel, %error, "a notice is lost"),
                asked => asked?,
            }
        }
        Ok(())
    }
}

/// Somebody who scans one site, or looks whether something is fixed, waits for it.
fn lane(run: &Run) -> Lane {
    match run.kind {
        RunKind::Verify { .. } => Lane::Interactive,
        RunKind::Scan if run.seeds == 1 => Lane::Interactive,
        RunKind::Scan => Lane::Bulk,
    }
}
