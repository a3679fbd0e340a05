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
use earshot_model::{Choice, Consent, ConsentStep, GapKind, Witness};
use serde::Deserialize;
use tokio::time::{Instant, sleep, timeout};

use super::{Agent, Popup, Sight};
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
    /// Presses and evaluations that were before.
    presses: usize,
    evals: usize,
    /// What was tried, for people.
    tried: Vec<String>,
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

/// Makes the choice. Whether it was made; if there was something to choose and it was not, that is a gap.
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
    let by_rule = attempt.by_rules().await?;
    let source = match by_rule {
        Some(source) => Some(source),
        None => attempt.by_words().await?,
    };
    match source {
        Some(source) if attempt.record(&source) => Ok(true),
        _ => {
            attempt.give_up();
            Ok(false)
        }
    }
}

impl<'a> Attempt<'a> {
    fn new(occasion: &'a Occasion<'a>) -> Self {
        let presses = occasion.notes.sight().borrow().presses.len();
        let evals = occasion.notes.talk().borrow().evals.len();
        Self { occasion, presses, evals, tried: Vec::new() }
    }

    /// By Autoconsent's rules, those first that know the platform by its marks. Gives the rule's name if the banner went.
    async fn by_rules(&mut self) -> Result<Option<String>, CallError> {
        let mut answered = None;
        for asked in 0..RULES {
            let Some(popup) = self.next(asked) else { break };
            if Instant::now() >= self.occasion.until {
                break;
            }
            self.tried.push(popup.cmp.clone());
            if self.told(&popup).await {
                answered.get_or_insert(popup.cmp);
                if self.is_gone().await {
                    return Ok(answered);
                }
            }
        }
        Ok(None)
    }

    /// The next banner that was not answered yet; one that comes late is waited for no longer.
    fn next(&self, asked: usize) -> Option<Popup> {
        let talk = self.occasion.notes.talk();
        let mut popups = talk.borrow().popups.clone();
        // Words alone say how to refuse, not how to agree.
        popups.retain(|popup| self.occasion.choice == Choice::Reject || !popup.is_guessed());
        popups.sort_by_key(Popup::is_guessed);
        popups.into_iter().nth(asked)
    }

    /// Tells the script in that document to choose. Whether it says that it did.
    async fn told(&self, popup: &Popup) -> bool {
        let Occasion { page, notes, choice, until, .. } = self.occasion;
        let mut talk = notes.talk();
        let before = talk.borrow().results.len();
        page.session.child(popup.session.as_str()).fire(&Agent::choose(popup.context.clone(), *choice));
        let limit = RULE.min(until.saturating_duration_since(Instant::now()));
        match timeout(limit, talk.wait_for(|talk| talk.results.len() > before)).await {
            Ok(Ok(talk)) => talk.results[before],
            _ => false,
        }
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

    /// Presses the one button of the banner that means that. Whether there is one, and it took the click.
    async fn press(&mut self, means: &str) -> Result<bool, CallError> {
        let Some(aim) = self.aim(means).await? else { return Ok(false) };
        if aim.count != 1 || aim.leads {
            return Ok(false);
        }
        self.tried.push(format!("the button to {means}"));
        let mut sight = self.occasion.notes.sight();
        let before = sight.borrow().presses.len();
        let hand = Hand::new(&self.occasion.page.session, REST);
        let at = (aim.x, aim.y);
        if !hand.point(at).await? || !hand.click(at).await? {
            return Ok(false);
        }
        Ok(timeout(TOLD, sight.wait_for(|sight| sight.presses.len() > before)).await.is_ok())
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

    /// Whether no banner can be seen any more, for a moment at least.
    async fn is_gone(&self) -> bool {
        let mut sight = self.occasion.notes.sight();
        let gone = timeout(SETTLED, sight.wait_for(|sight| !sight.is_shown)).await;
        matches!(gone, Ok(Ok(_)))
    }

    /// Writes down what was done, and that it was the choice. Whether anything was done at all.
    fn record(&self, source: &str) -> bool {
        let Occasion { notes, choice, address, .. } = self.occasion;
        let Sight { presses, .. } = notes.sight().borrow().clone();
        let presses = presses.get(self.presses..).unwrap_or_default();
        let evals = notes.talk().borrow().evals.get(self.evals..).unwrap_or_default().to_vec();
        let mut recorder = notes.recorder();
        let calls: Vec<f64> = evals.into_iter().map(|at| recorder.our_ms(at)).collect();
        let began = presses.iter().map(|press| press.from_ms).chain(calls.iter().copied());
        let ended = presses.iter().map(|press| press.at_ms).chain(calls.iter().copied());
        let (step, at_ms) = match choice {
            Choice::Accept => (ConsentStep::Accept, began.reduce(f64::min)),
            Choice::Reject => (ConsentStep::Reject, ended.reduce(f64::max)),
        };
        let Some(at_ms) = at_ms else { return false };
        let consent = |step, value: &str| Consent {
            step,
            source: source.to_owned(),
            value: value.to_owned(),
            buttons: Vec::new(),
        };
        for press in presses {
            let at_ms = if *choice == Choice::Accept { press.from_ms } else { press.at_ms };
            recorder.stepped(Witness::Page, &press.frame, at_ms, consent(ConsentStep::Press, &press.selector));
        }
        for at_ms in calls {
            recorder.stepped(Witness::Browser, address, at_ms, consent(ConsentStep::Call, ""));
        }
        recorder.stepped(Witness::Browser, address, at_ms, consent(step, ""));
        true
    }

    fn give_up(&self) {
        let Occasion { notes, choice, .. } = self.occasion;
        let buttons = notes.sight().borrow().banner.as_ref().map(|banner| {
            banner.buttons.iter().map(|button| format!("'{}'", button.text)).collect::<Vec<_>>().join(", ")
        });
        let tried = if self.tried.is_empty() { "nothing".to_owned() } else { self.tried.join(", ") };
        let buttons =
            buttons.filter(|buttons| !buttons.is_empty()).unwrap_or_else(|| "none that could be read".to_owned());
        let detail = format!("no way to {} found; tried: {tried}; buttons: {buttons}", choice.as_str());
        notes.recorder().gap(GapKind::ChoiceNotMade, detail);
    }
}
