//! The browser worker: takes a page, visits it, puts what it saw on the bus.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, Result, bail};
use earshot_browser::{Browser, BrowserError, Seen, Shot};
use earshot_bus::{Bus, BusError, Delivery};
use earshot_evidence::Evidence;
use earshot_model::{Gap, GapKind, Identity, Outcome, PageTask, Picture, Served, Visit};
use jiff::Timestamp;
use tokio::sync::{Mutex, RwLock};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, Span, info, warn};

use super::pool;
use crate::{explain::explain, metrics, telemetry::span};

/// From this delivery on a browser that dies under a page is the page's own fault: from the second on it is alone.
const DEATHS_BELIEVED: u64 = 3;
/// What is kept of a visit that is too large for a message. With texts as long as they may be, a few MB.
const EVENTS_OF_A_CUT_VISIT: usize = 200;
/// What is said of a page that no worker has finished.
const GIVEN_UP: &str = "no worker finished this page, although it was tried again and again";
/// What is said of a page that was to be visited with a choice, where no worker can make one.
const NO_CHOOSER: &str = "no worker that took this page has Autoconsent, without which no choice is made";
/// A visit that could not be made is delivered again after this.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// What the worker works with.
pub struct Worker {
    /// Where tasks come from and visits go.
    pub bus: Bus,
    /// What opens the pages.
    pub browser: Browser,
    /// Where pictures go.
    pub evidence: Evidence,
    /// Whether it can make choices about consent: Autoconsent is here.
    pub chooses: bool,
    /// Pages open at once.
    pub tabs: usize,
    /// What it tells of itself.
    pub metrics: metrics::Browser,
}

/// A worker at work.
struct Shift {
    worker: Worker,
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
/// If the queue cannot be opened.
pub async fn run(worker: Worker, shutdown: CancellationToken) -> Result<()> {
    let pages = worker.bus.pages().await.context("browser worker")?.beating(worker.metrics.work.pulse.clone());
    let (tabs, stop) = (worker.tabs, shutdown.child_token());
    let shift = Shift { worker, company: RwLock::default(), fatal: Mutex::default(), stop: stop.clone() };
    let shift = Arc::new(shift);
    pool::drain(pages, tabs, &stop, |delivery| {
        let (shift, span) = (shift.clone(), span::visit(&delivery));
        async move { shift.take(delivery).await }.instrument(span)
    })
    .await;
    shift.worker.browser.close().await;
    let fatal = shift.fatal.lock().await.take();
    fatal.map_or(Ok(()), Err)
}

impl Shift {
    async fn take(&self, delivery: Delivery<PageTask>) {
        let (visit, page) = (delivery.item.visit_id(), delivery.item.page.clone());
        let metrics = &self.worker.metrics;
        let (alive, busy) = (delivery.keep_alive(), metrics.work.begin(1));
        let settled = match self.stop.run_until_cancelled(self.serve(&delivery)).await {
            None => self.hand_back(delivery).await,
            Some(Ok(())) if delivery.is_exhausted() => {
                metrics.work.exhausted();
                delivery.bury(GIVEN_UP).await
            }
            Some(Ok(())) => {
                metrics.work.done(1);
                delivery.ack().await
            }
            Some(Err(error)) => {
                metrics.work.failed(1, &error);
                let error = explain(&error);
                warn!(visit.id = %visit, page.url = %page, error, "visit failed, will be tried again");
                span::failed(&Span::current(), "visit failed");
                delivery.retry(RETRY_AFTER).await
            }
        };
        drop((alive, busy));
        if let Err(error) = settled {
            metrics.work.bus_failed();
            warn!(visit.id = %visit, %error, "a visit was not settled; it will be delivered again");
        }
    }

    /// Work that we merely stop doing is published anew: given back, it would count as having failed.
    async fn hand_back(&self, delivery: Delivery<PageTask>) -> Result<(), BusError> {
        match self.worker.bus.afresh().publish_page(&delivery.item).await {
            Ok(()) => delivery.ack().await,
            Err(_) => delivery.retry(Duration::ZERO).await,
        }
    }

    async fn serve(&self, delivery: &Delivery<PageTask>) -> Result<()> {
        let task = &delivery.item;
        if self.worker.bus.is_cancelled(task.run).await? {
            return Ok(());
        }
        let able = self.worker.chooses || task.profile.choice().is_none();
        let visit = match delivery.is_exhausted() {
            true => given_up(task, if able { GIVEN_UP } else { NO_CHOOSER }),
            // It goes back to the queue, where a worker that has the part may take it.
            false if !able => bail!("Autoconsent is not here: give --autoconsent PATH to this worker"),
            false => self.visit(delivery).await?,
        };
        self.publish(visit).await
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

    async fn visit(&self, delivery: &Delivery<PageTask>) -> Result<Visit> {
        let suspect = delivery.attempt > 1;
        let seen = if suspect {
            let _alone = self.company.write().await;
            self.worker.browser.visit(&delivery.item).await
        } else {
            let _together = self.company.read().await;
            self.worker.browser.visit(&delivery.item).await
        };
        match seen {
            Ok(seen) => Ok(self.keep_pictures(seen).await),
            Err(BrowserError::Gone) if delivery.attempt >= DEATHS_BELIEVED => {
                Ok(given_up(&delivery.item, "the browser died or hung when it had only this page open"))
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

/// The page took the browser down every time: that is what there is to say about it.
fn given_up(task: &PageTask, error: &str) -> Visit {
    Visit {
        task: task.clone(),
        started_at: Timestamp::now(),
        took_ms: 0,
        final_url: None,
        outcome: Outcome::Crashed { detail: error.to_owned() },
        identity: Identity { earshot: env!("CARGO_PKG_VERSION").to_owned(), ..Identity::default() },
        events: Vec::new(),
        gaps: Vec::new(),
        pictures: Vec::new(),
        served: Served::default(),
    }
}
