//! The report for people.

mod conduct;
pub(super) mod consent;
mod coverage;
mod exposure;
mod keystrokes;
mod risk;
mod sheet;
mod traits;
mod width;

use std::fmt::Write as _;

use comfy_table::{Cell, CellAlignment};
use earshot_model::Finding;
use earshot_report::{NOTICE, PageReport, Report, plain, words};
use exposure::{kind, name, sent, sent_header, shortened};

pub(super) use sheet::Sheet;

/// A run of at most so many pages is shown page by page.
const PAGES_IN_DETAIL: usize = 6;
/// Rows of a list that is only there to give an impression.
const LISTED: usize = 12;

pub(super) fn render(report: &Report, sheet: &Sheet) -> String {
    let mut text = String::new();
    headline(report, &mut text);
    exposure::show(report, sheet, &mut text);
    consent::asked(report, sheet, &mut text);
    consent::show(report, sheet, &mut text);
    keystrokes::show(report, sheet, &mut text);
    conduct::show(report, sheet, &mut text);
    if report.main_pages().count() <= PAGES_IN_DETAIL {
        for page in report.main_pages().filter(|page| page.class == "seen") {
            detail(page, sheet, &mut text);
        }
    }
    risk::show(report, sheet, &mut text);
    coverage::show(report, &mut text);
    let _ = writeln!(text, "\n{NOTICE}");
    text
}

fn headline(report: &Report, text: &mut String) {
    let _ = writeln!(text, "Who listens before consent · run {} · {}", report.run.id, plain(&report.run.label));
    let about = [
        report.run.portfolio.as_ref().map(|portfolio| format!("portfolio {portfolio}")),
        report.run.night.as_ref().map(|night| format!("night of {night}")),
        report.run.region.as_ref().map(|region| format!("seen from region {region}")),
    ];
    let about: Vec<_> = about.into_iter().flatten().map(|about| plain(&about).to_string()).collect();
    if !about.is_empty() {
        let _ = writeln!(text, "{}", about.join(" · "));
    }
    text.push('\n');
    sites(report, text);
    if report.totals.pages > 0 {
        pages(report, text);
    }
    coverage::without_page(report, text);
    if report.totals.pages_without_witness > 0 {
        let _ = writeln!(
            text,
            "{} {} recorded by an earlier version: what scripts listen to, who tells browsers apart and other names were \
             not looked at there.",
            words::count(report.totals.pages_without_witness, "page"),
            words::were(report.totals.pages_without_witness)
        );
    }
    if report.totals.visits_without_events > 0 {
        let _ = writeln!(
            text,
            "The events of {} are older than they are kept: whether something was typed there is not known any more.",
            words::count(report.totals.visits_without_events, "visit")
        );
    }
    if report.run.state != "complete" {
        let _ = writeln!(text, "The run is {}: these numbers are not final.", report.run.state);
    }
}

fn sites(report: &Report, text: &mut String) {
    let totals = &report.totals;
    // Two targets may be of one site; of a run that goes on, the sites are not all known.
    let known = if report.run.state == "complete" { report.sites.len() as u64 } else { totals.targets };
    let targets = words::count(known.max(totals.sites_seen), "site");
    if totals.sites_seen == 0 {
        let _ = writeln!(text, "0 of {targets} seen: nothing can be said about who listens there.");
        return;
    }
    let _ = writeln!(
        text,
        "{} of {targets} seen; on {} of them a tracker was contacted before any choice about consent.",
        totals.sites_seen, totals.sites_with_tracker
    );
    let conduct = [
        (totals.sites_with_keystrokes, "a third party is sent what is typed, or a hash of it"),
        (totals.sites_with_listener, "a third party listens to keys or reads fields"),
        (totals.sites_with_fingerprinter, "browsers are told apart"),
    ];
    let conduct = conduct.into_iter().filter(|(sites, _)| *sites > 0);
    let conduct: Vec<_> = conduct.map(|(sites, what)| format!("on {} {what}", words::count(sites, "site"))).collect();
    if !conduct.is_empty() {
        let _ = writeln!(text, "Also before any choice: {}.", conduct.join("; "));
    }
}

fn pages(report: &Report, text: &mut String) {
    let totals = &report.totals;
    let partial = match totals.pages_partial {
        0 => String::new(),
        partial => format!("; {partial} only in part"),
    };
    let _ = writeln!(
        text,
        "{}: {} seen ({} without any tracker, as far as could be seen{partial}), {} blocked, {}, {} refused, {} absent.",
        words::count(totals.pages, "page"),
        totals.pages_seen,
        totals.pages_without_tracker,
        totals.pages_blocked,
        coverage::failed(report),
        totals.pages_refused,
        totals.pages_absent
    );
}

fn detail(page: &PageReport, sheet: &Sheet, text: &mut String) {
    let _ = writeln!(text, "\n{} ({}, {})", plain(&page.url), page.kind, plain(&page.detail));
    if page.contacts().next().is_none() {
        let _ = writeln!(text, "  No third party was contacted while the page was watched ({} ms).", page.took_ms);
    } else {
        let mut table = sheet.table();
        table.set_header(["AT", "THIRD PARTY", "KIND", "REQUESTS", sent_header(sheet), "STORED"]);
        for finding in page.contacts() {
            table.add_row(finding_row(finding, sheet));
        }
        exposure::unbroken(&mut table, 5);
        let _ = writeln!(text, "{table}");
    }
    traits::show(page, sheet, text);
    if let Some(picture) = &page.screenshot {
        let _ = writeln!(text, "picture: {picture}");
    }
}

fn finding_row(finding: &Finding, sheet: &Sheet) -> [Cell; 6] {
    let upload = finding.upload;
    [
        Cell::new(format!("{:.0} ms", finding.first_contact_ms)).set_alignment(CellAlignment::Right),
        name(&finding.vendor_name, finding.exposure.as_str(), sheet),
        Cell::new(kind(&finding.category, finding.exposure.as_str())),
        Cell::new(finding.requests).set_alignment(CellAlignment::Right),
        Cell::new(sent(upload.count.into(), upload.wire_bytes, upload.decoded_bytes, sheet))
            .set_alignment(CellAlignment::Right),
        Cell::new(shortened(&finding.stored, sheet)),
    ]
}

fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}

#[cfg(test)]
mod tests {
    use earshot_report::{Totals, sample};

    use super::*;

    #[test]
    fn addresses_are_shown_without_what_follows_them() {
        assert_eq!(without_query("https://a.test/x?secret=1"), "https://a.test/x");
    }

    #[test]
    fn a_small_run_says_everything_within_the_width() {
        for (terminal, width) in [(None, 110), (Some(80), 80)] {
            let sheet = Sheet::plain(terminal);
            let text = render(&sample::report(), &sheet);
            for said in [
                "proof https://www.clarity.ms/tag/abc123",
                "via Google Tag Manager GTM-LAB0042 (tag manager)",
                "disguised: CNAME metrics.shop.test → x.sc.omtrdc.net",
                "account project:abc123",
                "Fingerprinting",
                "Listening to keys and fields",
                "Seen only in part",
                "; 1 only in part), ",
            ] {
                assert!(text.contains(said), "{said} is missing:\n{text}");
            }
            assert!(!text.contains("! can take"), "no vendor of the table can:\n{text}");
            // The numbers at the top and the notice at the end are sentences: a terminal wraps them by itself.
            let body = text.split_once("\n\n").unwrap().1.split_once("\n\n").unwrap().1;
            let wide = body.lines().filter(|line| *line != NOTICE && line.trim_end().chars().count() > width);
            assert_eq!(wide.collect::<Vec<_>>(), Vec::<&str>::new());
        }
    }

    #[test]
    fn the_headline_tells_whatever_speaks_against_a_clean_site() {
        let mut report = sample::report();
        report.totals.sites_with_listener = 1;
        report.totals.sites_with_fingerprinter = 2;
        report.totals.pages_without_witness = 2;
        report.totals.visits_without_events = 3;
        let text = render(&report, &Sheet::plain(None));
        for said in [
            "\nportfolio ours · night of 2026-11-21 · seen from region us-east\n\n",
            "on 1 site a third party listens to keys or reads fields; on 2 sites browsers are told apart.",
            "2 pages were recorded by an earlier version",
            "The events of 3 visits are older than they are kept",
        ] {
            assert!(text.contains(said), "{said} is missing:\n{text}");
        }
    }

    #[test]
    fn a_run_that_saw_nothing_says_only_that() {
        let mut report = sample::report();
        report.pages.clear();
        report.totals = Totals { targets: 2, ..Totals::default() };
        report.sites.extend_from_within(..1);
        report.unvisited = vec![sample::unvisited("failed", Some("tls")), sample::unvisited("refused", None)];
        let text = render(&report, &Sheet::plain(None));
        assert!(text.contains("0 of 2 sites seen: nothing can be said"), "{text}");
        assert!(text.contains("2 targets without any page: 1 failed (1 tls), 1 refused."), "{text}");
        assert!(!text.contains("on 0 of them") && !text.contains("0 failed"), "{text}");
    }
}
