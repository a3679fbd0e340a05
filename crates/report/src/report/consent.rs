//! Where visitors stand with consent, as a report tells it: of a visit, of a page, and of each tracker.

use earshot_store::{ChoiceRow, StateRow, VisitRow};
use schemars::JsonSchema;
use serde::Serialize;

use crate::words::count;

/// The words for how a tracker behaves ([`VendorState::gating`]), worst first.
pub const GATINGS: [(&str, &str); 8] = [
    ("on_paper", "before and despite reject: the banner changes nothing"),
    ("despite_reject_only", "despite reject"),
    ("no_banner", "fires, nothing asks"),
    ("opt_out", "before the choice, stops after reject"),
    ("before_choice", "before the choice"),
    ("cookieless", "after reject only pings that say so"),
    ("gated", "waits for consent: as it should"),
    ("unknown", "not known"),
];

/// How a visit stood with consent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct VisitConsent {
    /// Whether a banner would have been noticed.
    pub banner_watched: bool,
    /// When a banner could be seen first, in ms since navigation start; none if none was seen.
    pub banner_ms: Option<f64>,
    /// Platform of the banner, or the rule by which it was answered; empty if no banner was seen.
    pub cmp: String,
    /// What was chosen: `reject` or `accept`; none for no choice.
    pub choice: Option<String>,
    /// When it was chosen, in ms since navigation start.
    pub choice_ms: Option<f64>,
    /// When the page was asked for once more after it.
    pub reload_ms: Option<f64>,
    /// How often something was pressed for it, if that is known.
    pub presses: Option<u32>,
    /// Whether everything that the profile asks for was done and watched: where not, silence says nothing.
    pub whole: bool,
    /// What the page's consent interfaces said last.
    pub signals: Vec<ConsentSignal>,
}

/// What one consent interface of a page says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ConsentSignal {
    /// The interface: `tcf`, `gpp`, `google_consent_mode`, …
    pub interface: String,
    /// What it says, in words.
    pub says: String,
}

/// What one page asks its visitors, over all profiles, and what answering takes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct PageChoice {
    /// The registrable domain.
    pub site: String,
    /// The address that was opened.
    pub page: String,
    /// Whether a banner was seen.
    pub banner: bool,
    /// Whether there is none: one would have been noticed on all visits that matter.
    pub no_banner: bool,
    /// When it could be seen, at the earliest, in ms since navigation start.
    pub banner_ms: Option<f64>,
    /// Its platform, or the rule by which it was answered; empty if no banner was seen.
    pub cmp: String,
    /// Whether its first layer offers to agree and not to refuse.
    pub no_reject: bool,
    /// Presses that refusing took; none where that is not known.
    pub presses_reject: Option<u32>,
    /// Presses that agreeing took; none where that is not known.
    pub presses_accept: Option<u32>,
    /// Why no refusal could be made; none if one was, or none was tried.
    pub reject_failed: Option<String>,
    /// Whether the first layer does not offer to refuse, and refusing takes more presses than agreeing or cannot be done.
    pub reject_harder: bool,
    /// Profiles of which a visit was watched whole.
    pub whole: Vec<String>,
}

/// What one tracker does on one page in each state of consent. Numbers are of the visit with most of them; none where that
/// state was not watched whole and nothing was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct VendorState {
    /// The registrable domain of the page.
    pub site: String,
    /// The page.
    pub page: String,
    /// Catalogue id, or the registrable domain of a party that only a filter list knows.
    pub vendor: String,
    /// What people call it.
    pub name: String,
    /// What it does.
    pub category: String,
    /// `content` or `tracker`.
    pub exposure: String,
    /// Platform of the page's banner; empty if no banner was seen.
    pub cmp: String,
    /// Requests to it before any choice.
    pub before: Option<u32>,
    /// Requests by which it was told something after a refusal.
    pub after_reject: Option<u32>,
    /// Requests to it after agreeing.
    pub after_accept: Option<u32>,
    /// Requests by which it was told something under Global Privacy Control.
    pub under_gpc: Option<u32>,
    /// Pings that say that consent is denied, without an identifier.
    pub cookieless_pings: u32,
    /// What that comes to. `gated`: waits for consent, as it should. `on_paper`: the banner changes nothing, it fires before
    /// the choice and after a refusal. `opt_out`: fires before the choice, stops after a refusal.
    /// `cookieless`: after a refusal it is only sent pings that say that consent is denied. `despite_reject_only`:
    /// waits for the choice, and fires whatever it is. `before_choice`: fires before the choice, no refusal was watched
    /// whole. `no_banner`: fires, and nothing asks. `unknown`: could not be seen, which is never gated.
    pub gating: String,
    /// `ignored`, `honoured` or `unknown`: whether it heeds Global Privacy Control.
    pub gpc: String,
}

impl VisitConsent {
    /// Takes it out of a visit.
    pub(super) fn of(visit: &mut VisitRow) -> Self {
        let signals = std::mem::take(&mut visit.signals).into_iter();
        Self {
            banner_watched: visit.banner_watched,
            banner_ms: visit.banner_ms,
            cmp: std::mem::take(&mut visit.cmp),
            choice: Some(std::mem::take(&mut visit.choice)).filter(|choice| !choice.is_empty()),
            choice_ms: visit.choice_ms,
            reload_ms: visit.reload_ms,
            presses: visit.presses,
            whole: visit.course_whole,
            signals: signals.map(|(interface, says)| ConsentSignal { interface, says }).collect(),
        }
    }
}

impl PageChoice {
    /// Whether a visit of that profile was watched whole.
    pub(super) fn saw(&self, profile: &str) -> bool {
        self.whole.iter().any(|whole| whole == profile)
    }
}

impl VendorState {
    /// How it behaves, in words.
    #[must_use]
    pub fn comes_to(&self) -> String {
        let known = GATINGS.iter().find(|(word, _)| *word == self.gating);
        let mut words = known.map_or(self.gating.as_str(), |(_, words)| words).to_owned();
        match self.gpc.as_str() {
            "ignored" => words.push_str("; ignores GPC"),
            "honoured" => words.push_str("; heeds GPC"),
            _ => {}
        }
        if self.cookieless_pings > 0 {
            words.push_str(&format!("; {}", count(self.cookieless_pings, "cookieless ping")));
        }
        words
    }
}

impl From<ChoiceRow> for PageChoice {
    fn from(row: ChoiceRow) -> Self {
        let whole = [
            ("untouched", row.untouched_whole),
            ("reject", row.reject_whole),
            ("accept", row.accept_whole),
            ("gpc", row.gpc_whole),
        ];
        Self {
            site: row.site,
            page: row.page,
            banner: row.banner,
            no_banner: row.no_banner,
            banner_ms: row.banner_ms,
            cmp: row.cmp,
            no_reject: row.no_reject,
            presses_reject: row.presses_reject,
            presses_accept: row.presses_accept,
            reject_failed: Some(row.reject_failed).filter(|why| !why.is_empty()),
            reject_harder: row.reject_harder,
            whole: whole.iter().filter(|(_, visits)| *visits > 0).map(|(name, _)| (*name).to_owned()).collect(),
        }
    }
}

/// The states of one tracker; `page` says what was watched whole.
pub(super) fn state(row: StateRow, page: Option<&PageChoice>) -> VendorState {
    let saw = |profile: &str| page.is_some_and(|page| page.saw(profile));
    let known = |count: u32, seen: bool| (count > 0 || seen).then_some(count);
    // Visits that choose watch the time before as well.
    let before = saw("untouched") || saw("reject") || saw("accept");
    VendorState {
        before: known(row.before, before),
        after_reject: known(row.after_reject, saw("reject")),
        after_accept: known(row.after_accept, saw("accept")),
        under_gpc: known(row.under_gpc, saw("gpc")),
        site: row.site,
        page: row.page,
        vendor: row.vendor,
        name: row.vendor_name,
        category: row.category,
        exposure: row.exposure,
        cmp: row.cmp,
        cookieless_pings: row.pings,
        gating: row.gating,
        gpc: row.gpc,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_watched_is_not_nothing() {
        let page = PageChoice { whole: vec!["untouched".into(), "gpc".into()], ..PageChoice::default() };
        let row = || StateRow { before: 0, after_accept: 2, ..StateRow::default() };
        let known = state(row(), Some(&page));
        let counts = [known.before, known.after_reject, known.after_accept, known.under_gpc];
        assert_eq!(counts, [Some(0), None, Some(2), Some(0)]);
        assert_eq!(state(row(), None).before, None);
    }
}
