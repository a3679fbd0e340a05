//! What changed, for people.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{Change, ChangeKind, Rejudged};
use earshot_report::{
    plain,
    words::{count, were},
};

use crate::terminal;

/// Vendors that are listed.
const LISTED: usize = 40;

/// What came of it: the numbers, and the changes by vendor and rule.
#[must_use]
pub fn render(rejudged: &Rejudged, coloured: bool) -> String {
    let mut text = String::new();
    let Rejudged { run, before, ruleset, visits, rejudged: again, current, without_facts, .. } = rejudged;
    let before: Vec<_> = before.iter().map(|ruleset| if ruleset.is_empty() { "not noted" } else { ruleset }).collect();
    let (visits, before) = (count(visits, "visit"), before.join(", "));
    let _ = writeln!(text, "Run {run}: {again} of {visits} judged by {ruleset}, before by {before}");
    if *current > 0 {
        let _ = writeln!(text, "{} {} judged by these rules already.", count(current, "visit"), were(current));
    }
    if *without_facts > 0 {
        let _ = writeln!(text, "Without evidence, and left as before: {}.", count(without_facts, "visit"));
    }
    for visit in &rejudged.unreadable {
        let _ = writeln!(text, "not readable: {}", plain(visit));
    }
    if rejudged.changes.is_empty() {
        let _ = writeln!(text, "Nothing is said otherwise.");
    } else {
        let _ = writeln!(text, "\n{}", table(&rejudged.changes, coloured));
    }
    if !rejudged.written && *again > 0 {
        let _ = writeln!(text, "Nothing was written: --dry-run.");
    }
    text
}

fn table(changes: &[Change], coloured: bool) -> comfy_table::Table {
    let mut by: BTreeMap<(&str, &str), [usize; 3]> = BTreeMap::new();
    for change in changes {
        let place = match change.kind {
            ChangeKind::Added => 0,
            ChangeKind::Gone => 1,
            ChangeKind::Changed => 2,
        };
        by.entry((&change.name, &change.rule)).or_default()[place] += 1;
    }
    let mut rows: Vec<_> = by.into_iter().collect();
    rows.sort_by_key(|(_, counts)| std::cmp::Reverse(counts.iter().sum::<usize>()));
    let mut table = terminal::table(coloured);
    table.set_header(["WHO", "WHAT", "NEW", "GONE", "OTHERWISE"]);
    for ((name, rule), counts) in rows.iter().take(LISTED) {
        let [added, gone, changed] = counts.map(|count| count.to_string());
        table.add_row([plain(name), rule.replace('_', " "), added, gone, changed]);
    }
    if rows.len() > LISTED {
        let more = format!("and {} more (--format json)", rows.len() - LISTED);
        table.add_row([more, String::new(), String::new(), String::new(), String::new()]);
    }
    table
}
