//! The document about a whole run.

use askama::Template;

use crate::{Report, ReportError, SiteCoverage, VendorExposure, plain, words};

/// Vendors and sites that are listed: more is for the other formats.
const LISTED: usize = 200;

#[derive(Template)]
#[template(path = "portfolio.html")]
struct Document<'a> {
    title: String,
    report: &'a Report,
    vendors: Vec<Vendor<'a>>,
    sites: Vec<&'a SiteCoverage>,
    more_vendors: usize,
    more_sites: usize,
}

struct Vendor<'a> {
    of: &'a VendorExposure,
    name: String,
    category: String,
    share: String,
    first: String,
}

pub(super) fn render(report: &Report) -> Result<String, ReportError> {
    let known = report.vendors.iter().filter(|vendor| vendor.exposure != "none");
    let vendors: Vec<_> = known.map(vendor).collect();
    let mut sites: Vec<_> = report.sites.iter().collect();
    sites.sort_by(|a, b| (b.exposure.score.points, &a.site).cmp(&(a.exposure.score.points, &b.site)));
    let (more_vendors, more_sites) = (vendors.len().saturating_sub(LISTED), sites.len().saturating_sub(LISTED));
    sites.truncate(LISTED);
    let document = Document {
        title: format!("Who listens before consent: {}", plain(&report.run.label)),
        report,
        vendors: vendors.into_iter().take(LISTED).collect(),
        sites,
        more_vendors,
        more_sites,
    };
    Ok(document.render()?)
}

fn vendor(vendor: &VendorExposure) -> Vendor<'_> {
    Vendor {
        of: vendor,
        name: plain(&vendor.name),
        category: words::category(&vendor.category),
        share: format!("{:.0} %", vendor.pre_consent_share * 100.0),
        first: format!("{:.0} ms", vendor.median_first_contact_ms),
    }
}
