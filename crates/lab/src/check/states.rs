//! What a report says of states and choices, held against the truth of a page.

use super::report::{Choice, Page, Report, State};
use crate::{PageTruth, States};

/// The profiles whose visits make a choice.
const CHOOSING: [&str; 2] = ["reject", "accept"];
/// The word for what could not be seen whole.
const UNKNOWN: &str = "unknown";

/// Every difference, and how many states the two agree on.
pub(super) fn compare(report: &Report, truth: &PageTruth) -> (Vec<String>, usize) {
    let Some(states) = &truth.states else { return (Vec::new(), 0) };
    let rows: Vec<&State> = report.states.iter().filter(|row| row.page == truth.url).collect();
    let pages: Vec<&Page> = report.pages.iter().filter(|page| page.url == truth.url).collect();
    let (mut wrong, agreed) = words(&rows, states);
    wrong.extend(strangers(&rows, truth, states));
    match report.choices.iter().find(|choice| choice.page == truth.url) {
        Some(choice) => wrong.extend(choices(choice, states)),
        None => wrong.push("nothing is said of choices".to_owned()),
    }
    wrong.extend(gaps(&pages, states));
    wrong.extend(rules(&pages, truth, states));
    (wrong, agreed)
}

/// How parties behave, and whether they heed Global Privacy Control.
fn words(rows: &[&State], states: &States) -> (Vec<String>, usize) {
    let gating = states.gating.iter().map(|one| ("gating", one, (|row: &State| &*row.gating) as fn(&State) -> &str));
    let gpc = states.gpc.iter().map(|one| ("gpc", one, (|row: &State| &*row.gpc) as fn(&State) -> &str));
    let (mut wrong, mut agreed) = (Vec::new(), 0);
    for (what, (vendor, expected), said) in gating.chain(gpc) {
        let row = rows.iter().find(|row| row.vendor == *vendor);
        let reported = row.map_or("nothing", |row| said(row));
        if row.is_none() && expected.ends_with('?') {
            continue;
        }
        if expected.trim_end_matches('?').split('|').any(|one| one == reported) {
            agreed += 1;
        } else {
            wrong.push(format!("{what} of {vendor} is {expected}, reported as {reported}"));
        }
    }
    (wrong, agreed)
}

/// Nobody is spoken of who is contacted in no state.
fn strangers(rows: &[&State], truth: &PageTruth, states: &States) -> Vec<String> {
    let carrier = |vendor: &str| crate::INFRASTRUCTURE.contains(&vendor) || vendor == "google-tag-manager";
    let known = |vendor: &String| {
        let contacted = truth.vendors.contains(vendor) || truth.unknown.contains(vendor);
        contacted || states.gating.contains_key(vendor) || carrier(vendor)
    };
    let strangers = rows.iter().filter(|row| !known(&row.vendor) && row.gating != UNKNOWN);
    strangers.map(|row| format!("{} is reported as {}, never contacted", row.vendor, row.gating)).collect()
}

/// The banner, and what a choice costs.
fn choices(choice: &Choice, states: &States) -> Vec<String> {
    let mut wrong = Vec::new();
    if choice.banner != states.banner {
        wrong.push(format!("banner: {}, reported as {}", states.banner, choice.banner));
    }
    if let Some(cmp) = &states.cmp {
        let said = choice.cmp.to_lowercase();
        if !cmp.split('|').any(|one| said.contains(one)) {
            wrong.push(format!("the banner is {cmp}'s, reported as {said:?}"));
        }
    }
    if choice.no_reject != states.no_reject {
        wrong.push(format!(
            "no way to refuse on the first layer: {}, reported as {}",
            states.no_reject, choice.no_reject
        ));
    }
    for (which, reported) in [("reject", choice.presses_reject), ("accept", choice.presses_accept)] {
        let expected = states.presses.get(which).copied();
        if expected.is_some() && expected != reported {
            wrong.push(format!("presses to {which}: {expected:?}, reported as {reported:?}"));
        }
    }
    wrong
}

/// A choice that can be made is made; one that cannot is a gap.
fn gaps(pages: &[&Page], states: &States) -> Vec<String> {
    let choosing = pages.iter().filter(|page| CHOOSING.contains(&page.profile.as_str()));
    let wrong = choosing.filter_map(|page| {
        let gap = page.gaps.iter().find(|gap| gap.kind == "choice_not_made");
        match (states.no_choice.contains(&page.profile), gap) {
            (true, None) => Some(format!("{} cannot be chosen, reported as if it could", page.profile)),
            (false, Some(gap)) => Some(format!("{} can be chosen, reported is: {}", page.profile, gap.detail)),
            _ => None,
        }
    });
    wrong.collect()
}

/// The rules that follow from states and are no state themselves.
fn rules(pages: &[&Page], truth: &PageTruth, states: &States) -> Vec<String> {
    let under = |rule: &'static str, vendor: &str| {
        pages.iter().flat_map(|page| page.under(rule)).any(|finding| finding.vendor == vendor || vendor.is_empty())
    };
    let mut wrong = Vec::new();
    let mut held = |rule: &'static str, vendor: &str, expected: bool| {
        if under(rule, vendor) != expected {
            let of = if vendor.is_empty() { String::new() } else { format!(" of {vendor}") };
            wrong.push(format!("{rule}{of}: {expected}, reported as {}", !expected));
        }
    };
    let tracked = truth.vendors.iter().any(|vendor| !crate::INFRASTRUCTURE.contains(&vendor.as_str()));
    if tracked || states.banner {
        held("no_banner", "", tracked && !states.banner);
    }
    held("no_reject", "", states.no_reject);
    for (rule, vendors) in [("cookieless_ping", &states.cookieless), ("consent_mode_ignored", &states.mode_ignored)] {
        vendors.iter().for_each(|vendor| held(rule, vendor, true));
        if vendors.is_empty() {
            held(rule, "", false);
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn truth() -> PageTruth {
        let states = r#"
            banner = true
            cmp = "klaro|plain"
            presses = { reject = 2, accept = 1 }
            no_reject = true
            gating = { hotjar = "gated", drift = "on_paper|opt_out", "r.test" = "on_paper?" }
            gpc = { drift = "ignored" }
        "#;
        let vendors = ["drift".to_owned()].into();
        let states = Some(toml::from_str(states).unwrap());
        PageTruth { url: "https://a.test/".into(), vendors, states, ..PageTruth::default() }
    }

    fn right() -> Value {
        let url = "https://a.test/";
        let page = |profile: &str, rule: &str| {
            let finding =
                json!({"rule": rule, "vendor": "a.test", "upload": {"count": 0, "wire_bytes": 0}, "stored": []});
            json!({"url": url, "outcome": "loaded", "detail": "", "profile": profile, "gaps": [], "findings": [finding]})
        };
        let state = |vendor: &str, gating: &str, gpc: &str| json!({"page": url, "vendor": vendor, "gating": gating, "gpc": gpc});
        json!({
            "unvisited": [], "pages": [page("untouched", "no_reject"), page("reject", "listening")],
            "states": [state("hotjar", "gated", "unknown"), state("drift", "opt_out", "ignored")],
            "choices": [{"page": url, "banner": true, "cmp": "Klaro", "no_reject": true, "presses_reject": 2, "presses_accept": 1}],
        })
    }

    fn compared(report: &Value) -> Vec<String> {
        compare(&Report::parse(report.to_string().as_bytes()).unwrap(), &truth()).0
    }

    #[test]
    fn a_right_report_of_states_has_no_differences() {
        assert_eq!(compared(&right()), Vec::<String>::new());
        assert_eq!(compare(&Report::parse(right().to_string().as_bytes()).unwrap(), &truth()).1, 3);
    }

    #[test]
    fn every_wrong_word_is_named() {
        let mut report = right();
        report["states"][0]["gating"] = "unknown".into();
        report["states"][1]["gpc"] = "honoured".into();
        report["states"][1]["vendor"] = "drift".into();
        report["choices"][0]["cmp"] = "onetrust".into();
        report["choices"][0]["presses_reject"] = 1.into();
        report["pages"][0]["findings"][0]["rule"] = "no_banner".into();
        report["pages"][1]["gaps"] = json!([{"kind": "choice_not_made", "detail": "no way"}]);
        assert_eq!(
            compared(&report),
            [
                "gating of hotjar is gated, reported as unknown",
                "gpc of drift is ignored, reported as honoured",
                "the banner is klaro|plain's, reported as \"onetrust\"",
                "presses to reject: Some(2), reported as Some(1)",
                "reject can be chosen, reported is: no way",
                "no_banner: false, reported as true",
                "no_reject: true, reported as false",
            ]
        );
    }

    #[test]
    fn who_is_never_contacted_must_not_be_spoken_of() {
        let mut report = right();
        report["states"][0]["vendor"] = "heap".into();
        assert_eq!(
            compared(&report),
            ["gating of hotjar is gated, reported as nothing", "heap is reported as gated, never contacted"]
        );
    }
}
