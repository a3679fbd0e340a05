//! The coordinator: puts the targets of each run on the bus, and says when a run is complete.
//!
//! Any number may run: one of them holds the lease, the others wait for it. It holds no state worth keeping: what is left
//! to do is what the store says is left to do. A coordinator that meets a run takes its work off the queues and puts what
//! is left of it there anew, so that nothing that was lost on the way is waited for. What somebody was at is done twice
//! by that, and counts once. A run that is paused has nothing on the queues, and is planned anew when it goes on.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
    time::Duration,
};

use super::scheduler::Scheduler;
use crate::{explain::explain, metrics, telemetry::span};
use anyhow::Result;
use earshot_bus::{Bus, Lease, Signal, topology::SITES};
use earshot_evidence::{Chain, Evidence, SigningKey};
use earshot_model::{Notice, PageTask, PageUrl, Profile, Run, RunId, RunKind, RunState, SeedTask};
use earshot_store::{Store, StoreError};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, info, warn};

/// The lease that the active coordinator holds.
pub const LEASE: &str = "coordinator";
/// How often the store is asked how far the runs are.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How often a coordinator that is not active asks for the lease: nobody announces that it is free.
const ASK_EVERY: Duration = Duration::from_secs(1);
/// How many targets are put on the bus between two looks: bounded memory for any portfolio.
const SEEDS_A_LOOK: usize = 2_000;
/// While so many targets wait for a crawler, no more are put there.
const SITES_AHEAD: u64 = 20_000;
/// How many crawls the store is asked about at a time.
const CRAWLS_A_QUESTION: usize = 500;
/// How many visits the store is asked about at a time.
const PAGES_A_QUESTION: usize = 1_000;
/// How many targets or pages are put on the bus at a time.
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
    /// Starts crawls when they are due.
    pub scheduler: Option<Scheduler>,
    /// Names of the channels that are told what changed since the run before.
    pub channels: Vec<String>,
    /// Who we are, for people who look who is active.
    pub name: String,
    /// Whether nobody else can be active: the bus is our own.
    pub alone: bool,
    /// What it tells of itself.
    pub metrics: metrics::Coordinator,
}

/// What an active coordinator remembers of the runs that go on.
#[derive(Debug, Default)]
pub struct Term {
    runs: HashMap<RunId, Course>,
    /// Whether everything that is complete was rolled up.
    rolled: bool,
}

/// How far a run's targets are on the bus.
#[derive(Debug, Default)]
struct Course {
    /// What it was told to do when it was planned: changes with each word.
    told: u64,
    /// The last target that was published.
    last: Option<PageUrl>,
    /// Whether all of them were.
    seeded: bool,
}

/// The active coordinator's lease, and what it has seen so far.
pub type Begun = Option<(Lease, Term)>;

/// Coordinates until `shutdown`, going on from what [`Coordinator::begin`] has published.
///
/// # Errors
/// None at present: a store or bus that is away is waited for.
pub async fn run(coordinator: Coordinator, mut begun: Begun, shutdown: CancellationToken) -> Result<()> {
    while !shutdown.is_cancelled() {
        let active = match begun.take() {
            Some(active) => Some(active),
            None => coordinator.stand(&shutdown).await,
        };
        if let Some((lease, term)) = active {
            coordinator.lead(&lease, term, &shutdown).await;
            lease.release().await;
        }
    }
    Ok(())
}

impl Coordinator {
    /// Becomes active and takes the first look, if nobody else can be: what is left to do is on the queues when it returns,
    /// and nothing older. To be done before the other roles of the same process begin, or they begin with work that is
    /// about to be withdrawn.
    ///
    /// # Errors
    /// If the store or the bus cannot be asked.
    pub async fn begin(&self) -> Result<Begun> {
        if !self.alone {
            return Ok(None);
        }
        // Whoever had it has died: the bus is ours, and we have just come.
        let Some(lease) = self.bus.lease(LEASE, &self.name, true).await? else { return Ok(None) };
        let mut term = Term::default();
        self.look(&mut term).await?;
        Ok(Some((lease, term)))
    }

    /// Waits until the lease is ours.
    async fn stand(&self, shutdown: &CancellationToken) -> Option<(Lease, Term)> {
        loop {
            self.metrics.work.pulse.beat();
            match shutdown.run_until_cancelled(self.bus.lease(LEASE, &self.name, false)).await? {
                Ok(Some(lease)) => {
                    info!(coordinator = self.name, "this coordinator is active");
                    return Some((lease, Term::default()));
                }
                Ok(None) => {}
                Err(error) => {
                    self.metrics.work.bus_failed();
                    warn!(%error, "coordinator: the lease cannot be asked for; will ask again");
                }
            }
            shutdown.run_until_cancelled(tokio::time::sleep(ASK_EVERY)).await?;
        }
    }

    /// Looks after the runs until the lease is lost or `shutdown`.
    async fn lead(&self, lease: &Lease, mut term: Term, shutdown: &CancellationToken) {
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let looking = async {
            loop {
                ticks.tick().await;
                if let Err(error) = self.look(&mut term).await {
                    self.metrics.work.missed(&error);
                    warn!(error = explain(&error), "coordinator: will look again");
                }
            }
        };
        tokio::select! {
            () = looking => {}
            () = lease.lost().cancelled() => warn!(coordinator = self.name, "this coordinator is not active any more"),
            () = shutdown.cancelled() => {}
        }
    }

    async fn look(&self, term: &mut Term) -> Result<()> {
        self.metrics.work.pulse.beat();
        if let Some(scheduler) = &self.scheduler {
            scheduler.tick(Timestamp::now()).await;
        }
        let open = self.store.running().await?;
        self.metrics.work.set_busy(open.len());
        term.runs.retain(|id, _| open.iter().any(|run| run.id == *id));
        for run in open {
            let id = run.id;
            // One run that cannot be read must not hold up the others.
            if let Err(error) = self.advance(run, term).await {
                self.metrics.work.missed(&error);
                warn!(run.id = %id, error = explain(&error), "coordinator: will look again");
            }
        }
        if !std::mem::replace(&mut term.rolled, true) {
            self.roll_up().await;
        }
        Ok(())
    }

    /// Rolls up what has ended and is not: a coordinator may have died over it, or an earlier version did not.
    async fn roll_up(&self) {
        let all = async {
            for run in self.store.unrolled().await? {
                self.store.roll_up(run).await?;
                info!(run.id = %run, "run rolled up");
            }
            Ok::<_, StoreError>(())
        };
        if let Err(error) = all.await {
            warn!(%error, "coordinator: not everything is rolled up; `earshot stats rebuild` tries again");
        }
    }

    async fn advance(&self, mut run: Run, term: &mut Term) -> Result<()> {
        let ours = self.only.is_none_or(|only| only == run.id);
        let (signal, told) = self.bus.told(run.id).await?;
        let course = match term.runs.entry(run.id) {
            Entry::Occupied(known) if known.get().told == told => known.into_mut(),
            entry => {
                self.bus.withdraw(run.id).await?;
                if ours && signal == Signal::Go {
                    self.replan(&run).await?;
                }
                entry.insert_entry(Course { told, ..Course::default() }).into_mut()
            }
        };
        if !ours {
            return Ok(());
        }
        match signal {
            Signal::Cancel => self.conclude(run, RunState::Cancelled, &mut term.rolled).await,
            Signal::Pause => self.put_state(&mut run, RunState::Paused).await,
            Signal::Go => {
                self.put_state(&mut run, RunState::Running).await?;
                self.seed(&run, course).await?;
                match self.store.is_complete(run.id).await? {
                    true => self.conclude(run, RunState::Complete, &mut term.rolled).await,
                    false => Ok(()),
                }
            }
        }
    }

    async fn put_state(&self, run: &mut Run, state: RunState) -> Result<()> {
        if run.state != state {
            run.state = state;
            self.store.put_run(run).await?;
            info!(run.id = %run.id, state = state.as_str(), "run told");
        }
        Ok(())
    }

    /// Puts the pages on the bus that crawls have chosen and nobody has recorded: none for a new run.
    async fn replan(&self, run: &Run) -> Result<()> {
        let (lane, run_id) = (run.lane(), run.id);
        let mut last = None;
        loop {
            let planned = self.store.planned(run_id, last.as_ref(), CRAWLS_A_QUESTION).await?;
            let Some((start, ..)) = planned.last() else { return Ok(()) };
            last = Some(start.clone());
            let mut tasks = Vec::new();
            for (start, page, kind) in planned {
                let (profile, region) = (Profile::Untouched, run.region.clone());
                let first = PageTask { run: run_id, start, page, kind, profile, repetition: 0, lane, region };
                tasks.extend(first.repeated(&run.profiles, run.repetitions));
            }
            for tasks in tasks.chunks(PAGES_A_QUESTION) {
                let ids: Vec<_> = tasks.iter().map(PageTask::visit_id).collect();
                let recorded = self.store.recorded(run_id, &ids, true).await?;
                let left: Vec<_> = tasks.iter().filter(|task| !recorded.contains(&task.visit_id())).cloned().collect();
                let bus = self.bus.afresh();
                // Each from a span of its own: every page belongs to the trace of its target.
                let asks = left.iter().map(|task| bus.publish_page(task).instrument(span::plan(task)));
                stream::iter(asks).map(Ok).try_for_each_concurrent(PUBLISHES_AT_ONCE, |ask| ask).await?;
                self.metrics.planned(left.len());
            }
        }
    }

    /// Publishes the next targets that were neither crawled nor published in this term.
    async fn seed(&self, run: &Run, course: &mut Course) -> Result<()> {
        if course.seeded || self.bus.backlog(&SITES).await? >= SITES_AHEAD {
            return Ok(());
        }
        let (lane, pages, repetitions) = (run.lane(), run.pages_per_site, run.repetitions);
        let targets = self.store.uncrawled(run.id, course.last.as_ref(), SEEDS_A_LOOK).await?;
        let Some(last) = targets.last().map(|target| target.start.clone()) else {
            course.seeded = true;
            return Ok(());
        };
        let seed = |target| {
            let (profiles, region) = (run.profiles.clone(), run.region.clone());
            SeedTask { run: run.id, target, pages, profiles, lane, repetitions, region }
        };
        let seeds: Vec<_> = targets.into_iter().map(seed).collect();
        let bus = self.bus.afresh();
        let asks = seeds.iter().map(|task| bus.publish_seed(task).instrument(span::seed(task)));
        stream::iter(asks).map(Ok).try_for_each_concurrent(PUBLISHES_AT_ONCE, |ask| ask).await?;
        self.metrics.seeded(seeds.len());
        course.last = Some(last);
        Ok(())
    }

    /// Says that a run has ended.
    async fn conclude(&self, mut run: Run, state: RunState, rolled: &mut bool) -> Result<()> {
        run.state = state;
        // Before anybody is told that it has ended: who waits for that may stop us then.
        self.seal(run.id).await?;
        // Before it counts as ended: who is killed in between asks for the same notices once more.
        if run.state == RunState::Complete {
            if let Err(error) = self.store.roll_up(run.id).await {
                // The run is complete all the same.
                warn!(run.id = %run.id, %error, "coordinator: not rolled up; will try again");
                *rolled = false;
            }
            self.notify(&run).await?;
        }
        self.store.put_run(&run).await?;
        self.metrics.ended(run.state);
        info!(run.id = %run.id, state = run.state.as_str(), "run ended");
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
