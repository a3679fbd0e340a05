//! The document about one site.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use askama::Template;
use earshot_detect::Catalogue;
use earshot_model::{Finding, Rule};

use super::{
    Contacts, Pictures,
    guide::{self, Guide},
    page::{self, Page},
    words::{self, count, dollars},
};
use crate::{PageReport, Report, SiteCoverage, Theory, is_taken, plain};

#[derive(Template)]
#[template(path = "site.html")]
struct Document<'a> {
    title: String,
    report: &'a Report,
    coverage: &'a SiteCoverage,
    seen_from: String,
    browsers: String,
    rulesets: String,
    sentences: Vec<String>,
    amounts: Option<[String; 3]>,
    theories: Vec<&'a Theory>,
    pages: Vec<Page<'a>>,
    guides: Vec<Guide>,
    gaps: BTreeMap<&'a str, usize>,
}

pub(super) fn render(
    report: &Report,
    site: &str,
    contacts: &Contacts,
    pictures: &Pictures,
    catalogue: &Catalogue,
) -> Result<String> {
    let coverage = report.sites.iter().find(|known| known.site == site);
    let coverage = coverage.with_context(|| format!("run {} has not visited {site}", report.run.id))?;
    let of_site = || report.pages.iter().filter(|page| page.site == site);
    let each = |take: fn(&PageReport) -> &str| {
        let all: BTreeSet<&str> = of_site().map(take).filter(|text| !text.is_empty()).collect();
        all.into_iter().collect::<Vec<_>>().join(", ")
    };
    let estimate = &coverage.exposure.estimate;
    let amounts = estimate.low_usd.zip(estimate.per_session_usd).zip(estimate.high_usd);
    let mut gaps = BTreeMap::new();
    for gap in of_site().flat_map(|page| &page.gaps) {
        *gaps.entry(gap.kind.as_str()).or_default() += 1;
    }
    let vendors = of_site().flat_map(|page| &page.findings).map(|finding| finding.vendor.as_str());
    let document = Document {
        title: format!("Who listens on {site} before consent"),
        report,
        coverage,
        seen_from: each(|page| &page.provenance.egress),
        browsers: each(|page| &page.provenance.browser),
        rulesets: each(|page| &page.provenance.ruleset),
        sentences: sentences(report, site),
        amounts: amounts.map(|((low, each), high)| [low, each, high].map(dollars)),
        theories: report.theories.iter().filter(|theory| coverage.exposure.theories.contains(&theory.id)).collect(),
        pages: page::of_site(report, site, contacts, pictures)?,
        guides: guide::of(catalogue, vendors),
        gaps,
    };
    document.render().context("the report")
}

/// What was seen, in sentences, worst first.
fn sentences(report: &Report, site: &str) -> Vec<String> {
    let main = |page: &&PageReport| page.site == site && page.class == "seen";
    let pages: Vec<&PageReport> = report.main_pages().filter(main).collect();
    let seen = pages.len() as u64;
    let planned = report.main_pages().filter(|page| page.site == site).count() as u64;
    let were = if seen == 1 { "was" } else { "were" };
    let mut said = vec![format!("{seen} of {} {were} shown and watched.", count(planned, "visited page"))];
    let mut by_vendor: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in pages.iter().flat_map(|page| page.contacts()).filter(|finding| finding.exposure.is_tracker()) {
        by_vendor.entry(&finding.vendor).or_default().push(finding);
    }
    let mut vendors: Vec<_> = by_vendor.into_values().collect();
    vendors.sort_by_key(|findings| (std::cmp::Reverse(findings[0].exposure), findings[0].vendor_name.clone()));
    if vendors.is_empty() && seen > 0 {
        said.push("No tracker was seen to be contacted before a choice on them.".to_owned());
    }
    for findings in vendors {
        let first = findings.iter().map(|finding| finding.first_contact_ms).fold(f64::MAX, f64::min);
        let (name, what) = (plain(&findings[0].vendor_name), words::category(&findings[0].category));
        let on = findings.len() as u64;
        said.push(format!(
            "{name} ({what}) was contacted before any choice on {on} of {}, first after {first:.0} ms.",
            count(seen, "seen page")
        ));
    }
    let all = || report.pages.iter().filter(|page| page.site == site).flat_map(|page| &page.findings);
    for (rule, what) in [
        (Rule::DespiteReject, "was told something after a refusal"),
        (Rule::UnderGpc, "was told something although the browser opts out by Global Privacy Control"),
    ] {
        let names: BTreeSet<String> = all()
            .filter(|finding| finding.rule == rule && finding.exposure.is_tracker())
            .map(|finding| plain(&finding.vendor_name))
            .collect();
        said.extend(names.into_iter().map(|name| format!("{name} {what}.")));
    }
    for finding in all().filter(|finding| is_taken(finding)) {
        let grade =
            finding.heard.iter().filter(|heard| heard.is_taken()).map(|heard| heard.grade).max().unwrap_or_default();
        let sentence = format!(
            "{} {} of what a visitor types ({}).",
            plain(&finding.vendor_name),
            grade.meaning(),
            grade.as_str()
        );
        if !said.contains(&sentence) {
            said.push(sentence);
        }
    }
    said
}
