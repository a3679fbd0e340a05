//! The document about one site.

use std::collections::BTreeMap;

use askama::Template;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use earshot_detect::Catalogue;

use super::Pictures;
use crate::{
    PictureFile, ReportError, SiteCoverage, SiteReport, Theory,
    guide::{self, Guide},
    page::{self, Page},
    words::dollars,
};

#[derive(Template)]
#[template(path = "site.html")]
struct Document<'a> {
    title: String,
    report: &'a SiteReport,
    coverage: &'a SiteCoverage,
    seen_from: String,
    browsers: String,
    rulesets: String,
    sentences: Vec<String>,
    amounts: Option<[String; 3]>,
    theories: &'a [Theory],
    pages: Vec<Page<'a>>,
    guides: Vec<Guide>,
    gaps: BTreeMap<&'a str, usize>,
}

pub(super) fn render(report: &SiteReport, pictures: &Pictures, catalogue: &Catalogue) -> Result<String, ReportError> {
    let mut gaps = BTreeMap::new();
    for gap in report.pages.iter().flat_map(|page| &page.gaps) {
        *gaps.entry(gap.kind.as_str()).or_default() += 1;
    }
    let vendors = report.pages.iter().flat_map(|page| &page.findings).map(|finding| finding.vendor.as_str());
    let source = |_: &_, file: &PictureFile| {
        let jpeg = pictures.get(&file.key)?;
        Some(format!("data:image/jpeg;base64,{}", BASE64_STANDARD.encode(jpeg)))
    };
    let document = Document {
        title: format!("Who listens on {} before consent", report.coverage.site),
        report,
        coverage: &report.coverage,
        seen_from: report.each(|page| &page.provenance.egress),
        browsers: report.each(|page| &page.provenance.browser),
        rulesets: report.each(|page| &page.provenance.ruleset),
        sentences: report.sentences(),
        amounts: report.coverage.exposure.estimate.amounts().map(|amounts| amounts.map(dollars)),
        theories: &report.theories,
        pages: page::of_site(report, source)?,
        guides: guide::of(catalogue, vendors),
        gaps,
    };
    Ok(document.render()?)
}
