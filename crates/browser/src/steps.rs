//! The steps of a visit: go, watch, look once more, leave. What they find goes into [`Notes`] by the pump beside them.

use std::{collections::HashSet, time::Duration};

use chromiumoxide::cdp::{
    browser_protocol::{
        network,
        page::{FrameId, NavigateParams, ReloadParams},
        storage::GetCookiesParams,
        target::GetTargetInfoParams,
    },
    js_protocol::runtime::{EvaluateParams, TerminateExecutionParams},
};
use earshot_model::{
    Choice, Consent, ConsentStep, GapKind, Outcome, OutcomeClass, PageTask, PageUrl, Profile, Witness,
};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::{
    BrowserConfig, bounds,
    camera::Camera,
    consent::{choose, gpc},
    context::{Context, Page},
    inventory::{self, Inventory},
    leave,
    outcome::{Document, Ending},
    pump::Notes,
    scroll, served,
    session::CallError,
    typing::{self, Occasion},
    visit::Shot,
};

/// The steps of a visit.
pub(crate) struct Steps<'a> {
    pub config: &'a BrowserConfig,
    pub task: &'a PageTask,
    pub context: &'a Context,
    pub page: &'a Page,
    pub notes: &'a Notes,
    pub camera: &'a Camera<'a>,
    pub started: Instant,
    /// What a blank page's `window` has.
    pub clean: &'a HashSet<String>,
}

/// How the navigation ended.
#[derive(Default)]
pub(crate) struct Arrival {
    pub error: Option<String>,
    pub download: bool,
    pub waited_ms: u32,
    /// When the document was committed, if it was.
    pub at: Option<Instant>,
}

/// What the steps bring back besides events.
#[derive(Default)]
pub(crate) struct Haul {
    pub arrival: Arrival,
    /// Why the page was not watched to the end of its dwell.
    pub cut_short: Option<String>,
    pub title: String,
    pub inventory: Inventory,
    pub shots: Vec<Shot>,
    /// SHA-256 of the certificate of the document, in hex; empty if not known.
    pub certificate: String,
    pub jar: Option<Vec<network::Cookie>>,
    /// The document that was watched, if the page was typed into: it may lead elsewhere then.
    pub landed: Option<Document>,
}

impl Steps<'_> {
    /// Takes them all. Only a browser that is gone stops them.
    pub(crate) async fn take(&self) -> Result<Haul, CallError> {
        let mut haul = Haul { arrival: self.go().await?, ..Haul::default() };
        if let Some(arrived) = haul.arrival.at {
            haul.cut_short = self.watch(arrived).await;
            self.choose(&mut haul).await?;
        }
        haul.title = self.title().await?;
        haul.jar = self.jar().await?;
        if haul.arrival.at.is_some() && !self.has_crashed() {
            self.free().await?;
            haul.inventory = self.inventory().await?;
            haul.inventory.forget(haul.jar.as_deref().unwrap_or_default());
            haul.shots = self.shots().await?;
            let address = self.notes.recorder().document().url.clone();
            let digest = served::digest(&self.page.session, &address);
            haul.certificate = timeout(self.left(bounds::ALIVE), digest).await.unwrap_or_else(|_| Ok(String::new()))?;
            gpc::note(self.task, self.page, self.notes, self.left(bounds::POLICY)).await?;
            self.type_in(&mut haul).await?;
        }
        if haul.arrival.at.is_some() {
            if self.has_crashed() {
                self.notes.recorder().gap(GapKind::LeaveUnseen, "the renderer crashed");
            } else {
                self.leave().await?;
            }
        }
        Ok(haul)
    }

    /// Makes the choice of the profile, if it makes one and something asks; watches what follows from it, loads the page once
    /// more, and watches again. Nothing is pressed on a wall, nor on what is not the page asked for.
    async fn choose(&self, haul: &mut Haul) -> Result<(), CallError> {
        let Some(choice) = self.task.profile.choice() else { return Ok(()) };
        if haul.cut_short.is_some() || self.has_crashed() {
            return Ok(());
        }
        haul.title = self.title().await?;
        haul.inventory = self.inventory().await?;
        if self.outcome(haul).class() != OutcomeClass::Seen {
            return Ok(());
        }
        let document = self.notes.recorder().document().clone();
        let address = document.url.clone();
        haul.landed = Some(document);
        self.camera.take_banner().await?;
        let until = self.ending().min(Instant::now() + bounds::CHOICE);
        let occasion = choose::Occasion { page: self.page, notes: self.notes, choice, address, until };
        if choose::take(&occasion).await? {
            self.watch(Instant::now()).await;
            self.reload(&occasion.address).await?;
        } else {
            self.note_unanswered(choice);
        }
        if self.has_crashed() {
            self.cut_short("the renderer crashed after the choice".to_owned());
        }
        Ok(())
    }

    /// Loads the page once more, and watches it.
    async fn reload(&self, address: &str) -> Result<(), CallError> {
        let (mut progress, before) = (self.notes.progress(), self.notes.recorder().count().documents);
        {
            let mut recorder = self.notes.recorder();
            let at_ms = recorder.our_ms(Instant::now());
            let reload = Consent { step: ConsentStep::Reload, ..Consent::default() };
            recorder.stepped(Witness::Browser, address, at_ms, reload);
            self.notes.tell_written(&recorder);
        }
        let asked = absent(self.page.session.call(ReloadParams::default(), self.left(bounds::CALL)).await)?;
        let is_new = || self.notes.recorder().count().documents > before;
        let came = progress.wait_for(|progress| is_new() && progress.answered);
        // What is waited for may not be kept: it is locked as long as somebody looks at it.
        let came = timeout(self.left(bounds::CALL), came).await.is_ok_and(|came| came.is_ok());
        if asked.is_some() && came {
            self.watch(Instant::now()).await;
            self.note_another(address);
        } else {
            self.cut_short("the page did not come again after the choice".to_owned());
        }
        Ok(())
    }

    /// What came after the choice may be no page of the site: a wall, an error, another site. It says nothing then.
    fn note_another(&self, address: &str) {
        let document = self.notes.recorder().document().clone();
        let site = |url: &str| PageUrl::parse(url).ok().map(|url| url.site());
        let status = document.status.unwrap_or_default();
        if document.error.is_some() || !(200..400).contains(&status) || site(&document.url) != site(address) {
            self.cut_short(format!("after the choice the page was answered with status {status}, or by another site"));
        }
    }

    /// A banner that came when the choice was to be made already.
    fn note_unanswered(&self, choice: Choice) {
        let mut recorder = self.notes.recorder();
        let missed = recorder.sight().banner.is_some() && !recorder.has_gap(GapKind::ChoiceNotMade);
        if missed {
            recorder
                .gap(GapKind::ChoiceNotMade, format!("the banner came too late to {} what it asks", choice.as_str()));
        }
    }

    /// Types into the page, if that is wanted and there is one: not into a wall, nor into what is not the page asked for.
    /// What was looked at before holds nothing that was typed; cookies are looked at once more.
    async fn type_in(&self, haul: &mut Haul) -> Result<(), CallError> {
        let Some(typing) = &self.config.typing else { return Ok(()) };
        if self.task.profile != Profile::Untouched {
            return Ok(());
        }
        if haul.cut_short.is_some() || self.outcome(haul).class() != OutcomeClass::Seen {
            return Ok(());
        }
        haul.landed = Some(self.notes.recorder().document().clone());
        let occasion = Occasion {
            config: self.config,
            typing,
            session: &self.page.session,
            script: &self.page.script,
            notes: self.notes,
            visit: self.task.visit_id(),
            site: self.task.site(),
            ending: self.leaving(),
        };
        if typing::take(&occasion).await? && !self.has_crashed() {
            self.free().await?;
            haul.jar = self.jar().await?.or(haul.jar.take());
        }
        Ok(())
    }

    /// What the visit would come to if it ended here.
    fn outcome(&self, haul: &Haul) -> Outcome {
        let recorder = self.notes.recorder();
        Ending {
            asked: self.task.site().as_str().to_owned(),
            document: recorder.document().clone(),
            look: haul.inventory.look,
            title: haul.title.clone(),
            frames: recorder.frames(),
            scripts: recorder.scripts(),
            ..Ending::default()
        }
        .outcome()
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

    /// Watches the page for its dwell, and scrolls it down. Gives what is missing if that was too short.
    async fn watch(&self, arrived: Instant) -> Option<String> {
        tokio::select! {
            cut_short = self.dwell(arrived) => cut_short,
            () = self.scroll() => None,
            () = self.camera.await_banner() => None,
        }
    }

    async fn dwell(&self, arrived: Instant) -> Option<String> {
        let mut progress = self.notes.progress();
        loop {
            let now = progress.borrow_and_update().clone();
            let over = self.config.dwell.over_at(arrived, &now);
            if now.crashed.is_some() || now.spent {
                return None;
            }
            tokio::select! {
                biased;
                changed = progress.changed() => if changed.is_err() { return None },
                () = sleep_until(over) => {
                    let is_parsed = now.parsed.or(now.loaded).is_some();
                    return (!is_parsed).then(|| self.cut_short("the document was not parsed in time".to_owned()));
                }
                () = sleep_until(self.ending()) => {
                    let parsed = if now.parsed.is_some() { "the page was quiet" } else { "the document was parsed" };
                    return Some(self.cut_short(format!("the wall was reached before {parsed}")));
                }
            }
        }
    }

    /// Notes what is missing of the dwell, which it gives back.
    fn cut_short(&self, detail: String) -> String {
        self.notes.recorder().gap(GapKind::CutShort, detail.clone());
        detail
    }

    /// Scrolls in the middle of the dwell: what loads by itself has begun by then, and what scrolling loads is seen.
    /// Never returns.
    async fn scroll(&self) {
        let (mut progress, min) = (self.notes.progress(), self.config.dwell.min);
        if progress.wait_for(|progress| progress.parsed.is_some()).await.is_ok() {
            sleep(min / 4).await;
            scroll::down(&self.page.session, min / 2).await;
        }
        std::future::pending().await
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
            if self.notes.sight().borrow().banner.is_none() {
                self.notes.recorder().gap(GapKind::BannerUnwatched, "the page hung");
            }
        }
        Ok(())
    }

    async fn inventory(&self) -> Result<Inventory, CallError> {
        // The main frame has the id of its target.
        let frame = FrameId::new(self.page.target.as_ref());
        let site = self.task.page.site();
        inventory::take(
            &self.page.session,
            &frame,
            &site,
            &self.page.script,
            self.clean,
            Instant::now() + self.left(bounds::INVENTORY),
        )
        .await
    }

    /// What the camera has, within the wall.
    async fn shots(&self) -> Result<Vec<Shot>, CallError> {
        match timeout(self.left(bounds::SCREENSHOT), self.camera.finish()).await {
            Ok(shots) => shots,
            Err(_) => {
                self.notes.recorder().gap(GapKind::ScreenshotMissing, "the page gave none in time".to_owned());
                Ok(Vec::new())
            }
        }
    }

    async fn leave(&self) -> Result<(), CallError> {
        let leaving = leave::leave(&self.page.session, self.context.browser(), self.notes);
        // A page that answers nothing any more costs each step its limit, and all of them more than is kept back for them.
        match timeout(self.left(Duration::MAX), leaving).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(CallError::Gone)) => Err(CallError::Gone),
            Ok(Err(error)) => {
                self.notes.recorder().gap(GapKind::LeaveUnseen, error.to_string());
                Ok(())
            }
            Err(_) => {
                self.notes.recorder().gap(GapKind::LeaveUnseen, "the wall was reached".to_owned());
                Ok(())
            }
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

    /// When the page has to be left at the latest, if it was looked at already.
    fn leaving(&self) -> Instant {
        let wall = self.config.wall;
        self.started + wall.saturating_sub(bounds::LEAVING).max(wall / 2)
    }

    /// A limit that keeps within the wall.
    fn left(&self, limit: Duration) -> Duration {
        limit.min((self.started + self.config.wall).saturating_duration_since(Instant::now()))
    }
}

/// A page that gives no answer is a gap; a browser that is gone is our failure.
pub(crate) fn absent<T>(answer: Result<T, CallError>) -> Result<Option<T>, CallError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(CallError::Gone) => Err(CallError::Gone),
        Err(_) => Ok(None),
    }
}

/// Whole milliseconds.
pub(crate) fn millis(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}
