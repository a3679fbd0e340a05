//! Takes what a visit hears: records it, and answers at once where the browser waits for an answer.

use std::{
    collections::{HashMap, HashSet},
    pin::Pin,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chromiumoxide::cdp::{
    CdpEvent, CdpEventMessage,
    browser_protocol::{
        fetch::{ContinueRequestParams, EventRequestPaused},
        page::{DialogType, EventJavascriptDialogOpening, HandleJavaScriptDialogParams},
        target::{AttachToTargetParams, CloseTargetParams, EventAttachedToTarget, TargetId},
    },
    js_protocol::runtime::{EvaluateParams, EventBindingCalled, TerminateExecutionParams},
};
use earshot_model::{GapKind, LiveFact};
use futures::{StreamExt, stream::FuturesUnordered};
use tokio::{
    sync::{mpsc, watch},
    time::Instant,
};

use crate::{
    body_query::GetRequestPostData,
    bounds,
    consent::{Agent, Answer, Contexts, Eval, Message, Place, Popup, Sight, Talk},
    context::Page,
    identity::Presented,
    live::Telling,
    progress::Progress,
    recorder::{BodyQuery, Recorder, Source, without_query},
    router::Heard,
    session::{CallError, Session},
    setup,
    visit::Shot,
};

/// What the pump and the steps of a visit share.
pub(crate) struct Notes {
    recorder: Mutex<Recorder>,
    /// Sessions of frames that have a process of their own, in the order in which they came.
    frames: Mutex<Vec<Session>>,
    progress: watch::Sender<Progress>,
    sight: watch::Sender<Sight>,
    talk: watch::Sender<Talk>,
    live: Mutex<Telling>,
}

/// A body that was asked for.
type Query = Pin<Box<dyn Future<Output = (BodyQuery, Option<Vec<u8>>)> + Send>>;

/// A worker or frame that was asked to tell its requests: what it is, and what it answered.
type Child = Pin<Box<dyn Future<Output = (String, Result<(), CallError>)> + Send>>;

/// What Autoconsent wants to know of the page's own world: its number, in which session, what is to be answered.
type Evaluating = Pin<Box<dyn Future<Output = (usize, Session, EvaluateParams)> + Send>>;

/// The state of one visit's pump.
pub(crate) struct Pump<'a> {
    page: &'a Page,
    browser: &'a Session,
    presented: &'a Presented,
    notes: &'a Notes,
    messages: mpsc::Receiver<Heard>,
    /// Addresses of the workers and frames behind sessions other than the page's own.
    addresses: HashMap<String, String>,
    children: u32,
    popups: HashSet<String>,
    /// Dialogs and popups so far.
    nuisances: u32,
    queries: FuturesUnordered<Query>,
    asked: FuturesUnordered<Child>,
    contexts: Contexts,
    evals: FuturesUnordered<Evaluating>,
}

impl Notes {
    pub(crate) fn new(page: &Page, live: Telling) -> Self {
        let recorder = Recorder::new(page.target.as_ref()).hearing(&page.script).watched_by(&page.watcher);
        Self {
            recorder: Mutex::new(recorder),
            frames: Mutex::default(),
            progress: watch::Sender::default(),
            sight: watch::Sender::default(),
            talk: watch::Sender::default(),
            live: Mutex::new(live),
        }
    }

    /// The recorder, which never panics half-way through.
    pub(crate) fn recorder(&self) -> MutexGuard<'_, Recorder> {
        self.recorder.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The sessions of the frames that have a process of their own, those that ended among them.
    pub(crate) fn frames(&self) -> Vec<Session> {
        self.frames.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// What was seen of banners and presses so far, and will be.
    pub(crate) fn sight(&self) -> watch::Receiver<Sight> {
        self.sight.subscribe()
    }

    /// Tells who looks on what was written down since.
    pub(crate) fn tell_written(&self, recorder: &Recorder) {
        self.live.lock().unwrap_or_else(PoisonError::into_inner).look(recorder);
    }

    /// Tells who looks on what happens now.
    pub(crate) fn tell(&self, fact: LiveFact) {
        let at_ms = self.recorder().our_ms(Instant::now());
        self.live.lock().unwrap_or_else(PoisonError::into_inner).tell(at_ms, fact);
    }

    /// Shows who looks on a picture, if it is not too large.
    pub(crate) fn show(&self, shot: &Shot) {
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        if live.is_on() && shot.jpeg.len() <= LiveFact::PICTURE {
            live.tell(shot.at_ms, LiveFact::Picture { kind: shot.kind, jpeg: shot.jpeg.clone() });
        }
    }

    /// Passes on what the watcher has told.
    fn tell_sight(&self, recorder: &Recorder) {
        self.sight.send_if_modified(|sight| {
            let changed = sight != recorder.sight();
            if changed {
                sight.clone_from(recorder.sight());
            }
            changed
        });
    }

    /// What Autoconsent has said so far, and will.
    pub(crate) fn talk(&self) -> watch::Receiver<Talk> {
        self.talk.subscribe()
    }

    pub(crate) fn into_recorder(self) -> Recorder {
        self.recorder.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> Pump<'a> {
    pub(crate) fn new(
        page: &'a Page,
        browser: &'a Session,
        presented: &'a Presented,
        notes: &'a Notes,
        messages: mpsc::Receiver<Heard>,
    ) -> Self {
        Self {
            page,
            browser,
            presented,
            notes,
            messages,
            addresses: HashMap::new(),
            children: 0,
            popups: HashSet::new(),
            nuisances: 0,
            queries: FuturesUnordered::new(),
            asked: FuturesUnordered::new(),
            contexts: Contexts::default(),
            evals: FuturesUnordered::new(),
        }
    }

    /// Runs until the browser is gone.
    pub(crate) async fn run(&mut self) {
        loop {
            tokio::select! {
                heard = self.messages.recv() => match heard {
                    Some(heard) => self.hear(heard),
                    None => return,
                },
                Some((query, body)) = self.queries.next() => self.notes.recorder().fill(&query, body),
                Some((number, session, answer)) = self.evals.next() => {
                    let now = Instant::now();
                    self.notes.talk.send_modify(|talk| talk.evals[number].answered = Some(now));
                    session.fire(&answer);
                }
                Some((child, answer)) = self.asked.next() => self.on_watched(child, answer),
            }
        }
    }

    /// Takes what was heard already.
    pub(crate) fn drain(&mut self) {
        while let Ok(heard) = self.messages.try_recv() {
            self.hear(heard);
        }
    }

    fn hear(&mut self, heard: Heard) {
        match heard {
            Heard::Event(event) => self.on_event(&event),
            Heard::Unparsed(unparsed) => self.notes.recorder().gap(GapKind::UnparsedMessage, unparsed.method),
        }
    }

    fn on_event(&mut self, message: &CdpEventMessage) {
        let session = message.session_id.as_deref().unwrap_or_default();
        let heard = Instant::now();
        match &message.params {
            CdpEvent::TargetAttachedToTarget(attached) => self.on_child(attached),
            CdpEvent::TargetTargetCreated(created) => self.on_page(&created.target_info.target_id),
            CdpEvent::PageWindowOpen(opened) => {
                self.notes.recorder().gap(GapKind::TargetUnwatched, format!("popup {}", without_query(&opened.url)));
            }
            CdpEvent::PageJavascriptDialogOpening(dialog) => self.on_dialog(session, dialog),
            CdpEvent::InspectorTargetCrashed(_) => self.on_crash(session, "the renderer crashed"),
            CdpEvent::TargetTargetCrashed(crashed) if crashed.target_id == self.page.target => {
                let detail = format!("the renderer crashed: {} ({})", crashed.status, crashed.error_code);
                self.notes.progress.send_modify(|progress| progress.crashed = Some(detail));
            }
            CdpEvent::PageDomContentEventFired(_) if self.is_page(session) => self.on_parsed(heard),
            CdpEvent::PageLoadEventFired(_) if self.is_page(session) => self.on_loaded(heard),
            CdpEvent::RuntimeExecutionContextCreated(created) => {
                if self.page.agent.is_some() {
                    self.contexts.on_created(session, created);
                }
            }
            CdpEvent::RuntimeExecutionContextDestroyed(gone) => {
                if let Some(context) = self.contexts.on_destroyed(&gone.execution_context_unique_id) {
                    self.on_gone(session, Some(context));
                }
            }
            CdpEvent::RuntimeExecutionContextsCleared(_) => self.on_gone(session, None),
            CdpEvent::RuntimeBindingCalled(called) if self.is_agents(&called.name) => {
                self.on_agent(session, called, heard);
            }
            event => self.record(session, event, heard),
        }
    }

    fn is_agents(&self, channel: &str) -> bool {
        self.page.agent.as_ref().is_some_and(|agent| agent.channel == channel)
    }

    /// Autoconsent says or wants something.
    fn on_agent(&mut self, session: &str, called: &EventBindingCalled, heard: Instant) {
        let (Some(agent), Some(message)) = (&self.page.agent, Message::parse(&called.payload)) else { return };
        let place = Place { session: session.to_owned(), context: called.execution_context_id };
        let answer = match message {
            Message::Init { top } => return self.browser.child(session).fire(&agent.rules(place.context, top)),
            Message::Eval { id, code } => return self.evaluate(place, id, code, heard),
            Message::PopupFound { cmp } => {
                let popup = Popup { place, cmp: Message::name(&cmp) };
                return self.notes.talk.send_modify(|talk| talk.found(popup));
            }
            Message::OptOutResult { result: true, schedule_self_test: true } => Answer::Testable,
            Message::OptOutResult { result: true, .. } | Message::OptInResult { result: true } => Answer::Chose,
            Message::OptOutResult { .. } | Message::OptInResult { .. } => Answer::Failed,
            Message::AutoconsentDone => Answer::Done,
            Message::SelfTestResult { result } => Answer::Tested(result),
            Message::Other => return,
        };
        self.notes.talk.send_modify(|talk| talk.answers.push((place, answer)));
    }

    /// Evaluates in the page's own world what Autoconsent asks for there; what cannot be is false.
    fn evaluate(&mut self, place: Place, id: String, code: String, heard: Instant) {
        let mut number = 0;
        self.notes.talk.send_modify(|talk| {
            number = talk.evals.len();
            talk.evals.push(Eval { place: place.clone(), asked: heard, answered: None });
        });
        let own = self.contexts.own(&place.session, &place.context);
        let session = self.browser.child(place.session.as_str());
        self.evals.push(Box::pin(async move {
            let mut result = false;
            if let Some(own) = own {
                let code = EvaluateParams {
                    context_id: Some(own),
                    return_by_value: Some(true),
                    await_promise: Some(true),
                    silent: Some(true),
                    ..EvaluateParams::new(code)
                };
                let said = session.call(code, bounds::ALIVE).await.ok();
                let said = said.filter(|said| said.exception_details.is_none()).and_then(|said| said.result.value);
                result = said.as_ref().is_some_and(is_true);
            }
            (number, session, Agent::evaluated(place.context, &id, result))
        }));
    }

    /// A script's place is gone, and with it what it showed or said.
    fn on_gone(&mut self, session: &str, context: Option<i64>) {
        let is_it =
            |place: &Place| place.session == session && context.is_none_or(|context| *place.context.inner() == context);
        self.notes.talk.send_if_modified(|talk| {
            let before = talk.popups.len();
            talk.popups.retain(|popup| !is_it(&popup.place));
            talk.popups.len() != before
        });
        let mut recorder = self.notes.recorder();
        recorder.forget_shown(session, context);
        self.notes.tell_sight(&recorder);
    }

    fn record(&mut self, session: &str, event: &CdpEvent, heard: Instant) {
        let address = self.addresses.get(session).map(String::as_str).unwrap_or_default();
        let mut recorder = self.notes.recorder();
        let before = recorder.count();
        let query = recorder.record(event, Source { session, address, heard });
        let after = recorder.count();
        self.notes.tell_sight(&recorder);
        self.notes.tell_written(&recorder);
        drop(recorder);
        self.notes.progress.send_if_modified(|progress| progress.note(before, after, heard));
        if let Some(query) = query {
            self.ask(session, query);
        }
        if let CdpEvent::FetchRequestPaused(paused) = event {
            self.let_go(session, paused, heard);
        }
    }

    /// Bodies are asked for at once: the browser forgets them.
    fn ask(&mut self, session: &str, query: BodyQuery) {
        if self.queries.len() >= bounds::BODY_QUERIES {
            self.notes.recorder().fill(&query, None);
            return;
        }
        let session = self.browser.child(session);
        self.queries.push(Box::pin(async move {
            let command = GetRequestPostData { request_id: query.request.clone() };
            let body = session.call(command, bounds::CALL).await.ok().and_then(|body| body.bytes());
            (query, body)
        }));
    }

    /// What is held back while leaving is seen now, and has to be sent all the same.
    fn let_go(&self, session: &str, paused: &EventRequestPaused, heard: Instant) {
        self.browser.child(session).fire(&ContinueRequestParams::new(paused.request_id.clone()));
        let answered = paused.response_status_code.is_some() || paused.response_error_reason.is_some();
        self.notes.progress.send_modify(|progress| {
            progress.last_leaving = Some(heard);
            progress.leaving = if answered { progress.leaving.saturating_sub(1) } else { progress.leaving + 1 };
        });
    }

    fn on_child(&mut self, attached: &EventAttachedToTarget) {
        let info = &attached.target_info;
        let session = self.browser.child(attached.session_id.as_ref());
        if info.target_id == self.page.target {
            return;
        }
        if info.r#type == "page" && info.subtype.is_none() {
            setup::popup(&session);
            self.browser.fire(&CloseTargetParams::new(info.target_id.clone()));
            return;
        }
        self.children += 1;
        if self.children > bounds::CHILDREN {
            // It stays paused: it can neither do harm nor be seen.
            self.notes
                .recorder()
                .gap(GapKind::TargetUnwatched, format!("more than {} workers and frames", bounds::CHILDREN));
            return;
        }
        self.addresses
            .insert(attached.session_id.as_ref().to_owned(), bounds::cut(&info.url, bounds::ADDRESS).to_owned());
        if info.r#type == "iframe" {
            self.notes.frames.lock().unwrap_or_else(PoisonError::into_inner).push(session.clone());
            // Interception by its session ends with the frame, before its last handlers run (measured).
            let what = "what frames in processes of their own send";
            self.notes.recorder().gap(GapKind::LeaveUnseen, what);
        }
        let watched = match info.r#type.as_str() {
            "iframe" | "page" => setup::frame(&session, self.presented, self.page),
            _ => setup::worker(&session, self.presented, &self.page.script),
        };
        let child = format!("{} {}", info.r#type, without_query(&info.url));
        self.asked.push(Box::pin(async move { (child, watched.await) }));
    }

    fn on_watched(&self, child: String, answer: Result<(), CallError>) {
        if answer.is_err_and(|error| !error.is_ended()) {
            self.notes.recorder().gap(GapKind::TargetUnwatched, child);
        }
    }

    /// What opens in a tab of its own is not this page: it is attached to, so that [`Pump::on_child`] can close it.
    fn on_page(&mut self, target: &TargetId) {
        if *target == self.page.target || !self.popups.insert(target.as_ref().to_owned()) {
            return;
        }
        self.browser.fire(&AttachToTargetParams { target_id: target.clone(), flatten: Some(true) });
        self.nuisance();
    }

    /// Nothing is ever confirmed, only dismissed; leaving is allowed.
    fn on_dialog(&mut self, session: &str, dialog: &EventJavascriptDialogOpening) {
        let accept = matches!(dialog.r#type, DialogType::Alert | DialogType::Beforeunload);
        self.browser.child(session).fire(&HandleJavaScriptDialogParams::new(accept));
        self.nuisance();
    }

    fn nuisance(&mut self) {
        self.nuisances += 1;
        if self.nuisances > bounds::DIALOGS {
            self.page.session.fire(&TerminateExecutionParams::default());
        }
    }

    /// Workers "crash" whenever they end, by the browser's word; only the page's own end is news.
    fn on_crash(&self, session: &str, detail: &str) {
        if self.is_page(session) {
            self.notes.progress.send_if_modified(|progress| {
                let first = progress.crashed.is_none();
                progress.crashed.get_or_insert_with(|| detail.to_owned());
                first
            });
        }
    }

    /// The blank page that the navigation started from has its events, too.
    fn on_parsed(&self, heard: Instant) {
        if self.notes.recorder().has_started() {
            self.notes.progress.send_modify(|progress| progress.parsed = Some(heard));
        }
    }

    fn on_loaded(&self, heard: Instant) {
        if self.notes.recorder().has_started() {
            self.notes.progress.send_modify(|progress| progress.loaded = Some(heard));
        }
    }

    fn is_page(&self, session: &str) -> bool {
        self.page.session.is(session)
    }
}

/// As scripts take a value for true.
fn is_true(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Null => false,
        serde_json::Value::Bool(value) => *value,
        serde_json::Value::Number(number) => number.as_f64() != Some(0.0),
        serde_json::Value::String(text) => !text.is_empty(),
        serde_json::Value::Array(_) | serde_json::Value::Object(_) => true,
    }
}
