//! One visit: a door, a context, a page, its steps, and what they come to.

use std::time::Duration;

use earshot_egress::{Egress, Ledger};
use earshot_model::{Outcome, PageTask, PageUrl, Visit};
use jiff::Timestamp;
use tokio::time::Instant;

use crate::{
    BrowserConfig, BrowserError,
    context::Context,
    identity::Presented,
    instance::Instance,
    outcome::Ending,
    pump::{Notes, Pump},
    recorder::Recorder,
    setup,
    steps::{Haul, Steps, millis},
};

/// One page, opened once.
#[derive(Clone, Debug)]
pub struct Seen {
    /// What happened.
    pub visit: Visit,
    /// The picture taken at the end, as JPEG.
    pub screenshot: Option<Vec<u8>>,
    /// What went through the visit's egress door.
    pub ledger: Ledger,
}

/// A visit whose page is closed.
struct Closed<'a> {
    task: &'a PageTask,
    presented: &'a Presented,
    started_at: Timestamp,
    took: Duration,
    notes: Notes,
    haul: Haul,
    ledger: Ledger,
}

/// Opens the page of a task in a context of its own.
pub(crate) async fn visit(
    instance: &Instance,
    config: &BrowserConfig,
    egress: &Egress,
    task: &PageTask,
) -> Result<Seen, BrowserError> {
    let door = egress.open().await?;
    let (browser, presented) = (instance.session(), instance.presented());
    let (context, messages) = Context::open(browser, &door).await?;
    let page = context.page().await?;
    setup::page(&page.session, presented).await?;

    let notes = Notes::new(&page);
    let (started_at, started) = (Timestamp::now(), Instant::now());
    let mut pump = Pump::new(&page, browser, presented, &notes, messages);
    let steps = Steps { config, task, context: &context, page: &page, notes: &notes, started };
    let haul = tokio::select! {
        haul = steps.take() => haul?,
        () = pump.run() => return Err(BrowserError::Gone),
    };
    pump.drain();
    let took = started.elapsed();
    if context.dropped() > 0 {
        notes.recorder().spend(format!("{} messages came faster than they were read", context.dropped()));
    }
    if let Err(error) = context.dispose().await {
        // What was seen was seen. A browser that hangs is the heartbeat's business.
        tracing::warn!(visit.id = %task.visit_id(), %error, "a browser context was not disposed of");
    }
    let ledger = door.close().await;
    Ok(Closed { task, presented, started_at, took, notes, haul, ledger }.conclude())
}

impl Closed<'_> {
    fn conclude(self) -> Seen {
        let Self { task, presented, started_at, took, notes, haul, ledger } = self;
        let crashed = notes.progress().borrow().crashed.clone();
        let mut recorder = notes.into_recorder();
        recorder.hear(&ledger);
        let final_url = PageUrl::parse(&recorder.document().url).ok();
        let outcome = outcome(&haul, crashed, &recorder, &ledger, task);
        let (events, gaps) = recorder.finish(haul.jar.as_deref());
        tracing::debug!(visit.id = %task.visit_id(), outcome = outcome.as_str(), events = events.len(), "visited");
        let visit = Visit {
            task: task.clone(),
            started_at,
            took_ms: millis(took),
            final_url,
            outcome,
            identity: presented.identity.clone(),
            events,
            gaps,
            screenshot: None,
        };
        Seen { visit, screenshot: haul.screenshot, ledger }
    }
}

fn outcome(haul: &Haul, crashed: Option<String>, recorder: &Recorder, ledger: &Ledger, task: &PageTask) -> Outcome {
    let mut document = recorder.document().clone();
    if document.error.is_none() {
        document.error.clone_from(&haul.arrival.error);
    }
    let host = PageUrl::parse(&document.url).map_or_else(|_| task.page.host().to_owned(), |url| url.host().to_owned());
    Ending {
        refused: ledger.refused.iter().any(|refusal| refusal.host == host),
        document,
        crashed,
        download: haul.arrival.download,
        title: haul.title.clone(),
        frame_hosts: recorder.frame_hosts(),
        waited_ms: haul.arrival.waited_ms,
    }
    .outcome()
}
