//! What was seen on a site, in sentences.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use earshot_model::{Finding, Rule};

use super::SiteReport;
use crate::{
    PageReport, is_taken, plain,
    words::{self, count},
};

/// What was seen, in sentences, worst first.
pub(super) fn of(report: &SiteReport) -> Vec<String> {
    let main = |page: &&PageReport| page.class == "seen";
    let pages: Vec<&PageReport> = report.main_pages().filter(main).collect();
    let seen = pages.len() as u64;
    let planned = report.main_pages().count() as u64;
    let were = words::were(seen);
    let mut said = vec![format!("{seen} of {} {were} shown and watched.", count(planned, "visited page"))];
    let mut by_vendor: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in pages.iter().flat_map(|page| page.contacts()).filter(|finding| finding.exposure.is_tracker()) {
        by_vendor.entry(&finding.vendor).or_default().push(finding);
    }
    let mut vendors: Vec<_> = by_vendor.into_values().collect();
    vendors.sort_by_key(|findings| (Reverse(findings[0].exposure), findings[0].vendor_name.clone()));
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
    let all = || report.pages.iter().flat_map(|page| &page.findings);
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
