//! The course of one visit through what its page asks about consent.

use earshot_model::{Choice, ConsentClock, ConsentStep, Fact, Gap, GapKind, Visit};

use super::{DecodedSignal, signals};

/// Gaps behind which contacts after the choice, or a banner, could hide.
pub(crate) const HIDING: [GapKind; 5] = [
    GapKind::CutShort,
    GapKind::BannerUnwatched,
    GapKind::TargetUnwatched,
    GapKind::EventBudget,
    GapKind::HostUnreached,
];

/// What a visit observed of consent, in short. Moments are in ms since navigation start.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConsentCourse {
    /// When a banner could first be seen.
    pub banner_ms: Option<f64>,
    /// What was chosen.
    pub choice: Option<Choice>,
    /// When the choice was made.
    pub choice_ms: Option<f64>,
    /// When the page was asked for once more.
    pub reload_ms: Option<f64>,
    /// How often something was pressed for the choice ([`ConsentClock::presses`]).
    pub presses: Option<u32>,
    /// What asks: the rule or platform by which the banner, or what we did with it, was recognised; empty if nothing
    /// asked, or nobody knows what.
    pub cmp: String,
    /// Whether a banner would have been noticed.
    pub watched: bool,
    /// Whether nothing is known to be missing that could hide a contact after the choice, or a banner.
    pub whole: bool,
    /// What the page's consent interfaces said, in order.
    pub signals: Vec<DecodedSignal>,
}

/// The course of a visit, of which judging added those gaps.
#[must_use]
pub fn course(visit: &Visit, gaps_added: &[Gap]) -> ConsentCourse {
    let clock = ConsentClock::of(&visit.events);
    let whole = !visit.gaps.iter().chain(gaps_added).any(|gap| HIDING.contains(&gap.kind));
    // Who answered something has shown that there was something.
    let unnoticed = clock.choice.is_some() && clock.banner_ms.is_none();
    ConsentCourse {
        banner_ms: clock.banner_ms,
        choice: clock.choice.map(|(choice, _)| choice),
        choice_ms: clock.choice.map(|(_, at_ms)| at_ms),
        reload_ms: clock.reload_ms,
        presses: clock.presses,
        cmp: platform(visit),
        watched: whole && !unnoticed,
        whole,
        signals: signals(&visit.events),
    }
}

/// By what the choice was recognised; failing that the banner. `plain` is no platform, so a better name goes before it.
fn platform(visit: &Visit) -> String {
    let sources = |wanted: fn(ConsentStep) -> bool| {
        visit.events.iter().filter_map(move |event| match &event.fact {
            Fact::Consent(consent) if wanted(consent.step) && !consent.source.is_empty() => Some(&consent.source),
            _ => None,
        })
    };
    let chosen = || sources(|step| matches!(step, ConsentStep::Reject | ConsentStep::Accept));
    let asked = || sources(|step| matches!(step, ConsentStep::Banner | ConsentStep::Press | ConsentStep::Call));
    let named = chosen().chain(asked()).find(|source| *source != PLAIN);
    named.or_else(|| chosen().chain(asked()).next()).cloned().unwrap_or_default()
}

/// The source of a banner of no known platform ([`earshot_model::Consent::source`]).
const PLAIN: &str = "plain";
