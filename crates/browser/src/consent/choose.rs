//! Makes a choice: by a rule of Autoconsent for the banner's platform; else by the one button of the banner whose words
//! clearly mean it, with the mouse, as a visitor does.
//!
//! What was pressed is told by the watcher ([`super::watch`]); here it becomes steps of the consent clock. A choice that
//! did not make the banner go is none.

use std::time::Duration;

use chromiumoxide::cdp::{
    browser_protocol::page::{CreateIsolatedWorldParams, FrameId},
    js_protocol::runtime::EvaluateParams,
};
use earshot_model::{Choice, Consent, ConsentMeans, ConsentStep, GapKind, PageUrl, Witness};
use serde::Deserialize;
use tokio::time::{Instant, sleep, timeout};

use super::{Agent, Answer, Banner, Eval, Place, Popup, Sight, Talk};
use crate::{bounds, context::Page, pump::Notes, session::CallError, steps::absent, typing::Hand};

/// How long a rule may take. Those that open settings and untick boxes wait for each of them.
const RULE: Duration = Duration::from_secs(10);

/// How long a banner may take to go, and a further layer to come.
const SETTLED: Duration = Duration::from_secs(3);

/// How often is looked whether it has.
const LOOK: Duration = Duration::from_millis(100);

/// How long a press may take to be told.
const TOLD: Duration = Duration::from_millis(800);

/// Rests of a hand between pointing and clicking: a person's.
const REST: (Duration, Duration) = (Duration::from_millis(80), Duration::from_millis(160));

/// How long a banner has to stay away: layers follow each other, and pages show theirs anew.
const AWAY: Duration = Duration::from_secs(1);

/// Pixels by which a button may have moved while the mouse came.
const STILL: f64 = 1.0;

/// Rules tried on one page: a platform has two layers in frames at most.
const RULES: usize = 6;

/// What a choice has to know.
pub(crate) struct Occasion<'a> {
    pub page: &'a Page,
    pub notes: &'a Notes,
    pub choice: Choice,
    /// The address of the page's document.
    pub address: String,
    /// When it has to be made at the latest.
    pub until: Instant,
}

/// A choice that is being made.
struct Attempt<'a> {
    occasion: &'a Occasion<'a>,
    /// Presses that were before.
    presses: usize,
    /// When the interface of the platform was called: asked for, and done.
    calls: Vec<(Instant, Instant)>,
    /// When something was pressed of which nobody told.
    untold: Vec<Instant>,
    /// Documents in which a rule was asked already.
    asked: Vec<Place>,
    /// What was tried, for people.
    tried: Vec<String>,
}

/// How far a rule came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Came {
    Nowhere,
    /// One layer of several, in documents of their own.
    OneLayer,
    /// The choice is made, as far as the rule knows; it can test that or not.
    Through {
        testable: bool,
    },
}

/// A button of the banner that can be seen.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Aim {
    /// How many there are whose words mean that, told apart by their words.
    count: u32,
    /// Its middle in the viewport.
    x: f64,
    y: f64,
    /// Whether it leads to another page, or sends a form in which something can be typed.
    leads: bool,
}

/// Makes the choice. Whether it was made; if there was something to choose and it was not, that is a gap. What was pressed
/// on the way is told in any case: what comes after it may follow from it.
///
/// # Errors
/// Only if the browser is gone.
pub(crate) async fn take(occasion: &Occasion<'_>) -> Result<bool, CallError> {
    let asks = {
        let (sight, talk) = (occasion.notes.sight(), occasion.notes.talk());
        sight.borrow().banner.is_some() || !talk.borrow().popups.is_empty()
    };
    if !asks {
        return Ok(false);
    }
    let mut attempt = Attempt::new(occasion);
    let source = match attempt.by_rules().await? {
        Some(source) => Some(source),
        None => attempt.by_words().await?,
    };
    let source = source.filter(|_| attempt.is_there());
    let made = attempt.record(source.as_deref());
    if !made {
        attempt.give_up();
    }
    Ok(made)
}

impl<'a> Attempt<'a> {
    fn new(occasion: &'a Occasion<'a>) -> Self {
        let presses = occasion.notes.sight().borrow().presses.len();
        Self { occasion, presses, calls: Vec::new(), untold: Vec::new(), asked: Vec::new(), tried: Vec::new() }
    }

    /// By Autoconsent's rules, those first that know the platform by its marks. Gives the rule's name if the banner went.
    async fn by_rules(&mut self) -> Result<Option<String>, CallError> {
        while self.asked.len() < RULES && Instant::now() < self.occasion.until {
            let Some(popup) = self.next() else { break };
            self.asked.push(popup.place.clone());
            self.tried.push(popup.cmp.clone());
            match self.told(&popup).await {
                Came::Nowhere => {}
                Came::OneLayer => self.await_popup().await,
                Came::Through { testable } => {
                    if self.has_worked(&popup, testable).await {
                        return Ok(Some(popup.cmp));
                    }
                }
            }
        }
        Ok(None)
    }

    /// The next banner in whose document no rule was asked yet. Words alone say how to refuse, not how to agree.
    fn next(&self) -> Option<Popup> {
        let talk = self.occasion.notes.talk();
        let mut popups = talk.borrow().popups.clone();
        popups.retain(|popup| !self.asked.contains(&popup.place));
        popups.retain(|popup| self.occasion.choice == Choice::Reject || !popup.is_guessed());
        popups.into_iter().min_by_key(Popup::is_guessed)
    }

    /// Waits for a further layer.
    async fn await_popup(&self) {
        let mut talk = self.occasion.notes.talk();
        let asked = &self.asked;
        let is_new = |talk: &Talk| talk.popups.iter().any(|popup| !asked.contains(&popup.place));
        let _ = timeout(SETTLED, talk.wait_for(is_new)).await;
    }

    /// Tells the script in that document to choose, and waits for what comes of it.
    async fn told(&mut self, popup: &Popup) -> Came {
        let Occasion { page, notes, choice, until, .. } = self.occasion;
        let (mut talk, place) = (notes.talk(), &popup.place);
        let (before, evals) = (talk.borrow().answers.len(), talk.borrow().evals.len());
        let presses = notes.sight().borrow().presses.len();
        page.session.child(place.session.as_str()).fire(&Agent::choose(place.context, *choice));
        let limit = RULE.min(until.saturating_duration_since(Instant::now()));
        let is_left = |talk: &Talk| !talk.popups.iter().any(|popup| popup.place == *place);
        let is_over = |talk: &Talk| {
            let answers = |answer| matches!(answer, Answer::Done | Answer::Failed);
            is_left(talk) || talk.answers_of(place, before).any(answers)
        };
        let _ = timeout(limit, talk.wait_for(is_over)).await;
        let now = Instant::now();
        let talk = talk.borrow();
        let evals = talk.evals.iter().skip(evals).filter(|eval| eval.place == *place);
        self.calls.extend(evals.map(|eval: &Eval| (eval.asked, eval.answered.unwrap_or(now))));
        let has = |wanted: Answer| talk.answers_of(place, before).any(|answer| answer == wanted);
        match (has(Answer::Done), has(Answer::Testable), has(Answer::Chose)) {
            (true, testable, _) => Came::Through { testable },
            // A platform that loads the page anew leaves nobody who could answer.
            _ if is_left(&talk) && self.has_pressed(presses) => Came::Through { testable: false },
            (false, false, false) => Came::Nowhere,
            (false, _, _) => Came::OneLayer,
        }
    }

    /// Whether one of the presses after the first so many was on a banner's button whose words are the choice.
    fn has_pressed(&self, after: usize) -> bool {
        let means = match self.occasion.choice {
            Choice::Reject => ConsentMeans::Reject,
            Choice::Accept => ConsentMeans::Accept,
        };
        let sight = self.occasion.notes.sight();
        sight.borrow().presses.iter().skip(after).any(|press| press.in_banner && press.means == means)
    }

    /// Whether a choice that a rule has made can be seen to have been made: the banner went. Of one that our watcher never
    /// saw, a rule's own test says so; without one, an agreement is taken for made, since what follows tells.
    async fn has_worked(&self, popup: &Popup, testable: bool) -> bool {
        let Occasion { page, notes, choice, .. } = self.occasion;
        if notes.sight().borrow().banner.is_some() {
            return self.is_gone().await;
        }
        if !testable {
            return *choice == Choice::Accept;
        }
        let (mut talk, place) = (notes.talk(), &popup.place);
        let before = talk.borrow().answers.len();
        page.session.child(place.session.as_str()).fire(&Agent::test(place.context));
        let tested = |talk: &Talk| talk.answers_of(place, before).any(|answer| matches!(answer, Answer::Tested(_)));
        let _ = timeout(SETTLED, talk.wait_for(tested)).await;
        let talk = talk.borrow();
        talk.answers_of(place, before).any(|answer| answer == Answer::Tested(true))
    }

    /// By the words of the banner's buttons.
    async fn by_words(&mut self) -> Result<Option<String>, CallError> {
        if !self.occasion.notes.sight().borrow().is_shown {
            return Ok(None);
        }
        let wanted = self.occasion.choice.as_str();
        if self.press(wanted).await? {
            return Ok(self.is_gone().await.then(|| "plain".to_owned()));
        }
        if self.occasion.choice == Choice::Accept || !self.press("settings").await? {
            return Ok(None);
        }
        let until = Instant::now() + SETTLED;
        while Instant::now() < until {
            sleep(LOOK).await;
            if self.press(wanted).await? || self.press("save").await? {
                return Ok(self.is_gone().await.then(|| "plain".to_owned()));
            }
        }
        Ok(None)
    }

    /// Presses the one button of the banner that means that, if it is still where it was when the mouse is there. Whether
    /// it was pressed.
    async fn press(&mut self, means: &str) -> Result<bool, CallError> {
        let Some(aim) = self.aim(means).await?.filter(Aim::is_clear) else { return Ok(false) };
        let mut sight = self.occasion.notes.sight();
        let before = sight.borrow().presses.len();
        let hand = Hand::new(&self.occasion.page.session, REST);
        let at = (aim.x, aim.y);
        if !hand.point(at).await? {
            return Ok(false);
        }
        if !self.aim(means).await?.is_some_and(|again| again.is_clear() && again.is_at(&aim)) {
            return Ok(false);
        }
        self.tried.push(format!("the button to {means}"));
        let now = Instant::now();
        hand.click(at).await?;
        let told = timeout(TOLD, sight.wait_for(|sight| sight.presses.len() > before)).await.is_ok();
        if !told {
            // It may have been pressed all the same.
            self.untold.push(now);
        }
        Ok(told && sight.borrow().presses[before..].iter().any(|press| press.in_banner))
    }

    /// Where the button is that means that.
    async fn aim(&self, means: &str) -> Result<Option<Aim>, CallError> {
        let Page { session, target, watcher, .. } = self.occasion.page;
        let world = CreateIsolatedWorldParams {
            world_name: Some(watcher.world().to_owned()),
            ..CreateIsolatedWorldParams::new(FrameId::new(target.as_ref()))
        };
        let Some(world) = absent(session.call(world, bounds::ALIVE).await)? else { return Ok(None) };
        let aim = EvaluateParams {
            context_id: Some(world.execution_context_id),
            return_by_value: Some(true),
            silent: Some(true),
            ..EvaluateParams::new(watcher.aim(means))
        };
        let said = absent(session.call(aim, bounds::ALIVE).await)?;
        Ok(said.and_then(|said| serde_json::from_value(said.result.value?).ok()))
    }

    /// Whether no banner can be seen any more, and stays away; of a choice that leads to another document, in that one,
    /// which may show its banner until it knows better.
    async fn is_gone(&self) -> bool {
        let notes = self.occasion.notes;
        let (mut sight, mut progress) = (notes.sight(), notes.progress());
        let goes = async {
            loop {
                sight.wait_for(|sight| !sight.is_shown).await.ok()?;
                progress.wait_for(|progress| progress.parsed.is_some()).await.ok()?;
                match timeout(AWAY, sight.wait_for(|sight| sight.is_shown)).await {
                    Err(_) => return Some(()),
                    Ok(back) => back.ok()?,
                };
            }
        };
        timeout(SETTLED + AWAY, goes).await.is_ok_and(|gone| gone.is_some())
    }

    /// Whether the page is still one of the site: what another site does follows from no choice of this one.
    fn is_there(&self) -> bool {
        let site = |url: &str| PageUrl::parse(url).ok().map(|url| url.site());
        site(&self.occasion.notes.recorder().document().url) == site(&self.occasion.address)
    }

    /// Writes down what was done, and if there is a source that it was the choice. Whether it was.
    fn record(&self, source: Option<&str>) -> bool {
        let Occasion { notes, choice, address, .. } = self.occasion;
        let Sight { presses, .. } = notes.sight().borrow().clone();
        let presses = presses.get(self.presses..).unwrap_or_default();
        let mut recorder = notes.recorder();
        let step = |step, value: &str| Consent {
            step,
            source: source.unwrap_or_default().to_owned(),
            value: value.to_owned(),
            buttons: Vec::new(),
        };
        let (mut clicked, mut asked, mut answered) = (Vec::new(), Vec::new(), Vec::new());
        // A page that clicks its own buttons presses nothing of the banner; what lies over a banner may not be known as one.
        let in_banner = presses.iter().any(|press| press.in_banner);
        for press in presses {
            if press.in_banner || !in_banner {
                recorder.stepped(Witness::Page, &press.frame, press.from_ms, step(ConsentStep::Press, &press.selector));
            }
            clicked.push(press.at_ms);
        }
        let untold = self.untold.iter().map(|at| (*at, *at, ConsentStep::Press));
        let calls = self.calls.iter().map(|(from, until)| (*from, *until, ConsentStep::Call));
        for (from, until, kind) in untold.chain(calls) {
            let (from, until) = (recorder.our_ms(from), recorder.our_ms(until));
            // From then on something may follow from it, although a refusal counts only once it is done.
            recorder.stepped(Witness::Browser, address, from, step(kind, ""));
            asked.push(from);
            answered.push(until);
        }
        let (kind, at_ms) = match choice {
            Choice::Accept => (ConsentStep::Accept, clicked.into_iter().chain(asked).reduce(f64::min)),
            Choice::Reject => (ConsentStep::Reject, clicked.into_iter().chain(answered).reduce(f64::max)),
        };
        let (Some(at_ms), Some(_)) = (at_ms, source) else { return false };
        recorder.stepped(Witness::Browser, address, at_ms, step(kind, ""));
        notes.tell_written(&recorder);
        true
    }

    fn give_up(&self) {
        let Occasion { notes, choice, .. } = self.occasion;
        let tried = if self.tried.is_empty() { "nothing".to_owned() } else { self.tried.join(", ") };
        let buttons = notes.sight().borrow().banner.as_ref().map(Banner::words).unwrap_or_default();
        let buttons = if buttons.is_empty() { "none that could be read".to_owned() } else { buttons };
        let detail = format!("no way to {} found; tried: {tried}; buttons: {buttons}", choice.as_str());
        notes.recorder().gap(GapKind::ChoiceNotMade, detail);
    }
}

impl Banner {
    /// The words of its buttons.
    fn words(&self) -> String {
        self.buttons.iter().map(|button| format!("'{}'", button.text)).collect::<Vec<_>>().join(", ")
    }
}

impl Aim {
    fn is_clear(&self) -> bool {
        self.count == 1 && !self.leads
    }

    fn is_at(&self, other: &Self) -> bool {
        (self.x - other.x).abs() <= STILL && (self.y - other.y).abs() <= STILL
    }
}
