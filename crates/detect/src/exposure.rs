//! What a site may be sued for, and how sites rank: both from a few counts, by rules that anybody can recompute.

use earshot_model::Grade;
use serde::{Deserialize, Serialize};

/// What a plaintiff may get per violation at least, in US dollars: California Penal Code § 637.2(a)(1).
pub const PER_VIOLATION_USD: u64 = 5_000;

/// What is counted of one site. Each vendor counts once, whatever the number of pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Vendors that can take the content of what a visitor does, contacted before any choice.
    pub interceptors: u32,
    /// All trackers contacted before any choice, the former among them.
    pub trackers: u32,
    /// The highest grade at which a third party hears what is typed, where that is known.
    pub grade: Option<Grade>,
    /// Vendors that can take content and are told something after a refusal.
    pub interceptors_despite_reject: u32,
    /// All trackers that are told something after a refusal.
    pub trackers_despite_reject: u32,
    /// Trackers that are told something under Global Privacy Control.
    pub trackers_under_gpc: u32,
    /// Whether trackers run on a page that asks for nothing.
    pub no_banner: bool,
    /// Whether a page's first layer offers to agree and not to refuse.
    pub no_reject: bool,
    /// Whether the site is about health, money or the state.
    pub sensitive: bool,
}

/// What may be claimed, in US dollars.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimate {
    /// Vendors that intercept before consent.
    pub interceptors: u32,
    /// Sessions a month; `None` if nobody has said how many there are: then no amount is estimated.
    pub sessions: Option<u64>,
    /// The least that a plaintiff who wins gets: one award.
    pub low_usd: Option<u64>,
    /// One violation for each session.
    pub per_session_usd: Option<u64>,
    /// One violation for each session and vendor.
    pub high_usd: Option<u64>,
    /// What the amounts assume, for people.
    pub assumptions: Vec<String>,
}

/// How exposed a site is among others, 0 to 100.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// The sum of the parts.
    pub points: u32,
    /// What each point is for: the reason, and how many.
    pub parts: Vec<(String, u32)>,
}

/// Estimates what may be claimed for a month of sessions.
#[must_use]
pub fn estimate(counts: &Counts, sessions: Option<u64>) -> Estimate {
    let interceptors = u64::from(counts.interceptors);
    let amount = |violations: u64| sessions.map(|_| violations.saturating_mul(PER_VIOLATION_USD));
    let month = sessions.unwrap_or(0);
    let any = u64::from(interceptors > 0 && month > 0);
    let intercept = if interceptors == 1 {
        "1 vendor intercepts before consent on the pages that were seen, and does so in every session".to_owned()
    } else {
        format!(
            "{interceptors} vendors intercept before consent on the pages that were seen, and do so in every session"
        )
    };
    let mut assumptions = vec![
        intercept,
        format!(
            "${PER_VIOLATION_USD} per violation, the least of Cal. Penal Code § 637.2(a); three times actual damages may be more"
        ),
        "lowest: one plaintiff, one award; whether a court finds any violation is open".to_owned(),
        "highest: each session and each vendor is a violation, as plaintiffs argue; no court has to follow".to_owned(),
        "all sessions are of visitors in California, for whom alone the law is; scale by their share".to_owned(),
    ];
    match sessions {
        Some(month) => assumptions.insert(1, format!("{month} sessions in the month, as given")),
        None => assumptions.push("no number of sessions was given, so no amount is estimated".to_owned()),
    }
    Estimate {
        interceptors: counts.interceptors,
        sessions,
        low_usd: amount(any),
        per_session_usd: amount(month.saturating_mul(any)),
        high_usd: amount(month.saturating_mul(interceptors)),
        assumptions,
    }
}

/// Ranks a site: docs/score.md has the formula in words.
#[must_use]
pub fn score(counts: &Counts) -> Score {
    let mut score = Score::default();
    let mut add = |why: &str, points: u32| {
        if points > 0 {
            score.points += points;
            score.parts.push((why.to_owned(), points));
        }
    };
    let first_and_more = |count: u32| if count == 0 { 0 } else { (20 + 5 * (count - 1)).min(30) };
    add("vendors that can take content run before consent", first_and_more(counts.interceptors));
    add("trackers run before consent", counts.trackers.min(10));
    let heard = match counts.grade {
        Some(Grade::K5 | Grade::K6) => 20,
        Some(Grade::K4) => 10,
        _ => 0,
    };
    add("what is typed reaches a third party", heard);
    let refused = match (counts.interceptors_despite_reject, counts.trackers_despite_reject) {
        (0, 0) => 0,
        (0, _) => 15,
        _ => 20,
    };
    add("trackers go on after a refusal", refused);
    add("Global Privacy Control is ignored", if counts.trackers_under_gpc > 0 { 10 } else { 0 });
    add("nothing asks, or refusing is not offered", if counts.no_banner || counts.no_reject { 5 } else { 0 });
    add("the site is about health, money or the state", if counts.sensitive && score_is_due(counts) { 5 } else { 0 });
    score
}

/// What a site is about exposes nobody by itself.
fn score_is_due(counts: &Counts) -> bool {
    counts.trackers + counts.trackers_despite_reject + counts.trackers_under_gpc > 0 || counts.grade >= Some(Grade::K4)
}
