//! Which sites are exposed most, to what, and what may be claimed.

use std::fmt::Write as _;

use comfy_table::{Cell, CellAlignment};

use super::{
    LISTED, Sheet,
    width::{cut, fit},
};
use earshot_report::{Estimate, Report, SiteCoverage, Theory, plain, words::count};

/// Room for the reasons of a score.
const REASONS_ROOM: usize = 48;
/// From here on an amount is told in millions.
const MILLION: u64 = 1_000_000;

pub(super) fn show(report: &Report, sheet: &Sheet, text: &mut String) {
    ranking(report, sheet, text);
    theories(&report.theories, sheet, text);
}

/// Sites with points, most first. One site alone has no rank; its reasons are told all the same.
fn ranking(report: &Report, sheet: &Sheet, text: &mut String) {
    let mut sites: Vec<&SiteCoverage> = report.sites.iter().filter(|site| site.exposure.score.points > 0).collect();
    if sites.is_empty() {
        return;
    }
    sites.sort_by_key(|site| std::cmp::Reverse(site.exposure.score.points));
    let estimated = sites.iter().any(|site| site.exposure.estimate.sessions.is_some());
    let mut table = sheet.table();
    let last = if estimated { "MAY BE CLAIMED A MONTH" } else { "MOSTLY FOR" };
    table.set_header(["SITE", "SCORE", "ABOUT", last]);
    if let Some(column) = table.column_mut(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    for site in sites.iter().take(LISTED) {
        let told = if estimated { amount(&site.exposure.estimate) } else { reasons(site) };
        table.add_row([
            Cell::new(plain(&site.site)),
            Cell::new(site.exposure.score.points),
            Cell::new(about(site)),
            Cell::new(told),
        ]);
    }
    let _ = writeln!(text, "\nMost exposed sites (score 0 to 100; docs/score.md says how it is made)\n{table}");
    if sites.len() > LISTED {
        let _ = writeln!(text, "  … and {} more (--format json lists all)", sites.len() - LISTED);
    }
    if let Some(first) = sites.iter().find(|_| estimated) {
        let _ = writeln!(text, "What the amounts assume, at {}:", plain(&first.site));
        for assumption in &first.exposure.estimate.assumptions {
            let _ = writeln!(text, "  - {assumption}");
        }
    }
}

fn about(site: &SiteCoverage) -> String {
    let Some(sensitive) = &site.exposure.sensitive else { return String::new() };
    if sensitive.configured { sensitive.category.clone() } else { format!("{}?", sensitive.category) }
}

/// The reasons with most points.
fn reasons(site: &SiteCoverage) -> String {
    let mut parts: Vec<_> = site.exposure.score.parts.iter().collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.points));
    fit(&parts.into_iter().map(|part| part.why.as_str()).collect::<Vec<_>>(), "; ", REASONS_ROOM)
}

fn amount(estimate: &Estimate) -> String {
    match (estimate.low_usd, estimate.high_usd) {
        (Some(0), _) => "nothing seen to claim for".to_owned(),
        (Some(low), Some(high)) => {
            format!("{} to {} ({})", usd(low), usd(high), count(estimate.interceptors, "vendor"))
        }
        _ => "sessions not known".to_owned(),
    }
}

fn usd(amount: u64) -> String {
    let (number, unit) = if amount >= MILLION { (amount / MILLION, " million") } else { (amount, "") };
    let digits = number.to_string();
    let mut text = String::from("$");
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text + unit
}

fn theories(theories: &[Theory], sheet: &Sheet, text: &mut String) {
    if theories.is_empty() {
        return;
    }
    let _ =
        writeln!(text, "\nWhat may be argued from this (earshot rules show ID says what, and what stands against it)");
    for theory in theories {
        let (findings, sites) = (count(theory.findings, "finding"), count(theory.sites, "site"));
        let line = format!("{}: {findings} on {sites}; {}", theory.id, theory.law);
        let _ = writeln!(text, "  {}", cut(&line, sheet.width() - 2));
    }
}

#[cfg(test)]
mod tests {
    use earshot_report::sample;

    use super::*;

    fn shown(sessions: u64) -> String {
        let report = sample::assessed(sessions);
        let mut text = String::new();
        show(&report, &Sheet::plain(None), &mut text);
        text
    }

    #[test]
    fn amounts_stand_only_beside_their_assumptions() {
        let text = shown(0);
        assert!(text.contains("shop.test") && text.contains("vendors that can take content"), "{text}");
        assert!(text.contains("cipa-631: ") && !text.contains('$'), "{text}");
        let text = shown(40_000);
        assert!(text.contains("$5,000 to $200 million (1 vendor)"), "{text}");
        assert!(text.contains("- 40000 sessions in the month, as given"), "{text}");
        assert_eq!(usd(999_999), "$999,999");
    }
}
