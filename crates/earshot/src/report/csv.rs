//! The findings as CSV: one row for each page, party and rule; a page without any has one row with its outcome.

use anyhow::Result;
use earshot_model::{Finding, PageUrl, Traits};
use earshot_report::{PageReport, Report, plain};

const HEADER: [&str; 30] = [
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
    "rule",
    "accounts",
    "install",
    "disguise",
    "fingerprints",
    "listens",
    "reads",
    "brought_by",
    "class",
    "failure",
    "grade",
    "heard",
    "profile",
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
        let site = PageUrl::parse(&unvisited.start).map(|start| start.site().to_string()).unwrap_or_default();
        let mut row = vec![report.run.id.clone(), cell(&site), cell(&unvisited.start), String::new()];
        row.extend([unvisited.outcome.clone(), cell(&unvisited.detail)]);
        writer.write_record(filled(row, &unvisited.class, unvisited.failure.as_deref(), None, ""))?;
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
    if let Some(finding) = finding {
        row.extend(columns(finding));
    }
    filled(row, &page.class, page.failure.as_deref(), finding, &page.profile)
}

/// Whatever is not said is empty; how it ended comes after it, and what is heard of the typing and the profile last.
fn filled(
    mut row: Vec<String>,
    class: &str,
    failure: Option<&str>,
    finding: Option<&Finding>,
    profile: &str,
) -> Vec<String> {
    row.resize(HEADER.len() - 5, String::new());
    row.extend([class.to_owned(), failure.unwrap_or_default().to_owned()]);
    row.extend(finding.map(heard).unwrap_or_default());
    row.push(profile.to_owned());
    row
}

/// The highest grade, and for each field its own with the form.
fn heard(finding: &Finding) -> [String; 2] {
    let grade = finding.grade.map_or_else(String::new, |grade| grade.as_str().to_owned());
    let fields = finding.heard.iter().map(|heard| format!("{} {}: {}", heard.grade.as_str(), heard.field, heard.form));
    [grade, cell(&fields.collect::<Vec<_>>().join("; "))]
}

fn columns(finding: &Finding) -> Vec<String> {
    let mut row = vec![
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
        finding.rule.as_str().to_owned(),
    ];
    row.extend(traits(&finding.traits));
    row
}

/// The columns that came later: at the end, so that those before keep their places.
fn traits(traits: &Traits) -> [String; 7] {
    let install = traits.install.as_ref().map(|install| format!("{} {}", install.route.as_str(), install.name));
    let disguise = traits.disguise.as_ref().map(|disguise| {
        let names = std::iter::once(&disguise.host).chain(&disguise.chain);
        format!("{} {}", disguise.kind.as_str(), names.map(String::as_str).collect::<Vec<_>>().join(" "))
    });
    [
        cell(&traits.accounts.join(" ")),
        cell(install.unwrap_or_default().trim_end()),
        cell(&disguise.unwrap_or_default()),
        cell(&traits.fingerprints.join(" ")),
        // They have blanks in them.
        cell(&traits.listens.join("; ")),
        cell(&traits.reads.join("; ")),
        cell(&traits.brought_by.join("; ")),
    ]
}

/// <https://owasp.org/www-community/attacks/CSV_Injection>
pub(crate) fn cell(text: &str) -> String {
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

    #[test]
    fn what_came_later_stands_at_the_end() {
        let mut report = earshot_report::sample::report();
        report.unvisited.push(earshot_report::sample::unvisited("refused", None));
        let text = render(&report).unwrap();
        let mut lines = text.lines();
        let head = lines.next().unwrap();
        assert!(head.starts_with("run,site,page,kind,outcome,detail,vendor,vendor_name,category,exposure,"), "{head}");
        assert!(
            head.ends_with(
                ",stored,proof_url,rule,accounts,install,disguise,fingerprints,listens,reads,brought_by,class,failure,\
                 grade,heard,profile"
            ),
            "{head}"
        );
        let contact = lines.next().unwrap();
        let end = ",pre_consent_contact,project:abc123,tag_manager GTM-LAB0042,\
                   cname metrics.shop.test x.sc.omtrdc.net,canvas webgl,input input#mail; keydown document,input#mail[type=email],\
                   https://shop.test/app.js?v=1; Google Tag Manager GTM-LAB0042,seen,,K5,,untouched";
        assert!(contact.ends_with(end), "{contact}");
        assert!(lines.next().unwrap().contains(",listening,"));
        assert!(lines.next().unwrap().contains(",fingerprinting,,,,canvas,"));
        let partial = lines.next().unwrap();
        assert_eq!(partial.split(',').count(), HEADER.len());
        assert!(partial.ends_with(",seen,,,,untouched"), "{partial}");
        assert!(lines.next().unwrap().ends_with(",blocked,,,,untouched"));
        assert!(lines.next().unwrap().ends_with(",failed,dns,,,untouched"));
        let unvisited = lines.next().unwrap();
        assert!(unvisited.contains(",gone.test,https://www.gone.test/,,refused,"), "{unvisited}");
        assert!(unvisited.ends_with(",refused,,,,"), "{unvisited}");
    }
}
