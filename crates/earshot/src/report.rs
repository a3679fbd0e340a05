//! The forms in which `earshot` prints what a run has found, and what `--fail-on` looks for in it.

mod csv;
mod json;
mod text;

use anyhow::Result;
use earshot_model::{Exposure, Rule};
use earshot_report::{PageReport, Report, is_taken, speaks};

pub(crate) use csv::cell;

use crate::cli::{FailOn, Format};

/// The report in the wanted form, with its final line end.
///
/// # Errors
/// If it cannot be written in that form.
pub fn render(report: &Report, format: Format, coloured: bool) -> Result<String> {
    match format {
        Format::Text => Ok(text::render(report, &text::Sheet::of_stdout(coloured))),
        Format::Json => json::document(report),
        Format::Ndjson => json::lines(report),
        Format::Csv => csv::render(report),
    }
}

/// Whether the run holds what `--fail-on` looks for.
#[must_use]
pub fn holds(report: &Report, kind: FailOn) -> bool {
    let at_least =
        |exposure: Exposure| report.findings().any(|finding| finding.exposure >= exposure && speaks(finding));
    let tracked = |rule: Rule| report.findings().any(|finding| finding.rule == rule && finding.exposure.is_tracker());
    // What a page's own scripts do by themselves is no third party.
    let strangers = || report.contacts().any(|finding| finding.exposure >= Exposure::Unknown);
    let in_part = |page: &PageReport| page.class != "seen" || page.outcome == "partial";
    let unseen = || report.pages.iter().any(in_part) || !report.unvisited.is_empty();
    match kind {
        FailOn::DespiteReject => tracked(Rule::DespiteReject),
        FailOn::Gpc => tracked(Rule::UnderGpc),
        FailOn::Keystrokes => report.findings().any(is_taken),
        FailOn::Content => at_least(Exposure::Content),
        FailOn::Tracker => at_least(Exposure::Tracker),
        FailOn::Unknown => strangers(),
        FailOn::Unseen => strangers() || unseen(),
    }
}

#[cfg(test)]
mod tests {
    use earshot_report::sample;

    use super::*;

    #[test]
    fn what_a_page_does_by_itself_is_no_stranger() {
        let mut report = sample::report();
        assert!(holds(&report, FailOn::Content) && holds(&report, FailOn::Unknown));
        let findings = &mut report.pages[0].findings;
        findings.retain(|finding| finding.rule == Rule::Fingerprinting);
        findings[0].exposure = Exposure::Unknown;
        assert!(
            !holds(&report, FailOn::Content) && !holds(&report, FailOn::Tracker) && !holds(&report, FailOn::Unknown)
        );
        assert!(holds(&report, FailOn::Unseen), "two pages were not seen");
    }

    #[test]
    fn a_page_that_was_seen_in_part_is_not_seen() {
        let mut report = sample::report();
        report.pages.truncate(2);
        report.pages[0].findings.clear();
        assert!(holds(&report, FailOn::Unseen));
        report.pages.truncate(1);
        assert!(!holds(&report, FailOn::Unseen));
    }
}
