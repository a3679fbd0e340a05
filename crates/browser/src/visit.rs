//! One visit, step by step: open, prepare, go, watch, look once more, leave.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_STANDARD};
use chromiumoxide::cdp::{
    browser_protocol::{
        input::{DispatchMouseEventParams, DispatchMouseEventType},
        network,
        page::{CaptureScreenshotFormat, CaptureScreenshotParams, NavigateParams},
        storage::GetCookiesParams,
        target::GetTargetInfoParams,
    },
    js_protocol::runtime::{EvaluateParams, TerminateExecutionParams},
};
use earshot_egress::{Egress, Ledger};
use earshot_model::{GapKind, Outcome, PageTask, PageUrl, Visit};
use jiff::Timestamp;
use tokio::time::{Instant, sleep_until, timeout};

use crate::{
    BrowserConfig, BrowserError, bounds,
    context::{Context, Page},
    instance::Instance,
    leave,
    outcome::Ending,
    pump::{Notes, Pump},
    session::CallError,
    setup,
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

/// The steps of a visit.
struct Steps<'a> {
    config: &'a BrowserConfig,
    task: &'a PageTask,
    context: &'a Context,
    page: &'a Page,
    notes: &'a Notes,
    started: Instant,
}

/// How the navigation ended.
#[derive(Default)]
struct Arrival {
    error: Option<String>,
    download: bool,
    waited_ms: u32,
    /// When the document was committed, if it was.
    at: Option<Instant>,
}

/// What the steps bring back besides events.
#[derive(Default)]
struct Haul {
    arrival: Arrival,
    title: String,
    screenshot: Option<Vec<u8>>,
    jar: Option<Vec<network::Cookie>>,
}

/// Opens the page of a task in a context of its own.
pub(crate) async fn visit(
    instance: &Instance,
    config: &BrowserConfig,
    egress: &Egress,
    task: &PageTask,
) -> Result<Seen, BrowserError> {
    let door = egress.open().await?;
    let browser = instance.session();
    let (context, messages) = Context::open(browser, &door).await?;
    let page = context.page().await?;
    setup::page(&page.session, instance.presented()).await?;

    let notes = Notes::new(&page);
    let mut pump = Pump::new(&page, browser, instance.presented(), &notes, messages);
    let (started_at, started) = (Timestamp::now(), Instant::now());
    let steps = Steps { config, task, context: &context, page: &page, notes: &notes, started };
    let haul = tokio::select! {
        haul = steps.take() => haul?,
        () = pump.run() => return Err(BrowserError::Gone),
    };
    pump.drain();
    drop(pump);
    let took = started.elapsed();
    let lost = context.dropped();
    if let Err(error) = context.dispose().await {
        // What was seen was seen. A browser that hangs is the heartbeat's business.
        tracing::warn!(visit.id = %task.visit_id(), %error, "a browser context was not disposed of");
    }
    let ledger = door.close().await;

    if lost > 0 {
        notes.recorder().spend(format!("{lost} messages came faster than they were read"));
    }
    let crashed = notes.progress().borrow().crashed.clone();
    let mut recorder = notes.into_recorder();
    for refusal in &ledger.refused {
        recorder.gap(GapKind::PrivateAddress, refusal.host.clone());
    }
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
        identity: instance.presented().identity.clone(),
        events,
        gaps,
        screenshot: None,
    };
    Ok(Seen { visit, screenshot: haul.screenshot, ledger })
}

fn outcome(
    haul: &Haul,
    crashed: Option<String>,
    recorder: &crate::recorder::Recorder,
    ledger: &Ledger,
    task: &PageTask,
) -> Outcome {
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

impl Steps<'_> {
    async fn take(&self) -> Result<Haul, CallError> {
        let mut haul = Haul { arrival: self.go().await?, ..Haul::default() };
        if let Some(arrived) = haul.arrival.at {
            self.watch(arrived).await;
        }
        haul.title = self.title().await?;
        haul.jar = self.jar().await?;
        if haul.arrival.at.is_some() {
            if self.has_crashed() {
                self.notes.recorder().gap(GapKind::LeaveUnseen, "the renderer crashed");
            } else {
                self.free().await?;
                haul.screenshot = self.screenshot().await?;
                self.leave().await?;
            }
        }
        Ok(haul)
    }

    /// Navigates, and waits until a document is committed. The answer to the command is that moment; it never comes
    /// if the server does not answer.
    async fn go(&self) -> Result<Arrival, CallError> {
        let mut progress = self.notes.progress();
        let navigate = NavigateParams::new(self.task.page.as_str());
        let answer = tokio::select! {
            answer = self.page.session.call(navigate, self.config.wall) => answer,
            _ = progress.wait_for(|progress| progress.crashed.is_some()) => return Ok(Arrival::default()),
            () = sleep_until(self.ending()) => return Ok(Arrival { waited_ms: millis(self.started.elapsed()), ..Arrival::default() }),
        };
        match answer {
            Ok(answer) if answer.error_text.is_none() && answer.is_download != Some(true) => {
                // The answer to the command may overtake the event.
                let _ = timeout(bounds::ALIVE, progress.wait_for(|progress| progress.answered)).await;
                // What our own proxy answered is no page to watch.
                let own = self.notes.recorder().document().is_our_own();
                Ok(Arrival { at: (!own).then(Instant::now), ..Arrival::default() })
            }
            Ok(answer) => Ok(Arrival {
                error: answer.error_text,
                download: answer.is_download == Some(true),
                ..Arrival::default()
            }),
            Err(CallError::Refused { refusal, .. }) => {
                Ok(Arrival { error: Some(refusal.message), ..Arrival::default() })
            }
            Err(error) => Err(error),
        }
    }

    /// Watches the page for its dwell, and scrolls it once.
    async fn watch(&self, arrived: Instant) {
        let mut progress = self.notes.progress();
        let mut scrolled = false;
        loop {
            let now = progress.borrow_and_update().clone();
            let over = self.config.dwell.over_at(arrived, &now);
            let scroll = now.parsed.map(|parsed| parsed + self.config.dwell.min / 2).filter(|_| !scrolled);
            if now.crashed.is_some() || now.spent {
                return;
            }
            tokio::select! {
                biased;
                changed = progress.changed() => if changed.is_err() { return },
                () = sleep_until(scroll.unwrap_or(over)), if scroll.is_some() => {
                    scrolled = true;
                    self.scroll();
                }
                () = sleep_until(over) => return,
                () = sleep_until(self.ending()) => {
                    self.notes.recorder().gap(GapKind::CutShort, "the wall was reached before the page was quiet");
                    return;
                }
            }
        }
    }

    /// One turn of the wheel; nobody waits for a page that is too busy to scroll.
    fn scroll(&self) {
        let wheel = DispatchMouseEventParams {
            delta_x: Some(0.0),
            delta_y: Some(600.0),
            ..DispatchMouseEventParams::new(DispatchMouseEventType::MouseWheel, 683.0, 384.0)
        };
        self.page.session.fire(&wheel);
    }

    async fn title(&self) -> Result<String, CallError> {
        let info = GetTargetInfoParams { target_id: Some(self.page.target.clone()) };
        let info = absent(self.context.browser().call(info, self.left(bounds::ALIVE)).await)?;
        Ok(info.map(|info| info.target_info.title).unwrap_or_default())
    }

    async fn jar(&self) -> Result<Option<Vec<network::Cookie>>, CallError> {
        let jar = GetCookiesParams { browser_context_id: Some(self.context.id.clone()) };
        Ok(absent(self.context.browser().call(jar, self.left(bounds::ALIVE)).await)?.map(|jar| jar.cookies))
    }

    /// Stops a script that hangs the page, so that it can be photographed and left.
    async fn free(&self) -> Result<(), CallError> {
        let alive = self.page.session.call(EvaluateParams::new("0"), self.left(bounds::ALIVE)).await;
        if absent(alive)?.is_none() {
            self.page.session.fire(&TerminateExecutionParams::default());
        }
        Ok(())
    }

    async fn screenshot(&self) -> Result<Option<Vec<u8>>, CallError> {
        if !self.config.screenshot {
            return Ok(None);
        }
        let capture = CaptureScreenshotParams {
            format: Some(CaptureScreenshotFormat::Jpeg),
            quality: Some(60),
            optimize_for_speed: Some(true),
            ..CaptureScreenshotParams::default()
        };
        let captured = absent(self.page.session.call(capture, self.left(bounds::SCREENSHOT)).await)?;
        let picture = captured.and_then(|captured| BASE64_STANDARD.decode(AsRef::<str>::as_ref(&captured.data)).ok());
        if picture.is_none() {
            self.notes.recorder().gap(GapKind::ScreenshotMissing, "the page gave none in time");
        }
        Ok(picture)
    }

    async fn leave(&self) -> Result<(), CallError> {
        match leave::leave(&self.page.session, self.notes).await {
            Err(CallError::Gone) => Err(CallError::Gone),
            Err(error) => {
                self.notes.recorder().gap(GapKind::LeaveUnseen, error.to_string());
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    fn has_crashed(&self) -> bool {
        self.notes.progress().borrow().crashed.is_some()
    }

    /// When the last steps have to begin. A wall that leaves no room for them is shared evenly.
    fn ending(&self) -> Instant {
        let wall = self.config.wall;
        self.started + wall.saturating_sub(bounds::ENDING).max(wall / 2)
    }

    /// A limit that keeps within the wall.
    fn left(&self, limit: Duration) -> Duration {
        limit.min((self.started + self.config.wall).saturating_duration_since(Instant::now()))
    }
}

/// A page that gives no answer is a gap; a browser that is gone is our failure.
fn absent<T>(answer: Result<T, CallError>) -> Result<Option<T>, CallError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(CallError::Gone) => Err(CallError::Gone),
        Err(_) => Ok(None),
    }
}

fn millis(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}
