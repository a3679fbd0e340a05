//! Google's consent mode, as the page says it, against what Google's tags do.

use earshot_model::{ConsentStep, Cookie, Fact, Finding, FindingId, Rule};
use url::Url;

use super::{Case, hits, window::Window};
use crate::consent::{Sent, decode};

/// How long a state must have been seen before something is held against it, and for how long after that no other may be
/// seen, in ms: the interface is looked at a few times a second, and tags wait for updates (`wait_for_update` is 500 ms
/// in most pages).
const SETTLED_MS: f64 = 1_000.0;

/// The interface.
const SOURCE: &str = "google_consent_mode";

/// The key of what was done against it.
const AGAINST: &str = "against";

/// What of Google's is held against which kind of storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Analytics,
    Ads,
}

/// A state of the interface.
struct State {
    at_ms: f64,
    analytics: Option<bool>,
    ads: Option<bool>,
}

/// One finding for each of Google's tags that the page says is denied its storage, and that sends a full hit or writes
/// its cookie all the same. What happens after the visitor has agreed is left out.
pub(super) fn judge(case: &Case, known: &[Finding]) -> Vec<Finding> {
    let states = states(case);
    if states.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<Finding> = Vec::new();
    for seq in (0..).take(case.visit.events.len()).filter(|seq| is_unagreed(case, *seq)) {
        let Some((vendor, kind, words)) = against(case, seq) else { continue };
        if !is_denied(case, &states, kind, case.at_ms(seq)) {
            continue;
        }
        if let Some(finding) = found.iter_mut().find(|finding| finding.vendor == vendor) {
            note(finding, words);
        } else if let Some(contact) = contact(known, vendor) {
            found.push(finding(case, contact, seq, words));
        }
    }
    found
}

fn is_unagreed(case: &Case, seq: u32) -> bool {
    let refused = case.rule(Window::Late) == Rule::DespiteReject;
    case.is_in(Window::Early, seq) || refused && case.is_in(Window::Late, seq)
}

fn states(case: &Case) -> Vec<State> {
    let state = |event: &earshot_model::Event| match &event.fact {
        Fact::Consent(consent) if consent.step == ConsentStep::Signal && consent.source == SOURCE => {
            let purposes = decode(consent, event.at_ms).purposes;
            let said = |name: &str| purposes.get(name).copied();
            Some(State { at_ms: event.at_ms?, analytics: said("analytics_storage"), ads: said("ad_storage") })
        }
        _ => None,
    };
    case.visit.events.iter().filter_map(state).collect()
}

/// Whether the page said so for a while, and nothing else around that moment. A page that was loaded once more has to say
/// it again.
fn is_denied(case: &Case, states: &[State], kind: Kind, at_ms: f64) -> bool {
    let said = |state: &State| if kind == Kind::Analytics { state.analytics } else { state.ads };
    let from_ms = case.clock.reload_ms.filter(|reload_ms| at_ms >= *reload_ms).unwrap_or(0.0);
    let settled = |state: &&State| state.at_ms >= from_ms && state.at_ms + SETTLED_MS <= at_ms;
    let last = states.iter().filter(settled).max_by(|a, b| a.at_ms.total_cmp(&b.at_ms));
    let around = |state: &&State| (state.at_ms - at_ms).abs() <= SETTLED_MS;
    last.and_then(said) == Some(false) && states.iter().filter(around).all(|state| said(state) == Some(false))
}

/// Whose event it is, what it needs, and how that is told: a hit that says granted; one of Analytics that says nothing,
/// though its protocol would; a cookie.
fn against(case: &Case, seq: u32) -> Option<(&'static str, Kind, String)> {
    match &case.visit.events.get(seq as usize)?.fact {
        Fact::Request(request) if hits::is_hit(case, seq) => {
            let (analytics, ads) = ("google-analytics", ["google-ads", "floodlight"]);
            let (vendor, sent) = (case.third_party(seq)?, Sent::by(request).google);
            if vendor == analytics {
                let silent = sent.is_none() && speaks_mode(&request.url);
                let granted = matches!(sent, Some((_, Some(true))));
                let words = if silent { "a hit that says nothing of consent" } else { "a hit that says granted" };
                return (granted || silent).then(|| (analytics, Kind::Analytics, words.to_owned()));
            }
            let vendor = ads.into_iter().find(|ads| *ads == vendor)?;
            matches!(sent, Some((Some(true), _))).then(|| (vendor, Kind::Ads, "a hit that says granted".to_owned()))
        }
        Fact::Cookie(cookie) if is_written(cookie) => {
            let (vendor, kind) = match cookie.name.as_str() {
                name if name == "_ga" || name.starts_with("_ga_") => ("google-analytics", Kind::Analytics),
                name if name.starts_with("_gcl_") => ("google-ads", Kind::Ads),
                _ => return None,
            };
            Some((vendor, kind, format!("cookie {}", cookie.name)))
        }
        _ => None,
    }
}

/// A hit in the protocol of Analytics 4, in which consent mode has its field.
fn speaks_mode(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| {
        url.path().ends_with("/g/collect") && url.query_pairs().any(|(name, value)| name == "v" && value == "2")
    })
}

/// A cookie that a script was seen writing, and not in order to delete it.
fn is_written(cookie: &Cookie) -> bool {
    !cookie.stack.is_empty() && cookie.blocked.is_none() && cookie.lifetime_s.is_none_or(|seconds| seconds > 0)
}

fn finding(case: &Case, contact: &Finding, seq: u32, words: String) -> Finding {
    let id = FindingId::derive(case.visit.id(), Rule::ConsentModeIgnored, &contact.vendor);
    let mut finding = Finding { id, rule: Rule::ConsentModeIgnored, ..contact.clone() };
    finding.first_contact_ms = case.at_ms(seq);
    finding.proof = seq;
    finding.proof_url = case.request(seq).map(|request| request.url.clone()).unwrap_or_default();
    note(&mut finding, words);
    finding
}

fn note(finding: &mut Finding, words: String) {
    let against = finding.traits.details.entry(AGAINST.to_owned()).or_default();
    if !against.contains(&words) {
        against.push(words);
        against.sort_unstable();
    }
}

fn contact<'a>(known: &'a [Finding], vendor: &str) -> Option<&'a Finding> {
    known.iter().find(|finding| finding.vendor == vendor && hits::is_contact(finding.rule))
}
