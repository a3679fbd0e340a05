//! The report for people.

use std::fmt::Write as _;

use comfy_table::{Attribute, Cell, CellAlignment, Color, Table};
use earshot_model::{Exposure, Finding};

use super::{NOTICE, PageReport, Report, VendorExposure, plain::plain};
use crate::terminal;

/// A run of at most so many pages is shown page by page.
const PAGES_IN_DETAIL: usize = 6;
/// Rows of a list that is only there to give an impression.
const LISTED: usize = 12;
/// What is shown of a long list within a cell.
const STORED_SHOWN: usize = 2;
/// How much of a name of a cookie or key is shown.
const NAME_SHOWN: usize = 30;

pub(super) fn render(report: &Report, coloured: bool) -> String {
    let mut text = String::new();
    headline(report, &mut text);
    exposure(report, coloured, &mut text);
    if report.pages.len() <= PAGES_IN_DETAIL {
        for page in report.pages.iter().filter(|page| page.class == "seen") {
            detail(page, coloured, &mut text);
        }
    }
    unseen(report, &mut text);
    gaps(report, &mut text);
    let _ = writeln!(text, "\n{NOTICE}");
    text
}

fn headline(report: &Report, text: &mut String) {
    let totals = &report.totals;
    let _ = writeln!(text, "Who listens before consent · run {} · {}\n", report.run.id, plain(&report.run.label));
    let _ = writeln!(
        text,
        "{} of {} site(s) seen; on {} of them a tracker was contacted before any choice about consent.",
        totals.sites_seen,
        totals.targets.max(totals.sites_seen),
        totals.sites_with_tracker
    );
    let _ = writeln!(
        text,
        "{} page(s): {} seen ({} without any tracker), {} blocked, {} failed, {} refused.",
        totals.pages,
        totals.pages_seen,
        totals.pages_without_tracker,
        totals.pages_blocked,
        totals.pages_failed,
        totals.pages_refused
    );
    if report.run.state != "complete" {
        let _ = writeln!(text, "The run is {}: these numbers are not final.", report.run.state);
    }
}

fn exposure(report: &Report, coloured: bool, text: &mut String) {
    let (known, strangers): (Vec<_>, Vec<_>) = report
        .vendors
        .iter()
        .filter(|vendor| vendor.exposure != Exposure::None.as_str())
        .partition(|vendor| vendor.exposure != Exposure::Unknown.as_str());
    if !known.is_empty() {
        let _ = writeln!(text, "\n{}", vendor_table(&known, coloured));
        let _ = writeln!(text, "! can take what a visitor does, types or says. PRE-CONSENT: share of the sites seen.");
    }
    if !strangers.is_empty() {
        let names = strangers.iter().take(LISTED).map(|vendor| format!("{} ({})", plain(&vendor.vendor), vendor.sites));
        let more = strangers.len().saturating_sub(LISTED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let names = names.collect::<Vec<_>>().join(", ");
        let _ = writeln!(text, "\nThird parties that nobody knows, with their sites: {names}{more}");
    }
}

fn vendor_table(vendors: &[&VendorExposure], coloured: bool) -> Table {
    let mut table = terminal::table(coloured);
    table.set_header(["VENDOR", "KIND", "SITES", "PRE-CONSENT", "FIRST CONTACT", "SENT (UNPACKED)", "STORED"]);
    for column in 2..=5 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for vendor in vendors {
        table.add_row([
            name(&vendor.name, &vendor.exposure, coloured),
            Cell::new(kind(&vendor.category, &vendor.exposure)),
            Cell::new(vendor.sites),
            Cell::new(format!("{:.0} %", vendor.pre_consent_share * 100.0)),
            Cell::new(format!("{:.0} ms", vendor.median_first_contact_ms)),
            Cell::new(sent(vendor.uploads, vendor.upload_bytes, vendor.upload_decoded_bytes)),
            Cell::new(shortened(&vendor.stored)),
        ]);
    }
    table
}

fn detail(page: &PageReport, coloured: bool, text: &mut String) {
    let _ = writeln!(text, "\n{} ({}, {})", plain(&page.url), page.kind, plain(&page.detail));
    if page.findings.is_empty() {
        let _ = writeln!(text, "  No third party was contacted while the page was watched ({} ms).", page.took_ms);
        return;
    }
    let mut table = terminal::table(coloured);
    table.set_header(["AT", "THIRD PARTY", "KIND", "REQUESTS", "SENT (UNPACKED)", "STORED", "PROOF"]);
    for finding in &page.findings {
        table.add_row(finding_row(finding, coloured));
    }
    let _ = writeln!(text, "{table}");
    if let Some(picture) = &page.screenshot {
        let _ = writeln!(text, "picture: {picture}");
    }
}

fn finding_row(finding: &Finding, coloured: bool) -> [Cell; 7] {
    let upload = finding.upload;
    [
        Cell::new(format!("{:.0} ms", finding.first_contact_ms)).set_alignment(CellAlignment::Right),
        name(&finding.vendor_name, finding.exposure.as_str(), coloured),
        Cell::new(kind(&finding.category, finding.exposure.as_str())),
        Cell::new(finding.requests).set_alignment(CellAlignment::Right),
        Cell::new(sent(upload.count.into(), upload.wire_bytes, upload.decoded_bytes))
            .set_alignment(CellAlignment::Right),
        Cell::new(shortened(&finding.stored)),
        Cell::new(plain(without_query(&finding.proof_url))),
    ]
}

fn unseen(report: &Report, text: &mut String) {
    let pages = report.pages.iter().filter(|page| page.class != "seen");
    let pages = pages.map(|page| (page.class.as_str(), page.url.as_str(), page.detail.as_str()));
    let targets = report.unvisited.iter();
    let targets = targets.map(|target| (target.class.as_str(), target.start.as_str(), target.detail.as_str()));
    let rows: Vec<_> = pages.chain(targets).collect();
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(text, "\nNot seen, so nothing can be said about them:");
    for (class, url, detail) in rows.iter().take(LISTED) {
        let _ = writeln!(text, "  {class:<8} {}  {}", plain(url), plain(detail));
    }
    if rows.len() > LISTED {
        let _ = writeln!(text, "  … and {} more (--format json lists all)", rows.len() - LISTED);
    }
}

fn gaps(report: &Report, text: &mut String) {
    let mut kinds: std::collections::BTreeMap<&str, u64> = std::collections::BTreeMap::new();
    for gap in report.pages.iter().filter(|page| page.class == "seen").flat_map(|page| &page.gaps) {
        *kinds.entry(&gap.kind).or_default() += 1;
    }
    if !kinds.is_empty() {
        let kinds: Vec<_> = kinds.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        let _ = writeln!(text, "\nNot observable on seen pages: {}", kinds.join(", "));
    }
}

/// Colour repeats what the KIND column says.
fn name(name: &str, exposure: &str, coloured: bool) -> Cell {
    let cell = Cell::new(plain(name));
    match exposure {
        "content" if coloured => cell.fg(Color::Red).add_attribute(Attribute::Bold),
        "tracker" if coloured => cell.fg(Color::Yellow),
        _ => cell,
    }
}

fn kind(category: &str, exposure: &str) -> String {
    let category = category.replace('_', " ");
    if exposure == "content" { format!("{category} !") } else { category }
}

fn sent(count: u64, wire: u64, decoded: u64) -> String {
    if count == 0 { "–".to_owned() } else { format!("{count} × · {} ({})", bytes(wire), bytes(decoded)) }
}

#[allow(clippy::cast_precision_loss)] // shown with two digits
fn bytes(count: u64) -> String {
    match count {
        0..1_000 => format!("{count} B"),
        1_000..1_000_000 => format!("{:.1} kB", count as f64 / 1e3),
        _ => format!("{:.1} MB", count as f64 / 1e6),
    }
}

fn shortened(stored: &[String]) -> String {
    let more = stored.len().saturating_sub(STORED_SHOWN);
    let short = |item: &String| match item.char_indices().nth(NAME_SHOWN) {
        Some((cut, _)) => format!("{}…", &item[..cut]),
        None => item.clone(),
    };
    let shown = stored.iter().take(STORED_SHOWN).map(short).collect::<Vec<_>>().join(", ");
    plain(&if more > 0 { format!("{shown} +{more}") } else { shown })
}

fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        assert_eq!(sent(0, 0, 0), "–");
        assert_eq!(sent(14, 32_100, 1_180_000), "14 × · 32.1 kB (1.2 MB)");
        let stored: Vec<String> = ["a", "b", "c", "d"].map(String::from).into();
        assert_eq!(shortened(&stored), "a, b +2");
        assert_eq!(shortened(&["é".repeat(40)]), format!("{}…", "é".repeat(30)));
        assert_eq!(without_query("https://a.test/x?secret=1"), "https://a.test/x");
    }
}
