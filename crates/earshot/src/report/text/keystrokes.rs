//! Who hears what is typed: over the whole run, and of each field of a page.

use std::fmt::Write as _;

use comfy_table::{Cell, CellAlignment};
use earshot_model::{Finding, Grade, Heard};

use super::{
    Sheet,
    exposure::{kind, name},
    width::{cut, fit},
    without_query,
};
use earshot_report::{KeystrokeHearer, Report, plain, words};

/// Room for the kinds of fields, in characters.
const KINDS_ROOM: usize = 30;
/// Room for the forms in which something is heard.
const FORMS_ROOM: usize = 40;
/// Characters of a finding's id that are shown: enough to name it among millions.
const ID: usize = 13;

pub(super) fn show(report: &Report, sheet: &Sheet, text: &mut String) {
    if report.keystrokes.is_empty() {
        return;
    }
    let mut table = sheet.table();
    table.set_header(["PARTY", "KIND", "GRADE", "SITES", "FIELDS", "IN WHICH FORM"]);
    if let Some(column) = table.column_mut(3) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    for party in &report.keystrokes {
        table.add_row([
            name(&party.name, &party.exposure, sheet),
            Cell::new(kind(&party.category, &party.exposure)),
            Cell::new(grade(party)),
            Cell::new(sites(party)),
            Cell::new(fit(&party.kinds, ", ", KINDS_ROOM)),
            Cell::new(fit(&party.forms, "; ", FORMS_ROOM)),
        ]);
    }
    let _ = writeln!(text, "\nHearing what is typed\n{table}");
    let used = report.keystrokes.iter().map(|party| party.grade.as_str());
    let used: std::collections::BTreeSet<_> = used.collect();
    let meaning = Grade::ALL.iter().filter(|grade| used.contains(grade.as_str()));
    for grade in meaning {
        let _ = writeln!(text, "{} {}.", grade.as_str(), grade.meaning());
    }
    let totals = &report.totals;
    let _ = writeln!(
        text,
        "Typed on {} of {}; nothing was submitted.",
        words::count(totals.pages_typed, "page"),
        words::count(totals.sites_typed, "site")
    );
}

/// What grows and cannot be read has no grade of its own.
fn grade(party: &KeystrokeHearer) -> String {
    let grows = if party.grows { "grows, unread" } else { "" };
    format!("{} {grows}", party.grade).trim().to_owned()
}

/// Sites of that grade, and how many more there are on which less was sent.
fn sites(party: &KeystrokeHearer) -> String {
    match party.sites_any.saturating_sub(party.sites) {
        0 => party.sites.to_string(),
        less => format!("{} (+{less} less)", party.sites),
    }
}

/// What one party hears of each field of a page, and how to have it explained.
pub(super) fn lines(finding: &Finding, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = finding.heard.iter().map(|heard| cut(&line(heard), room)).collect();
    if let Some(grows) = finding.traits.details.get("grows") {
        lines.push(format!("what it is sent grows {}", plain(&grows.join(", "))));
    }
    let id = finding.id.to_string();
    lines.push(format!("how: earshot explain {}", &id[..ID.min(id.len())]));
    lines
}

fn line(heard: &Heard) -> String {
    let mut line =
        format!("{} {}: {}{}", heard.grade.as_str(), plain(&heard.field), plain(&heard.form), heard.way.remark());
    let Some(proof) = &heard.proof else { return line };
    if !proof.chain.is_empty() {
        let _ = write!(line, " in {}", proof.chain.join(" > "));
    }
    if !proof.part.is_empty() {
        let _ = write!(line, ", {:.0} ms after the first key", proof.since_first_key_ms);
        let _ = write!(line, ", to {}", plain(without_query(&proof.url)));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use earshot_report::sample;

    #[test]
    fn each_field_has_its_line_and_the_finding_its_explanation() {
        let finding = sample::keystrokes("microsoft-clarity");
        let id = finding.id.to_string();
        let expected = [
            "K5 input#mail[type=email]: whole in gzip > json, 1020 ms after the first key, to https://k.clarity.ms/collect",
            "K0 input#pass[type=password]: nothing",
            &format!("how: earshot explain {}", &id[..13]),
        ];
        assert_eq!(lines(&finding, 120), expected);
        assert!(lines(&finding, 40).iter().all(|line| line.chars().count() <= 40));
    }

    #[test]
    fn the_table_explains_the_grades_that_it_uses() {
        let mut text = String::new();
        show(&sample::report(), &Sheet::plain(None), &mut text);
        assert!(
            text.contains("Microsoft Clarity") && text.contains("session replay !") && text.contains("1 (+2 less)"),
            "{text}"
        );
        assert!(text.contains("K5 is sent the text after the field is left.") && !text.contains("K6"), "{text}");
    }
}
