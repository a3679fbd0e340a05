//! The report for people.

mod conduct;
mod coverage;
mod exposure;
mod traits;
mod width;

use std::fmt::Write as _;

use comfy_table::{Cell, CellAlignment};
use earshot_model::Finding;

use super::{NOTICE, PageReport, Report, plain::plain};
use crate::terminal;
use exposure::{kind, name, sent, shortened};

/// A run of at most so many pages is shown page by page.
const PAGES_IN_DETAIL: usize = 6;
/// Rows of a list that is only there to give an impression.
const LISTED: usize = 12;

pub(super) fn render(report: &Report, coloured: bool) -> String {
    let mut text = String::new();
    headline(report, &mut text);
    exposure::show(report, coloured, &mut text);
    conduct::show(report, coloured, &mut text);
    if report.pages.len() <= PAGES_IN_DETAIL {
        for page in report.pages.iter().filter(|page| page.class == "seen") {
            detail(page, coloured, &mut text);
        }
    }
    coverage::show(report, &mut text);
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
    let partial = match totals.pages_partial {
        0 => String::new(),
        partial => format!(", {partial} only in part"),
    };
    let _ = writeln!(
        text,
        "{} page(s): {} seen ({} without any tracker{partial}), {} blocked, {}, {} refused, {} absent.",
        totals.pages,
        totals.pages_seen,
        totals.pages_without_tracker,
        totals.pages_blocked,
        coverage::failed(report),
        totals.pages_refused,
        totals.pages_absent
    );
    if report.run.state != "complete" {
        let _ = writeln!(text, "The run is {}: these numbers are not final.", report.run.state);
    }
}

fn detail(page: &PageReport, coloured: bool, text: &mut String) {
    let _ = writeln!(text, "\n{} ({}, {})", plain(&page.url), page.kind, plain(&page.detail));
    if page.contacts().next().is_none() {
        let _ = writeln!(text, "  No third party was contacted while the page was watched ({} ms).", page.took_ms);
    } else {
        let mut table = terminal::table(coloured);
        table.set_header(["AT", "THIRD PARTY", "KIND", "REQUESTS", "SENT (UNPACKED)", "STORED", "PROOF"]);
        for finding in page.contacts() {
            table.add_row(finding_row(finding, coloured));
        }
        let _ = writeln!(text, "{table}");
    }
    traits::show(page, text);
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

fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn addresses_are_shown_without_what_follows_them() {
        assert_eq!(without_query("https://a.test/x?secret=1"), "https://a.test/x");
    }

    #[test]
    fn a_small_run_says_everything_within_the_width() {
        let text = render(&sample::report(), false);
        for said in [
            "via Google Tag Manager GTM-LAB0042 (tag manager)",
            "disguised: CNAME metrics.shop.test → x.sc.omtrdc.net",
            "account project:abc123",
            "Fingerprinting",
            "Listening to keys and fields",
            "Seen only in part",
        ] {
            assert!(text.contains(said), "{said} is missing:\n{text}");
        }
        // The table of contacts is as wide as its proofs, and the notice is one paragraph.
        let bounded = text.lines().filter(|line| !line.contains("https://www.clarity.ms/tag/") && *line != NOTICE);
        let wide: Vec<_> = bounded.filter(|line| line.trim_end().chars().count() > width::WIDTH).collect();
        assert!(wide.is_empty(), "{wide:#?}");
    }
}
