//! The recorder: takes what was found, judges it, fills the store.

mod proof;
mod under_way;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};

use self::under_way::UnderWay;
use super::away::opened;
use crate::{explain::explain, metrics, telemetry::span};
use anyhow::{Context as _, Result};
use earshot_bus::{Bus, BusError, Delivery, Fact};
use earshot_model::{Crawl, Outcome, RunId, Visit, VisitId};
use earshot_store::{Course, Judged, Store, StoreError};
use futures::future::join_all;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, Span, error, info, warn};

pub use self::proof::Prover;

/// Facts written in one batch: large enough that the store's parts stay few (each costs it the same work, however few rows it
/// has), small enough to hold in memory.
const BATCH: usize = 256;
/// Batches under way at once: one is judged while the store takes another.
const BATCHES: usize = 2;
/// Facts under way at once.
pub(super) const AT_ONCE: usize = BATCHES * BATCH;
/// How long a batch may wait for its last fact: what somebody who looks on can wait for the next number.
const BATCH_WAIT: Duration = Duration::from_millis(400);
/// Pause after the bus or the store failed: both may be away for a while.
const AFTER_FAILURE: Duration = Duration::from_secs(2);

/// From this delivery on a visit that the store refuses is given up: a proxy before the store that is being restarted
/// refuses everything for a moment.
const REFUSALS_BELIEVED: u64 = 3;
/// And from this one if the store fails in a way that nobody foresaw: after about an hour somebody would have cured it.
const AILMENTS_BELIEVED: u64 = 1_000;
/// What is said of a visit that the store does not take, or that cannot be judged. The reason lies with it among the
/// dead letters.
const UNRECORDABLE: &str = "what was seen of this page could not be recorded";

/// What the recorder works with.
pub struct Recorder {
    /// Where facts come from.
    pub bus: Bus,
    /// Where they go.
    pub store: Store,
    /// What judges visits and keeps what proves them.
    pub prover: Prover,
    /// What it tells of itself.
    pub metrics: metrics::Recorder,
}

/// A recorder at work.
struct Shift {
    recorder: Recorder,
    under_way: UnderWay,
    stop: CancellationToken,
}

/// Records until `shutdown`, and what it has taken by then. Facts are acknowledged once the store has them.
///
/// # Errors
/// If the queue cannot be opened, and that does not pass.
pub async fn run(recorder: Recorder, shutdown: CancellationToken) -> Result<()> {
    let Some(mut finished) = opened("recorder", &shutdown, || recorder.bus.finished()).await? else { return Ok(()) };
    let work = recorder.metrics.work.clone();
    let shift = Arc::new(Shift { recorder, under_way: UnderWay::default(), stop: shutdown.clone() });
    let mut batches = JoinSet::new();
    while !shutdown.is_cancelled() {
        // Not broken off: what has come already would come again only after the ack wait.
        let batch = finished.next_batch(BATCH, BATCH_WAIT).await;
        work.pulse.beat();
        match batch {
            Ok(batch) if batch.is_empty() => {}
            Ok(batch) => {
                let shift = shift.clone();
                batches.spawn(async move { shift.take(batch).await });
            }
            Err(error) => {
                work.bus_failed();
                shift.pause_after(&error.into()).await;
            }
        }
        while batches.len() >= BATCHES {
            batches.join_next().await.transpose().context("a batch")?;
        }
    }
    while let Some(batch) = batches.join_next().await {
        batch.context("a batch")?;
    }
    Ok(())
}

impl Shift {
    async fn take(&self, batch: Vec<Fact>) {
        let metrics = &self.recorder.metrics;
        let (facts, began, span) = (batch.len(), Instant::now(), span::batch(batch.len()));
        let busy = metrics.work.begin(facts);
        let recorded = self.record(batch).instrument(span).await;
        metrics.batch(facts, began.elapsed(), &recorded);
        drop(busy);
        if let Err(error) = recorded {
            self.pause_after(&error).await;
        }
    }

    async fn pause_after(&self, error: &anyhow::Error) {
        warn!(error = explain(error), "a batch was not recorded; it will be delivered again");
        let _ = self.stop.run_until_cancelled(tokio::time::sleep(AFTER_FAILURE)).await;
    }

    async fn record(&self, batch: Vec<Fact>) -> Result<()> {
        // A slow store must not make another recorder take the same facts.
        let _alive: Vec<_> = batch.iter().map(Fact::keep_alive).collect();
        // As long as the batch takes, each fact is being recorded.
        let _spans: Vec<_> = batch.iter().map(|fact| span::record(fact, &Span::current())).collect();
        let (mut visits, mut crawls) = (Vec::new(), Vec::new());
        for fact in batch {
            match fact {
                Fact::Visit(delivery) => visits.push(delivery),
                Fact::Crawl(delivery) => crawls.push(delivery),
            }
        }
        let claim = self.under_way.claim(visits.iter().map(|delivery| delivery.item.id()));
        let (visits, elsewhere) = visits.into_iter().partition(|delivery| claim.holds(delivery.item.id()));
        let (visits, crawls, elsewhere) = tokio::join!(self.visits(visits), self.crawls(crawls), ask_again(elsewhere));
        let all = visits.and(crawls).and(elsewhere);
        if all.is_err() {
            span::failed(&Span::current(), "not recorded");
        }
        all
    }

    async fn visits(&self, deliveries: Vec<Delivery<Visit>>) -> Result<()> {
        let visits: Vec<Visit> = deliveries.iter().map(|delivery| delivery.item.clone()).collect();
        match self.put_visits(visits).await {
            Err(error) if !is_passing(&error) => self.one_by_one(deliveries).await,
            recorded => settle(deliveries, recorded).await,
        }
    }

    /// A batch that may never be recorded, or of which some evidence cannot be kept, is taken apart, so that one visit
    /// cannot hold up all the others for ever.
    async fn one_by_one(&self, deliveries: Vec<Delivery<Visit>>) -> Result<()> {
        let mut all = Ok(());
        for delivery in deliveries {
            let settled = match self.put_visits(vec![delivery.item.clone()]).await {
                Err(error) if delivery.attempt >= believed_from(&error) => self.give_up(delivery, error).await,
                recorded => settle(vec![delivery], recorded).await,
            };
            // The others still have their turn.
            all = all.and(settled);
        }
        all
    }

    /// Writes down that the visit could not be recorded, so that its run can end, and buries it. If the store does not
    /// take that either, the fault is not the visit's: it is delivered again.
    async fn give_up(&self, delivery: Delivery<Visit>, error: anyhow::Error) -> Result<()> {
        let bare = Judged {
            visit: bare(&delivery.item),
            findings: Vec::new(),
            events: Vec::new(),
            gaps_added: Vec::new(),
            course: Course::default(),
            evidence: None,
            ruleset: self.recorder.prover.ruleset(),
        };
        let visit = delivery.item.id();
        match self.recorder.store.put_visits(std::slice::from_ref(&bare)).await {
            Ok(()) => {
                error!(visit.id = %visit, error = explain(&error), "a visit cannot be recorded");
                self.recorder.metrics.work.exhausted();
                Ok(delivery.bury(&explain(&error)).await?)
            }
            Err(_) => settle(vec![delivery], Err(error)).await,
        }
    }

    async fn put_visits(&self, visits: Vec<Visit>) -> Result<()> {
        let new = self.only_new(visits).await?;
        if !new.is_empty() {
            // A row in the store means that the evidence is there.
            let judged = self.recorder.prover.prove_all(new).await?;
            self.recorder.store.put_visits(&judged).await?;
            self.recorder.metrics.visits(&judged);
            info!(visits = judged.len(), "recorded");
        }
        Ok(())
    }

    /// A page that was visited twice counts once: the first visit that is recorded stays.
    async fn only_new(&self, visits: Vec<Visit>) -> Result<Vec<Visit>> {
        let mut runs: HashMap<RunId, Vec<VisitId>> = HashMap::new();
        for visit in &visits {
            runs.entry(visit.task.run).or_default().push(visit.id());
        }
        let mut known = HashSet::new();
        for (run, ids) in &runs {
            known.extend(self.recorder.store.recorded(*run, ids, false).await?);
        }
        Ok(visits.into_iter().filter(|visit| known.insert(visit.id())).collect())
    }

    async fn crawls(&self, deliveries: Vec<Delivery<Crawl>>) -> Result<()> {
        let crawls: Vec<Crawl> = deliveries.iter().map(|delivery| delivery.item.clone()).collect();
        let put = if crawls.is_empty() { Ok(()) } else { self.recorder.store.put_crawls(&crawls).await };
        if put.is_ok() {
            self.recorder.metrics.crawls(crawls.len());
        }
        settle(deliveries, put.map_err(Into::into)).await
    }
}

/// The visit without anything that was seen: not clean, but lost.
fn bare(visit: &Visit) -> Visit {
    let outcome = Outcome::Lost { detail: UNRECORDABLE.to_owned() };
    Visit { outcome, final_url: None, events: Vec::new(), gaps: Vec::new(), pictures: Vec::new(), ..visit.clone() }
}

/// Whether trying again cannot help: the store refuses what it is given, or judging it panics.
fn is_final(error: &anyhow::Error) -> bool {
    let refused = error.downcast_ref::<StoreError>().is_some_and(StoreError::is_refusal);
    refused || error.downcast_ref::<JoinError>().is_some_and(JoinError::is_panic)
}

/// Whether it is known to pass by itself: the store is away.
fn is_passing(error: &anyhow::Error) -> bool {
    error.downcast_ref::<StoreError>().is_some_and(StoreError::is_retryable)
}

/// From which delivery on a visit is given up for it. Evidence that cannot be kept is waited for without end.
fn believed_from(error: &anyhow::Error) -> u64 {
    match error.downcast_ref::<StoreError>() {
        _ if is_final(error) => REFUSALS_BELIEVED,
        Some(error) if !error.is_retryable() => AILMENTS_BELIEVED,
        _ => u64::MAX,
    }
}

/// What is recorded is acknowledged; what is not is asked for again soon.
async fn settle<T>(deliveries: Vec<Delivery<T>>, recorded: Result<()>) -> Result<()> {
    if recorded.is_err() {
        ask_again(deliveries).await?;
        return recorded;
    }
    all(deliveries, Delivery::ack).await
}

/// What another batch is at is there by then, or is to be recorded after all.
async fn ask_again<T>(deliveries: Vec<Delivery<T>>) -> Result<()> {
    all(deliveries, |delivery| delivery.retry(AFTER_FAILURE)).await
}

/// All at once: the broker answers each, and a batch has many.
async fn all<T, F>(deliveries: Vec<Delivery<T>>, answer: impl Fn(Delivery<T>) -> F) -> Result<()>
where
    F: Future<Output = Result<(), BusError>>,
{
    let answered = join_all(deliveries.into_iter().map(answer)).await;
    Ok(answered.into_iter().collect::<Result<(), BusError>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_what_will_never_work_is_given_up() {
        let refused: StoreError = StoreError::Row { table: "events", reason: "it is no row".into() };
        assert!(is_final(&anyhow::Error::from(refused).context("recording")));
        let panicked = tokio::task::spawn_blocking(|| assert_eq!(1, 2, "meant to fail")).await.context("judging");
        assert!(is_final(&panicked.unwrap_err()));
        assert!(!is_final(&anyhow::anyhow!("the bus is away")));
        let ill = StoreError::TooNew { found: 9, known: 1 };
        assert_eq!(believed_from(&ill.into()), AILMENTS_BELIEVED);
        assert_eq!(believed_from(&anyhow::anyhow!("no place for evidence")), u64::MAX);
    }
}
