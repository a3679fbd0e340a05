//! The moments that matter for consent, as lines of a story.

use super::Link;
use crate::plain;
use earshot_model::{Finding, Rule};
use earshot_store::StepRow;

/// Signals that are told: those last before the proof say what holds there.
const SIGNALS: usize = 3;
/// Characters of a signal that are told.
const SIGNAL_ROOM: usize = 90;

/// What happened on the visit up to the proof, and whatever the visitor's side did, in order.
pub(super) fn links(finding: &Finding, steps: &[StepRow]) -> Vec<Link> {
    let ours = steps.iter().filter(|step| step.step != "signal");
    let signals = steps.iter().filter(|step| step.step == "signal" && speaks_of_signals(finding.rule));
    let before = |step: &&StepRow| step.at_ms.is_some_and(|at_ms| at_ms <= finding.first_contact_ms);
    let signals: Vec<_> = signals.filter(before).collect();
    let last = signals.iter().skip(signals.len().saturating_sub(SIGNALS)).copied();
    let mut told: Vec<_> = ours.chain(last).collect();
    told.sort_by(|a, b| a.at_ms.unwrap_or(0.0).total_cmp(&b.at_ms.unwrap_or(0.0)));
    told.into_iter().map(line).collect()
}

/// Whether what the page's consent interfaces say is a part of the claim.
fn speaks_of_signals(rule: Rule) -> bool {
    matches!(rule, Rule::UnderGpc | Rule::CookielessPing | Rule::ConsentModeIgnored | Rule::DespiteReject)
}

fn line(step: &StepRow) -> Link {
    let at = step.at_ms.map_or_else(String::new, |at_ms| format!(" at {at_ms:.0} ms"));
    let source = if step.source.is_empty() { String::new() } else { format!(" ({})", plain(&step.source)) };
    let (label, says) = match step.step.as_str() {
        "banner" => ("banner", format!("seen{at}{source}{}", offers(&step.buttons))),
        "press" => ("pressed", format!("{}{at}", plain(&step.value))),
        "call" => ("called", format!("the platform's interface{at}{source}")),
        "reject" => ("refused", format!("{at}{source}")),
        "accept" => ("agreed", format!("{at}{source}")),
        "reload" => ("reloaded", at),
        _ => {
            let value: String = plain(&step.value).chars().take(SIGNAL_ROOM).collect();
            ("signal", format!("{}{at}: {value}", plain(&step.source)))
        }
    };
    Link { label, says: says.trim_start().to_owned() }
}

/// What the first layer offers, in its own words.
fn offers(buttons: &[(String, String)]) -> String {
    let named = buttons.iter().filter(|(means, _)| !matches!(means.as_str(), "other" | "unknown"));
    let named: Vec<_> = named.map(|(means, words)| format!("\"{}\" ({means})", plain(words))).collect();
    if named.is_empty() { String::new() } else { format!(", offers {}", named.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn the_clock_leads_from_the_banner_to_the_proof() {
        let step = |step: &str, at_ms: f64, source: &str, value: &str| StepRow {
            step: step.into(),
            at_ms: Some(at_ms),
            source: source.into(),
            value: value.into(),
            ..StepRow::default()
        };
        let mut banner = step("banner", 830.2, "onetrust", "#onetrust-banner-sdk");
        banner.buttons = vec![("accept".into(), "Accept all".into()), ("other".into(), "Policy".into())];
        let steps = [
            banner,
            step("signal", 900.0, "google_consent_mode", "ad_storage=denied"),
            step("press", 9_000.0, "onetrust", "button#reject"),
            step("reject", 9_000.0, "onetrust", ""),
            step("reload", 16_000.0, "", ""),
            step("signal", 20_000.0, "usp", "1YYN"),
        ];
        let mut finding = sample::finding("microsoft-clarity");
        (finding.rule, finding.first_contact_ms) = (Rule::DespiteReject, 17_000.0);
        let expected = [
            ("banner", "seen at 830 ms (onetrust), offers \"Accept all\" (accept)"),
            ("signal", "google_consent_mode at 900 ms: ad_storage=denied"),
            ("pressed", "button#reject at 9000 ms"),
            ("refused", "at 9000 ms (onetrust)"),
            ("reloaded", "at 16000 ms"),
        ];
        let told = links(&finding, &steps);
        assert_eq!(told.iter().map(|link| (link.label, link.says.as_str())).collect::<Vec<_>>(), expected);
        finding.rule = Rule::PreConsentContact;
        assert_eq!(links(&finding, &steps).len(), 4);
    }
}
