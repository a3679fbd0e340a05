//! The findings as CSV: one row for each page and third party; a page without any has one row with its outcome.

use anyhow::Result;
use earshot_model::Finding;

use super::{PageReport, Report, plain::plain};

const HEADER: [&str; 17] = [
    "run",
    "site",
    "page",
    "kind",
    "outcome",
    "detail",
    "vendor",
    "vendor_name",
    "category",
    "exposure",
    "first_contact_ms",
    "requests",
    "uploads",
    "upload_bytes",
    "upload_decoded_bytes",
    "stored",
    "proof_url",
];

/// Characters at which spreadsheet programs begin a formula: a page must not be able to run one.
const FORMULA: [char; 4] = ['=', '+', '-', '@'];

pub(super) fn render(report: &Report) -> Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADER)?;
    for page in &report.pages {
        if page.findings.is_empty() {
            writer.write_record(row(report, page, None))?;
        }
        for finding in &page.findings {
            writer.write_record(row(report, page, Some(finding)))?;
        }
    }
    for unvisited in &report.unvisited {
        let mut row = vec![String::new(); HEADER.len()];
        row[0].clone_from(&report.run.id);
        row[2] = cell(&unvisited.start);
        row[4].clone_from(&unvisited.outcome);
        row[5] = cell(&unvisited.detail);
        writer.write_record(row)?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

fn row(report: &Report, page: &PageReport, finding: Option<&Finding>) -> Vec<String> {
    let mut row = vec![
        report.run.id.clone(),
        cell(&page.site),
        cell(&page.url),
        page.kind.clone(),
        page.outcome.clone(),
        cell(&page.detail),
    ];
    row.extend(finding.map_or_else(Default::default, |finding| {
        [
            cell(&finding.vendor),
            cell(&finding.vendor_name),
            finding.category.clone(),
            finding.exposure.as_str().to_owned(),
            format!("{:.1}", finding.first_contact_ms),
            finding.requests.to_string(),
            finding.upload.count.to_string(),
            finding.upload.wire_bytes.to_string(),
            finding.upload.decoded_bytes.to_string(),
            cell(&finding.stored.join(" ")),
            cell(&finding.proof_url),
        ]
    }));
    row
}

/// <https://owasp.org/www-community/attacks/CSV_Injection>
fn cell(text: &str) -> String {
    let text = plain(text);
    if text.starts_with(FORMULA) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(cell("=cmd|'/c calc'!A0"), "'=cmd|'/c calc'!A0");
        assert_eq!(cell("https://a.test/"), "https://a.test/");
        assert_eq!(cell("a\tb"), "a\u{fffd}b");
    }
}
