//! What pages ask their visitors, and what trackers do before a choice, after it and under Global Privacy Control.

use std::{collections::BTreeMap, fmt::Write as _};

use comfy_table::Cell;

use super::{
    LISTED, PAGES_IN_DETAIL, Sheet,
    exposure::{kind, name},
    width::{cut, fill},
};
use crate::terminal::right;
use earshot_report::{GATINGS, PageChoice, Report, VendorState, plain, words};

/// How far what is said of a page stands from its address.
const INDENT: &str = "    ";
/// Lines of what one page asks: all there can be.
const LINES: usize = 6;
/// What stands where a state was not watched whole.
const NOT_SEEN: &str = "?";
/// What is told over all pages, if the run has visits of more than one kind.
pub(super) fn show(report: &Report, sheet: &Sheet, text: &mut String) {
    if report.run.profiles.len() < 2 || report.states.is_empty() {
        return;
    }
    let _ = writeln!(text, "\nWhat a choice changes: requests to each tracker");
    if report.choices.len() > PAGES_IN_DETAIL {
        let _ = writeln!(text, "{}", over_all(report, sheet));
    } else {
        for choice in &report.choices {
            let states = || report.states.iter().filter(|state| state.page == choice.page && state.site == choice.site);
            if states().next().is_some() {
                let _ = writeln!(text, "{}\n{}", cut(&plain(&choice.page), sheet.width()), of_page(states(), sheet));
            }
        }
        let _ = writeln!(text, "{NOT_SEEN}: not watched whole, so nothing is known.");
    }
}

/// One page: each tracker in each state.
fn of_page<'a>(states: impl Iterator<Item = &'a VendorState>, sheet: &Sheet) -> comfy_table::Table {
    let mut table = sheet.table();
    table.set_header(["PARTY", "BEFORE", "REJECT", "ACCEPT", "GPC", "SO IT"]);
    right(&mut table, 1..=4);
    for state in sorted(states) {
        let count = |count: Option<u32>| count.map_or_else(|| NOT_SEEN.to_owned(), |count| count.to_string());
        table.add_row([
            name(&state.name, &state.exposure, sheet),
            Cell::new(count(state.before)),
            Cell::new(count(state.after_reject)),
            Cell::new(count(state.after_accept)),
            Cell::new(count(state.under_gpc)),
            Cell::new(state.comes_to()),
        ]);
    }
    table
}

/// Many pages: on how many each tracker behaves how.
fn over_all(report: &Report, sheet: &Sheet) -> comfy_table::Table {
    let mut parties: BTreeMap<&str, Vec<&VendorState>> = BTreeMap::new();
    for state in &report.states {
        parties.entry(&state.vendor).or_default().push(state);
    }
    let mut parties: Vec<_> = parties.into_values().collect();
    let worst = |states: &[&VendorState]| states.iter().map(|state| rank(&state.gating)).min();
    parties.sort_by_key(|states| (worst(states), std::cmp::Reverse(states.len())));
    let mut table = sheet.table();
    table.set_header(["PARTY", "KIND", "PAGES", "DESPITE REJECT", "STOPS", "WAITS", "IGNORES GPC"]);
    right(&mut table, 2..=6);
    for states in parties {
        let Some(first) = states.first() else { continue };
        let count = |words: &[&str]| states.iter().filter(|state| words.contains(&state.gating.as_str())).count();
        table.add_row([
            name(&first.name, &first.exposure, sheet),
            Cell::new(kind(&first.category, &first.exposure)),
            Cell::new(states.len()),
            Cell::new(states.iter().filter(|state| state.after_reject.is_some_and(|count| count > 0)).count()),
            Cell::new(count(&["opt_out"])),
            Cell::new(count(&["gated"])),
            Cell::new(states.iter().filter(|state| state.gpc == "ignored").count()),
        ]);
    }
    table
}

fn sorted<'a>(states: impl Iterator<Item = &'a VendorState>) -> Vec<&'a VendorState> {
    let mut states: Vec<_> = states.collect();
    states.sort_by_key(|state| (rank(&state.gating), state.exposure != "content"));
    states
}

fn rank(gating: &str) -> usize {
    GATINGS.iter().position(|(word, _)| *word == gating).unwrap_or(GATINGS.len())
}

/// What pages ask, each that has something to say; of many pages those that make refusing hard come first.
pub(super) fn asked(report: &Report, sheet: &Sheet, text: &mut String) {
    let mut choices: Vec<&PageChoice> = report.choices.iter().filter(|choice| tells(report, choice)).collect();
    if choices.is_empty() {
        return;
    }
    choices.sort_by_key(|choice| std::cmp::Reverse((choice.reject_harder, choice.no_reject, choice.no_banner)));
    let _ = writeln!(text, "\nWhat pages ask");
    for choice in choices.iter().take(LISTED) {
        let _ = writeln!(text, "{}", cut(&plain(&choice.page), sheet.width()));
        for line in fill(&remarks(choice), "; ", sheet.width() - INDENT.len(), LINES) {
            let _ = writeln!(text, "{INDENT}{line}");
        }
    }
    if choices.len() > LISTED {
        let _ = writeln!(text, "  … and {} more (--format json lists all)", choices.len() - LISTED);
    }
}

/// A page without a banner has something to say only if it has trackers.
fn tells(report: &Report, choice: &PageChoice) -> bool {
    let tracked = || report.main_pages().any(|page| page.url == choice.page && page.is_tracked());
    choice.banner || choice.no_banner && tracked()
}

/// What there is to say of what one page asks.
fn remarks(choice: &PageChoice) -> Vec<String> {
    if !choice.banner {
        return vec!["nothing asks for consent, and trackers run".to_owned()];
    }
    let at = choice.banner_ms.map_or_else(String::new, |at_ms| format!(" at {at_ms:.0} ms"));
    let by = if choice.cmp.is_empty() { String::new() } else { format!(" ({})", plain(&choice.cmp)) };
    let mut remarks = vec![format!("banner{at}{by}")];
    if choice.no_reject {
        remarks.push("its first layer does not offer to refuse".to_owned());
    }
    let clicks = |what: &str, presses: Option<u32>| {
        presses.map(|presses| format!("{what} takes {}", words::count(presses, "click")))
    };
    remarks.extend(clicks("refusing", choice.presses_reject));
    remarks.extend(clicks("agreeing", choice.presses_accept));
    remarks.extend(choice.reject_failed.as_ref().map(|why| format!("no refusal could be made: {}", plain(why))));
    if choice.reject_harder {
        remarks.push("refusing is made harder than agreeing".to_owned());
    }
    remarks
}

#[cfg(test)]
mod tests {
    use super::*;
    use earshot_report::sample;

    #[test]
    fn each_tracker_has_its_states_and_what_they_come_to() {
        let mut report = sample::report();
        report.run.profiles = vec!["untouched".into(), "reject".into(), "accept".into()];
        report.states.push(sample::state("amplitude", "Amplitude", "gated", [0, 0, 4]));
        let mut text = String::new();
        show(&report, &Sheet::plain(None), &mut text);
        let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
        assert!(rows.iter().any(|row| row.join(" ").contains("Clarity 3 2 9 ? before and despite reject")), "{text}");
        assert!(rows.iter().any(|row| row.join(" ").contains("Amplitude 0 0 4 ? waits for consent")), "{text}");
        report.choices = vec![sample::choice(); PAGES_IN_DETAIL + 1];
        let mut text = String::new();
        show(&report, &Sheet::plain(None), &mut text);
        assert!(text.contains("IGNORES GPC") && !text.contains("BEFORE"), "{text}");
    }

    #[test]
    fn what_a_page_asks_is_told_and_one_profile_compares_nothing() {
        let mut text = String::new();
        show(&sample::report(), &Sheet::plain(None), &mut text);
        assert_eq!(text, "");
        asked(&sample::report(), &Sheet::plain(None), &mut text);
        let said = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in [
            "https://shop.test/ banner at 830 ms (onetrust); its first layer does not offer to refuse; refusing takes 3 clicks",
            "agreeing takes 1 click; refusing is made harder than agreeing",
        ] {
            assert!(said.replace("; ", " ").contains(&part.replace("; ", " ")), "{text}");
        }
    }
}
