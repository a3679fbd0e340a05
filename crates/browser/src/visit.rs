//! One visit: a door, a context, a page, its steps, and what they come to.

use std::{sync::Mutex, time::Duration};

use earshot_egress::{Egress, Ledger};
use earshot_model::{Identity, Outcome, PageTask, PageUrl, PictureKind, Visit};
use jiff::Timestamp;
use tokio::time::Instant;

use crate::{
    Audience, BrowserConfig, BrowserError,
    aliases::{self, Aliases},
    bounds,
    camera::Camera,
    consent::Agent,
    consent::gpc,
    context::{Context, Page},
    identity::Presented,
    instance::Instance,
    live::Telling,
    outcome::Ending,
    pump::{Notes, Pump},
    recorder::Recorder,
    served, setup,
    steps::{Haul, Steps, millis},
};

/// The browser's name for a tunnel that the egress door did not open.
const NO_TUNNEL: &str = "net::ERR_TUNNEL_CONNECTION_FAILED";

/// One page, opened once.
#[derive(Clone, Debug)]
pub struct Seen {
    /// What happened.
    pub visit: Visit,
    /// Pictures of the page, none of what was typed, in the order in which they were taken.
    pub shots: Vec<Shot>,
    /// What went through the visit's egress door.
    pub ledger: Ledger,
    /// For how long the site wants to be left alone (`Retry-After` of the document).
    pub retry_after: Option<Duration>,
}

/// A picture of a page.
#[derive(Clone, Debug)]
pub struct Shot {
    /// What it shows.
    pub kind: PictureKind,
    /// When it was taken, in ms since navigation start.
    pub at_ms: f64,
    /// The picture, as JPEG.
    pub jpeg: Vec<u8>,
}

/// A visit whose page is closed.
struct Closed<'a> {
    task: &'a PageTask,
    exit: &'a str,
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
    audience: Audience,
) -> Result<Seen, BrowserError> {
    let agent = match (task.profile.choice(), &config.chooser) {
        (None, _) => None,
        (Some(_), Some(chooser)) => Some(Agent::new(chooser)),
        (Some(_), None) => return Err(BrowserError::NoChooser),
    };
    let door = egress.open().await?;
    let (browser, presented) = (instance.session(), instance.presented());
    let (context, messages) = Context::open(browser, &door).await?;
    let page = Page { agent, ..context.page().await? };
    setup::page(&page, presented).await?;
    gpc::ensure(task, &page, config).await?;

    let clean = instance.clean_globals(&page.session).await?;

    let notes = Notes::new(&page, Telling::new(audience, task.site()));
    let (started_at, started) = (Timestamp::now(), Instant::now());
    let mut pump = Pump::new(&page, browser, presented, &notes, messages);
    let camera = Camera {
        page: &page,
        notes: &notes,
        is_on: config.screenshot,
        limit: bounds::SCREENSHOT,
        banner: Mutex::default(),
    };
    let steps = Steps { config, task, context: &context, page: &page, notes: &notes, camera: &camera, started, clean };
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
    let started_at = notes.recorder().started_at().unwrap_or(started_at);
    let closed = Closed { task, exit: egress.exit(), presented, started_at, took, notes, haul, ledger };
    let aliases = closed.aliases(egress).await;
    Ok(closed.conclude(aliases))
}

impl Closed<'_> {
    /// What name servers say of the hosts of the site that was asked for, and of the one where that led.
    async fn aliases(&self, egress: &Egress) -> Aliases {
        let (hosts, landed) = {
            let recorder = self.notes.recorder();
            let document = self.haul.landed.as_ref().unwrap_or(recorder.document());
            (recorder.hosts(), PageUrl::parse(&document.url).ok())
        };
        let sites: Vec<_> = landed.iter().map(PageUrl::site).chain([self.task.site()]).collect();
        aliases::ask(egress, &hosts, &sites, &self.ledger).await
    }

    fn conclude(self, aliases: Aliases) -> Seen {
        let Self { task, exit, presented, started_at, took, notes, mut haul, ledger } = self;
        let crashed = notes.progress().borrow().crashed.clone();
        let mut recorder = notes.into_recorder();
        recorder.hear(&ledger);
        recorder.named(aliases);
        let final_url = PageUrl::parse(&haul.landed.as_ref().unwrap_or(recorder.document()).url).ok();
        let retry_after = haul.landed.as_ref().unwrap_or(recorder.document()).retry_after;
        let served = served::served(
            haul.landed.as_ref().unwrap_or(recorder.document()),
            std::mem::take(&mut haul.certificate),
            &ledger,
        );
        let outcome = outcome(&haul, crashed, &recorder, &ledger, task);
        recorder.found(std::mem::take(&mut haul.inventory));
        let (events, gaps) = recorder.finish(task.profile, haul.jar.as_deref());
        tracing::debug!(visit.id = %task.visit_id(), outcome = outcome.as_str(), events = events.len(), "visited");
        let visit = Visit {
            task: task.clone(),
            started_at,
            took_ms: millis(took),
            final_url,
            outcome,
            identity: Identity { egress: exit.to_owned(), ..presented.identity.clone() },
            events,
            gaps,
            pictures: Vec::new(),
            served,
        };
        Seen { visit, shots: haul.shots, ledger, retry_after }
    }
}

fn outcome(haul: &Haul, crashed: Option<String>, recorder: &Recorder, ledger: &Ledger, task: &PageTask) -> Outcome {
    let mut document = haul.landed.as_ref().unwrap_or(recorder.document()).clone();
    if document.error.is_none() {
        document.error.clone_from(&haul.arrival.error);
    }
    let host = PageUrl::parse(&document.url).map_or_else(|_| task.page.host().to_owned(), |url| url.host().to_owned());
    // The browser calls every tunnel that was not opened the same; the door knows why.
    if document.error.as_deref() == Some(NO_TUNNEL)
        && let Some(failure) = ledger.failed.get(&host)
    {
        document.error = Some(failure.to_string());
    }
    let late = (haul.arrival.waited_ms > 0).then(|| "the wall was reached before the document arrived".to_owned());
    Ending {
        asked: task.site().as_str().to_owned(),
        refused: ledger.refused.iter().any(|refusal| refusal.host == host),
        document,
        cut_short: haul.cut_short.clone().or(late),
        look: haul.inventory.look,
        // What it did while it was typed into takes nothing from what was seen before.
        crashed: crashed.filter(|_| haul.landed.is_none()),
        download: haul.arrival.download,
        title: haul.title.clone(),
        frames: recorder.frames(),
        scripts: recorder.scripts(),
        waited_ms: haul.arrival.waited_ms,
    }
    .outcome()
}
