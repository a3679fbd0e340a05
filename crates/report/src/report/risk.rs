//! How exposed sites are, and to which legal theories findings relate: what somebody may argue, never what is so.

use std::collections::{BTreeMap, BTreeSet};

use earshot_detect::{
    SensitiveCategory,
    exposure::{self, Counts},
    rules::{Pack, Packs},
    sensitive,
};
use earshot_model::{Exposure, Finding, PageKind, PageUrl, Rule};
use schemars::JsonSchema;
use serde::Serialize;

use super::{PageReport, is_taken};
use crate::Assessment;

/// What one site is exposed to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SiteExposure {
    /// What it is about, if that is something that laws treat apart.
    pub sensitive: Option<Sensitive>,
    /// Its place among the sites of the run, higher first; docs/score.md says how it is made.
    pub score: Score,
    /// What may be claimed.
    pub estimate: Estimate,
    /// Ids of the theories to which its findings relate.
    pub theories: Vec<String>,
}

/// What a site is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Sensitive {
    /// `health`, `financial` or `government`.
    pub category: String,
    /// Whether that stands in the configuration; else it is a guess.
    pub configured: bool,
    /// By which sign it was guessed; empty if it is configured.
    pub why: String,
}

/// A number from 0 to 100 that ranks sites. It is no probability and no amount.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Score {
    /// The sum of the parts.
    pub points: u32,
    /// What the points are for.
    pub parts: Vec<ScorePart>,
}

/// Some points of a score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ScorePart {
    /// What they are for.
    pub why: String,
    /// How many.
    pub points: u32,
}

/// What may be claimed of one site for a month, in US dollars.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Estimate {
    /// Vendors that can take content and run before any choice.
    pub interceptors: u32,
    /// Sessions in the month; none if nobody has said how many: then no amount is estimated.
    pub sessions: Option<u64>,
    /// The least that a plaintiff who wins gets: one award.
    pub low_usd: Option<u64>,
    /// One violation for each session.
    pub per_session_usd: Option<u64>,
    /// One violation for each session and vendor.
    pub high_usd: Option<u64>,
    /// What the amounts assume.
    pub assumptions: Vec<String>,
}

impl Estimate {
    /// The least, for each session, for each session and vendor; none if nobody has said how many sessions there are.
    #[must_use]
    pub fn amounts(&self) -> Option<[u64; 3]> {
        Some([self.low_usd?, self.per_session_usd?, self.high_usd?])
    }
}

/// A legal theory to which findings of the run relate. Whether it holds is for counsel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Theory {
    /// Its id: that of the rule pack.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The law, cited.
    pub law: String,
    /// Where it holds.
    pub jurisdiction: String,
    /// What somebody may argue.
    pub theory: String,
    /// What stands against it, and what cannot be seen from outside.
    pub limits: String,
    /// How many findings relate to it.
    pub findings: u64,
    /// On how many sites.
    pub sites: u64,
}

/// What was worked out.
pub(crate) struct Risk {
    /// By site.
    pub(crate) sites: BTreeMap<String, SiteExposure>,
    /// Those that apply.
    pub(crate) theories: Vec<Theory>,
}

/// Works it out, and writes to each page which theories its findings relate to.
pub(crate) fn assess(pages: &mut [PageReport], assessment: &Assessment) -> Risk {
    let packs = &assessment.packs;
    let names: BTreeSet<String> = pages.iter().map(|page| page.site.clone()).collect();
    let about: BTreeMap<String, Option<Sensitive>> =
        names.iter().map(|site| (site.clone(), sensitive_site(site, pages, assessment))).collect();
    let mut applied: BTreeMap<String, (u64, BTreeSet<String>)> = BTreeMap::new();
    for page in pages.iter_mut() {
        let category = about.get(&page.site).and_then(Option::as_ref).and_then(Sensitive::category);
        page.theories = theories(&page.findings, packs, category);
        for id in page.theories.values().flatten() {
            let (findings, sites) = applied.entry(id.clone()).or_default();
            *findings += 1;
            sites.insert(page.site.clone());
        }
    }
    let sites = about.into_iter().map(|(site, about)| {
        let exposure = site_exposure(&site, about, pages, assessment);
        (site, exposure)
    });
    let theory = |pack: &Pack| applied.get(&pack.id).map(|(findings, sites)| theory(pack, *findings, sites.len()));
    Risk { sites: sites.collect(), theories: packs.all().iter().filter_map(theory).collect() }
}

fn theories(findings: &[Finding], packs: &Packs, category: Option<SensitiveCategory>) -> BTreeMap<String, Vec<String>> {
    let of = |finding: &Finding| {
        let ids: Vec<_> = packs.theories(finding, category).map(|pack| pack.id.clone()).collect();
        (!ids.is_empty()).then(|| (finding.id.to_string(), ids))
    };
    findings.iter().filter_map(of).collect()
}

fn theory(pack: &Pack, findings: u64, sites: usize) -> Theory {
    Theory {
        id: pack.id.clone(),
        name: pack.name.clone(),
        law: pack.law.clone(),
        jurisdiction: pack.jurisdiction.clone(),
        theory: pack.theory.clone(),
        limits: pack.limits.clone(),
        findings,
        sites: sites as u64,
    }
}

fn site_exposure(site: &str, about: Option<Sensitive>, pages: &[PageReport], assessment: &Assessment) -> SiteExposure {
    let pages: Vec<_> = pages.iter().filter(|page| page.site == site).collect();
    let counts = Counts { sensitive: about.is_some(), ..counts(&pages) };
    let score = exposure::score(&counts);
    let estimate = exposure::estimate(&counts, assessment.sessions(site));
    let theories: BTreeSet<String> = pages.iter().flat_map(|page| page.theories.values().flatten()).cloned().collect();
    SiteExposure {
        sensitive: about,
        score: Score {
            points: score.points,
            parts: score.parts.into_iter().map(|(why, points)| ScorePart { why, points }).collect(),
        },
        estimate: Estimate {
            interceptors: estimate.interceptors,
            sessions: estimate.sessions,
            low_usd: estimate.low_usd,
            per_session_usd: estimate.per_session_usd,
            high_usd: estimate.high_usd,
            assumptions: estimate.assumptions,
        },
        theories: theories.into_iter().collect(),
    }
}

/// What is counted of one site, each vendor once.
fn counts(pages: &[&PageReport]) -> Counts {
    let findings = || pages.iter().flat_map(|page| &page.findings);
    let vendors = |rule: Rule, least: Exposure| {
        let vendors = findings().filter(|finding| finding.rule == rule && finding.exposure >= least);
        let vendors: BTreeSet<_> = vendors.map(|finding| finding.vendor.as_str()).collect();
        u32::try_from(vendors.len()).unwrap_or(u32::MAX)
    };
    Counts {
        interceptors: vendors(Rule::PreConsentContact, Exposure::Content),
        trackers: vendors(Rule::PreConsentContact, Exposure::Tracker),
        grade: findings().filter(|finding| is_taken(finding)).filter_map(|finding| finding.grade).max(),
        interceptors_despite_reject: vendors(Rule::DespiteReject, Exposure::Content),
        trackers_despite_reject: vendors(Rule::DespiteReject, Exposure::Tracker),
        trackers_under_gpc: vendors(Rule::UnderGpc, Exposure::Tracker),
        no_banner: findings().any(|finding| finding.rule == Rule::NoBanner),
        no_reject: findings().any(|finding| finding.rule == Rule::NoReject),
        sensitive: false,
    }
}

/// What the configuration says, else what the name and the pages let guess.
fn sensitive_site(site: &str, pages: &[PageReport], assessment: &Assessment) -> Option<Sensitive> {
    if let Some(about) = assessment.sites.get(site).and_then(|site| site.category) {
        let category = about.category()?.as_str().to_owned();
        return Some(Sensitive { category, configured: true, why: String::new() });
    }
    let kind =
        |page: &PageReport| if page.kind == PageKind::Health.as_str() { PageKind::Health } else { PageKind::Home };
    let of_site = pages.iter().filter(|page| page.site == site && page.class == super::SEEN);
    let of_site: Vec<_> = of_site.filter_map(|page| Some((PageUrl::parse(&page.url).ok()?, kind(page)))).collect();
    let guess = sensitive::guess(&of_site.first()?.0.site(), &of_site)?;
    Some(Sensitive { category: guess.category.as_str().to_owned(), configured: false, why: guess.why })
}

impl Sensitive {
    fn category(&self) -> Option<SensitiveCategory> {
        let all = [SensitiveCategory::Health, SensitiveCategory::Financial, SensitiveCategory::Government];
        all.into_iter().find(|category| category.as_str() == self.category)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn a_site_is_ranked_by_what_was_found_and_estimated_by_what_was_given() {
        let packs = Packs::built_in().unwrap();
        let assessment = |sessions| Assessment { packs: packs.clone(), sites: BTreeMap::new(), sessions };
        let mut pages = sample::report().pages;
        let risk = assess(&mut pages, &assessment(0));
        let exposure = &risk.sites["shop.test"];
        assert_eq!((exposure.estimate.interceptors, exposure.estimate.high_usd), (1, None));
        assert_eq!(exposure.score.points, exposure.score.parts.iter().map(|part| part.points).sum::<u32>());
        assert!(exposure.theories.iter().any(|id| id == "cipa-631"), "{:?}", exposure.theories);
        let contact = pages[0].contacts().next().unwrap().id.to_string();
        assert!(pages[0].theories[&contact].iter().any(|id| id == "cipa-631"));
        assert!(risk.theories.iter().all(|theory| theory.findings > 0 && !theory.law.is_empty()));

        let risk = assess(&mut pages, &assessment(1_000));
        let estimate = &risk.sites["shop.test"].estimate;
        assert_eq!((estimate.low_usd, estimate.high_usd), (Some(5_000), Some(5_000_000)));
    }
}
