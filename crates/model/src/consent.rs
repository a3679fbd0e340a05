//! Where a visitor stands with consent: the steps that a visit observes, the clock that they make, and the phase of
//! each moment.

use serde::{Deserialize, Serialize};

use crate::{Event, Fact, Phase, Profile};

/// Something happened that matters for where the visitor stands with consent. When is the event's moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// What.
    pub step: ConsentStep,
    /// For a banner and for what we did with it, the rule or platform by which it was recognised (autoconsent's name for
    /// it, or `plain`); for a signal the interface that gives it: `tcf`, `gpp`, `usp`, `google_consent_mode`,
    /// `gpc`, `gpc.json`, or a platform's own name (`onetrust`, `cookiebot`, …).
    pub source: String,
    /// For a banner or a press a short selector of it; for a signal what the interface says, at most
    /// [`Consent::LONGEST`] bytes: the string as it is (TCF, GPP, US Privacy), or JSON. Never a cookie's value.
    pub value: String,
    /// For a banner, what can be pressed on its first layer; at most [`Consent::BUTTONS`].
    pub buttons: Vec<ConsentButton>,
}

/// What kind of step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentStep {
    /// A banner that asks for consent could be seen for the first time: it lies in the viewport, and is not transparent.
    #[default]
    Banner,
    /// We pressed something in it, on the way to a choice. The moment is that at which the mouse went down, if it did.
    Press,
    /// We told the platform by its own interface, on the way to a choice, instead of pressing something. The moment is that
    /// at which it was asked for.
    Call,
    /// The choice was made: everything that can be refused is. The moment is that of the last click, or of the last call's
    /// end.
    Reject,
    /// The choice was made: everything is agreed to. The moment is that of the first click, or of the first call: whatever
    /// comes then may follow from it.
    Accept,
    /// The page was loaded once more after the choice.
    Reload,
    /// A consent signal of the page was seen for the first time, or changed.
    Signal,
}

/// Something that can be pressed in a banner.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentButton {
    /// What it does, by its words.
    pub means: ConsentMeans,
    /// Its words, cut at 120 characters.
    pub text: String,
}

/// What a button of a banner does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentMeans {
    /// Agrees to everything.
    Accept,
    /// Refuses everything that can be refused.
    Reject,
    /// Shows choices in detail.
    Settings,
    /// Takes note, or closes, without saying what that means.
    Dismiss,
    /// Anything else: links to policies, what keeps a choice.
    #[default]
    Other,
    /// Its words are none that are known: it may do any of these.
    Unknown,
}

/// What a visitor chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// Everything that can be refused is.
    Reject,
    /// Everything is agreed to.
    Accept,
}

/// The moments of one visit that matter for consent, in ms since navigation start.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ConsentClock {
    /// When a banner could first be seen.
    pub banner_ms: Option<f64>,
    /// When we first pressed something, or called the platform: before that, nothing can have followed from a choice.
    pub choosing_ms: Option<f64>,
    /// What was chosen, and when.
    pub choice: Option<(Choice, f64)>,
    /// When the page was asked for once more.
    pub reload_ms: Option<f64>,
    /// How often something was pressed for the choice; `None` if there was none, or if a call did a part of it.
    pub presses: Option<u32>,
}

impl Consent {
    /// Longest value kept, in bytes: TC strings with all vendors have some 1,500, GPP strings of several sections more.
    pub const LONGEST: usize = 4 * 1024;
    /// Buttons kept of a banner: first layers have two or three, and some links.
    pub const BUTTONS: usize = 16;
}

impl ConsentClock {
    /// The clock of a visit, from its events.
    #[must_use]
    pub fn of(events: &[Event]) -> Self {
        let steps = events.iter().filter_map(|event| match &event.fact {
            Fact::Consent(consent) => Some((event.at_ms?, consent.step)),
            _ => None,
        });
        Self::of_steps(steps)
    }

    /// The clock that steps make, each with its moment, in any order.
    #[must_use]
    pub fn of_steps(steps: impl IntoIterator<Item = (f64, ConsentStep)>) -> Self {
        let (mut clock, mut presses, mut calls) = (Self::default(), 0, 0);
        let earlier = |known: &mut Option<f64>, at_ms: f64| *known = Some(known.map_or(at_ms, |ms| ms.min(at_ms)));
        for (at_ms, step) in steps {
            match step {
                ConsentStep::Banner => earlier(&mut clock.banner_ms, at_ms),
                ConsentStep::Press => presses += 1,
                ConsentStep::Call => calls += 1,
                ConsentStep::Reject => clock.choice = Some((Choice::Reject, at_ms)),
                ConsentStep::Accept => clock.choice = Some((Choice::Accept, at_ms)),
                ConsentStep::Reload => earlier(&mut clock.reload_ms, at_ms),
                ConsentStep::Signal => {}
            }
            if matches!(step, ConsentStep::Press | ConsentStep::Call | ConsentStep::Reject | ConsentStep::Accept) {
                earlier(&mut clock.choosing_ms, at_ms);
            }
        }
        clock.presses = (clock.choice.is_some() && calls == 0).then_some(presses);
        clock
    }

    /// The phase of a moment of a visit under that profile. What has no moment belongs to the end of the visit.
    /// `watched` says whether a banner would have been noticed: if not, there may have been one.
    #[must_use]
    pub fn phase(&self, profile: Profile, watched: bool, at_ms: Option<f64>) -> Phase {
        let at_ms = at_ms.unwrap_or(f64::INFINITY);
        match (self.choice, self.banner_ms) {
            _ if profile == Profile::Gpc => Phase::Gpc,
            (Some((Choice::Reject, chosen_ms)), _) if at_ms >= chosen_ms => Phase::PostReject,
            (Some((Choice::Accept, chosen_ms)), _) if at_ms >= chosen_ms => Phase::PostAccept,
            (_, Some(banner_ms)) if at_ms < banner_ms => Phase::PreBanner,
            (None, None) if watched => Phase::NoBanner,
            _ => Phase::PreChoice,
        }
    }

    /// Whether nothing at that moment can have followed from a choice.
    #[must_use]
    pub fn is_before_choice(&self, at_ms: f64) -> bool {
        self.choosing_ms.is_none_or(|choosing_ms| at_ms < choosing_ms)
    }
}

impl Choice {
    /// The name used in reports and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reject => "reject",
            Self::Accept => "accept",
        }
    }
}

impl ConsentStep {
    /// The name used in reports and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Banner => "banner",
            Self::Press => "press",
            Self::Call => "call",
            Self::Reject => "reject",
            Self::Accept => "accept",
            Self::Reload => "reload",
            Self::Signal => "signal",
        }
    }
}

impl ConsentMeans {
    /// The name used in reports and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Reject => "reject",
            Self::Settings => "settings",
            Self::Dismiss => "dismiss",
            Self::Other => "other",
            Self::Unknown => "unknown",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_follow_the_clock() {
        use ConsentStep as S;
        let steps = [(500.0, S::Banner), (3_000.0, S::Press), (3_400.0, S::Press), (3_400.0, S::Reject)];
        let clock = ConsentClock::of_steps(steps);
        let phase = |at_ms: f64| clock.phase(Profile::Reject, true, Some(at_ms));
        assert_eq!(
            [0.0, 499.9, 500.0, 3_399.9, 3_400.0, 9_000.0].map(phase),
            [
                Phase::PreBanner,
                Phase::PreBanner,
                Phase::PreChoice,
                Phase::PreChoice,
                Phase::PostReject,
                Phase::PostReject
            ]
        );
        assert_eq!(clock.phase(Profile::Reject, true, None), Phase::PostReject);
        assert!(clock.is_before_choice(2_999.0) && !clock.is_before_choice(3_000.0));
        assert_eq!(clock.presses, Some(2));
        let clock = ConsentClock::of_steps([(500.0, S::Banner), (3_000.0, S::Accept), (3_000.0, S::Call)]);
        assert_eq!(clock.phase(Profile::Accept, true, Some(3_000.0)), Phase::PostAccept);
        assert_eq!(clock.presses, None);
    }

    #[test]
    fn without_a_banner_it_matters_whether_one_would_have_been_seen() {
        let clock = ConsentClock::default();
        assert_eq!(clock.phase(Profile::Untouched, true, Some(1.0)), Phase::NoBanner);
        assert_eq!(clock.phase(Profile::Untouched, false, Some(1.0)), Phase::PreChoice);
        assert_eq!(clock.phase(Profile::Gpc, true, None), Phase::Gpc);
        assert!(clock.is_before_choice(f64::INFINITY));
    }
}
