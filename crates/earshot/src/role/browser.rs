//! The browser worker: takes a page, visits it, puts what it saw on the bus.

use std::{ops::RangeInclusive, sync::Arc, time::Duration};

use anyhow::{Context as _, Result, bail};
use earshot_browser::{Audience, Browser, BrowserError, Seen, Shot};
use earshot_bus::{Ability, Bus, BusError, Delivery, Ended, Narrator, Signal, Turns, topology::VISITS};
use earshot_evidence::Evidence;
use earshot_model::{
    Gap, GapKind, Identity, LiveEvent, LiveFact, Outcome, PageTask, Picture, RefusalReason, Served, Visit,
};
use jiff::Timestamp;
use tokio::{
    sync::{Mutex, RwLock, watch},
    time::sleep,
};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, Span, info, warn};

use super::{
    away::{give_back, opened},
    gate::Gate,
    manners::{self, Visitor, Waited},
    memory, pool,
    tabs::Tabs,
};
use crate::{cli::RoleName, config::DoNotScan, explain::explain, metrics, telemetry::span};

/// From this delivery on a browser that dies under a page is the page's own fault: from the second on it is alone.
const DEATHS_BELIEVED: u64 = 3;
/// What is kept of a visit that is too large for a message. With texts as long as they may be, a few MB.
const EVENTS_OF_A_CUT_VISIT: usize = 200;
/// What is said of a page that no worker has finished.
const GIVEN_UP: &str = "no worker finished this page, although it was tried again and again";
/// Of a page that was to be visited with a choice.
const NO_CHOOSER: Words = Words {
    said: "no worker that took this page has Autoconsent, without which no choice is made",
    advice: "Autoconsent is not here: give --autoconsent PATH to this worker",
};
/// Of a page that is to be seen from a region.
const NO_EXIT: Words = Words {
    said: "no worker that took this page knows the exit of its region",
    advice: "the region of this page is not known here: write it into this worker's configuration",
};
/// While so many facts wait for a recorder, no more are made. Each may have some hundred KB on the bus's disk.
const FACTS_AHEAD: u64 = 4_000;
/// What another worker is able to do is left to it after this, so that the two do not pass it on without end.
const PASS_ON_AFTER: Duration = Duration::from_secs(1);
/// A visit that could not be made is delivered again after this.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// What the worker works with.
pub struct Worker {
    /// Where tasks come from and visits go.
    pub bus: Bus,
    /// What tells who watches what happens in its visits.
    pub narrator: Narrator,
    /// What opens the pages.
    pub browser: Browser,
    /// Where pictures go.
    pub evidence: Evidence,
    /// Whether it can make choices about consent: Autoconsent is here.
    pub chooses: bool,
    /// Pages open at once, at least and at most.
    pub tabs: RangeInclusive<usize>,
    /// Turns at sites.
    pub turns: Turns,
    /// What is not scanned.
    pub do_not_scan: DoNotScan,
    /// Memory in bytes above which it takes no new pages, its browsers included.
    pub max_memory: Option<u64>,
    /// What it tells of itself.
    pub metrics: metrics::Browser,
}

/// What a worker lacks for a task.
struct Lack {
    /// What it is not able to do.
    ability: Ability,
    /// What is said of it.
    words: &'static Words,
}

/// What is said of something that a worker lacks.
struct Words {
    /// What is said of the page if nobody else has it either.
    said: &'static str,
    /// What the operator can do.
    advice: &'static str,
}

/// A worker at work.
struct Shift {
    worker: Worker,
    /// Who waits for its turn at a site holds none.
    tabs: Tabs,
    /// Held by every visit; a page under whose eyes a browser has died is visited alone, so that it can take no
    /// other page with it, and so that it is known who did it.
    company: RwLock<()>,
    /// What makes every further visit pointless, such as a browser that cannot be started.
    fatal: Mutex<Option<anyhow::Error>>,
    stop: CancellationToken,
}

/// Visits until `shutdown`; then what is under way is handed back and the browser is closed.
///
/// # Errors
/// If the queue cannot be opened, and that does not pass.
pub async fn run(worker: Worker, shutdown: CancellationToken) -> Result<()> {
    let Some(pages) = opened("browser worker", &shutdown, || worker.bus.pages()).await? else { return Ok(()) };
    let pages = pages.beating(worker.metrics.work.pulse.clone());
    let (tabs, stop) = (Tabs::new(worker.tabs.clone()), shutdown.child_token());
    let taken = tabs.taken();
    let shift = Shift { worker, tabs, company: RwLock::default(), fatal: Mutex::default(), stop: stop.clone() };
    let shift = Arc::new(shift);
    let (room, there_is_room) = watch::channel(true);
    let gate = Gate::new(shift.worker.bus.clone(), &VISITS, FACTS_AHEAD).with_room(there_is_room);
    let watching = stop.run_until_cancelled(shift.watch_memory(&room));
    let tuning = stop.run_until_cancelled(shift.tune(&room));
    let draining = pool::drain(pages, taken, gate, &stop, |delivery| {
        let (shift, span) = (shift.clone(), span::visit(&delivery));
        async move { shift.take(delivery).await }.instrument(span)
    });
    tokio::join!(watching, tuning, draining);
    shift.worker.browser.close().await;
    let fatal = shift.fatal.lock().await.take();
    fatal.map_or(Ok(()), Err)
}

impl Shift {
    async fn watch_memory(&self, open: &watch::Sender<bool>) {
        let Some(limit) = self.worker.max_memory else { return };
        if let Err(error) = memory::watch(&self.worker.browser, limit, open).await {
            self.fatal.lock().await.get_or_insert(error);
            self.stop.cancel();
        }
    }

    async fn tune(&self, open: &watch::Sender<bool>) {
        let metrics = &self.worker.metrics;
        self.tabs.tune(&metrics.lives(), || *open.borrow(), &metrics.work).await;
    }

    async fn take(&self, delivery: Delivery<PageTask>) {
        let (visit, page) = (delivery.item.visit_id(), delivery.item.page.clone());
        let (alive, work) = (delivery.keep_alive(), &self.worker.metrics.work);
        let settled = match self.stop.run_until_cancelled(self.serve(&delivery)).await {
            // Nothing failed: we merely stop, or the site wants to be visited later.
            None | Some(Ok(false)) => delivery.defer().await,
            Some(Ok(true)) if delivery.is_exhausted() => {
                work.exhausted();
                delivery.bury(GIVEN_UP).await
            }
            Some(Ok(true)) => {
                work.done(1);
                delivery.ack().await
            }
            Some(Err(error)) => {
                work.failed(1, &error);
                warn!(visit.id = %visit, page.url = %page, error = explain(&error), "visit failed, will be tried again");
                span::failed(&Span::current(), "visit failed");
                give_back(delivery, &error, RETRY_AFTER).await
            }
        };
        drop(alive);
        if let Err(error) = settled {
            work.bus_failed();
            warn!(visit.id = %visit, %error, "a visit was not settled; it will be delivered again");
        }
    }

    /// Whether it is done: what was seen is on the bus, or nothing is to be seen. Else it was not its turn.
    async fn serve(&self, delivery: &Delivery<PageTask>) -> Result<bool> {
        let task = &delivery.item;
        // A run that goes on later is planned anew then.
        if self.worker.bus.signal(task.run).await? != Signal::Go {
            return Ok(true);
        }
        let visit = match (self.lack(task), delivery.is_exhausted()) {
            (lack, true) => unseen(task, lost(lack.map_or(GIVEN_UP, |lack| lack.words.said))),
            _ if self.worker.do_not_scan.holds(task.page.host()) => {
                unseen(task, Outcome::Refused { reason: RefusalReason::DoNotScan })
            }
            // It goes back to the queue, where a worker finds it that has what it takes. Is there none, that counts.
            (Some(lack), false) => {
                if self.worker.bus.is_anybody_able(RoleName::Browser.as_str(), &lack.ability).await? {
                    sleep(PASS_ON_AFTER).await;
                    return Ok(false);
                }
                bail!("{}", lack.words.advice)
            }
            (None, false) => match self.visit_in_turn(delivery).await? {
                Some(visit) => visit,
                None => return Ok(false),
            },
        };
        self.publish(visit).await?;
        Ok(true)
    }

    /// Visits when it is the site's turn and a tab is free; `None` if that does not come about.
    async fn visit_in_turn(&self, delivery: &Delivery<PageTask>) -> Result<Option<Visit>> {
        let (task, site) = (&delivery.item, delivery.item.site());
        let who = task.visit_id().0;
        let visitor = Visitor { turns: &self.worker.turns, site: &site, who, lane: task.lane };
        let mut again = false;
        loop {
            let free = || async { self.tabs.open().acquire().await.context("the worker stops") };
            let tab = match visitor.wait(free).await? {
                (Waited::Go { waited }, tab) => {
                    // What was told the run in the meantime counts.
                    if waited && self.worker.bus.signal(task.run).await? != Signal::Go {
                        visitor.end(&Ended::Unknown).await;
                        return Ok(None);
                    }
                    tab
                }
                (Waited::TooLong, _) => return Ok(None),
                (Waited::SetAside(detail), _) => return Ok(Some(unseen(task, Outcome::SetAside { detail }))),
            };
            let busy = self.worker.metrics.work.begin(1);
            let visited = self.visit(delivery).await;
            drop((busy, tab));
            if visited.as_ref().is_ok_and(|(visit, _)| manners::is_silence(&visit.outcome)) {
                self.worker.bus.signal(task.run).await?;
            }
            // A renderer may have been killed by the system, for want of memory: a page that kills its own does so again.
            let crashed = |(visit, _): &(Visit, _)| matches!(visit.outcome, Outcome::Crashed { .. });
            let crashed = !again && delivery.attempt == 1 && visited.as_ref().is_ok_and(crashed);
            let ended = match &visited {
                Ok((visit, retry_after)) if !crashed => manners::ended(&visit.outcome, *retry_after),
                _ => Ended::Unknown,
            };
            if (visitor.end(&ended).await || crashed) && !again {
                again = true;
                continue;
            }
            return visited.map(|(visit, _)| Some(visit));
        }
    }

    fn lack(&self, task: &PageTask) -> Option<Lack> {
        if let Some(region) = task.region.clone().filter(|region| !self.worker.browser.knows(Some(region))) {
            return Some(Lack { ability: Ability::Region(region), words: &NO_EXIT });
        }
        let chooses = self.worker.chooses || task.profile.choice().is_none();
        (!chooses).then_some(Lack { ability: Ability::Consent, words: &NO_CHOOSER })
    }

    /// A visit that is too large to be sent whole is sent without its tail: what is cut off is a gap.
    async fn publish(&self, mut visit: Visit) -> Result<()> {
        let bus = &self.worker.bus;
        match bus.publish_visit(&visit).await {
            Err(error @ (BusError::TooLarge { .. } | BusError::Invalid { .. })) => {
                warn!(visit.id = %visit.id(), %error, "a visit is cut");
                visit.events.truncate(EVENTS_OF_A_CUT_VISIT);
                let detail = format!("only the first {} events could be sent", visit.events.len());
                visit.gaps.push(Gap { kind: GapKind::EventBudget, detail });
                bus.publish_visit(&visit).await?;
            }
            published => published?,
        }
        let task = &visit.task;
        span::outcome(&Span::current(), visit.outcome.as_str());
        self.worker.metrics.visited(&visit);
        info!(
            run.id = %task.run, visit.id = %visit.id(), page.url = %task.page, outcome = visit.outcome.as_str(),
            events = visit.events.len(), gaps = visit.gaps.len(), took_ms = visit.took_ms, "page visited"
        );
        Ok(())
    }

    /// What was seen, and for how long the site wants to be left alone.
    async fn visit(&self, delivery: &Delivery<PageTask>) -> Result<(Visit, Option<Duration>)> {
        let suspect = delivery.attempt > 1;
        let (browser, task) = (&self.worker.browser, &delivery.item);
        let narration = Arc::new(self.worker.narrator.open(task));
        let told = narration.clone();
        let audience = Audience::of(move |event| told.tell(event));
        let seen = if suspect {
            let _alone = self.company.write().await;
            browser.visit_before(task, audience).await
        } else {
            let _together = self.company.read().await;
            browser.visit_before(task, audience).await
        };
        match seen {
            Ok(seen) => {
                let fact = LiveFact::Ended(seen.visit.outcome.clone());
                narration.tell(LiveEvent { at_ms: seen.visit.took_ms.into(), fact });
                let retry_after = seen.retry_after;
                Ok((self.keep_pictures(seen).await, retry_after))
            }
            Err(BrowserError::Gone) if delivery.attempt >= DEATHS_BELIEVED => {
                let detail = "the browser died or hung when it had only this page open".to_owned();
                Ok((unseen(&delivery.item, Outcome::Crashed { detail }), None))
            }
            Err(error) => {
                let again = error.is_retryable();
                let error = anyhow::Error::from(error);
                if !again {
                    self.fatal.lock().await.get_or_insert_with(|| anyhow::anyhow!("{}", explain(&error)));
                    self.stop.cancel();
                }
                Err(error)
            }
        }
    }

    /// A picture that cannot be kept is a gap of the visit, no reason to lose the visit.
    async fn keep_pictures(&self, seen: Seen) -> Visit {
        let Seen { mut visit, shots, .. } = seen;
        for Shot { kind, at_ms, jpeg } in shots {
            match self.worker.evidence.put_picture(visit.task.run, visit.id(), kind, jpeg).await {
                Ok(key) => visit.pictures.push(Picture { kind, at_ms: Some(at_ms), key }),
                Err(error) => {
                    warn!(visit.id = %visit.id(), %error, "a picture was not kept");
                    visit.gaps.push(Gap { kind: GapKind::ScreenshotMissing, detail: "could not be stored".to_owned() });
                }
            }
        }
        visit
    }
}

fn lost(why: &str) -> Outcome {
    Outcome::Lost { detail: why.to_owned() }
}

/// A visit of which there is nothing to say but how it ended.
fn unseen(task: &PageTask, outcome: Outcome) -> Visit {
    Visit {
        task: task.clone(),
        started_at: Timestamp::now(),
        took_ms: 0,
        final_url: None,
        outcome,
        identity: Identity { earshot: env!("CARGO_PKG_VERSION").to_owned(), ..Identity::default() },
        events: Vec::new(),
        gaps: Vec::new(),
        pictures: Vec::new(),
        served: Served::default(),
    }
}
