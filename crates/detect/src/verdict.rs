//! Two runs of a page compared: is what the first one found fixed?
//!
//! Facts and findings of some visits before and of some after go in; for each vendor comes out what has become of it. `fixed` is
//! said only where every visit after was good for the claim and clean: what could not be seen is inconclusive.

mod claim;
mod good;
mod moved;
mod sighting;

use std::collections::{BTreeMap, BTreeSet};

use earshot_model::{Exposure, Finding, Profile};
use schemars::JsonSchema;
use serde::Serialize;

use claim::Claim;
pub use sighting::{Asked, Sighting};

/// What has become of what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// Every visit after was whole, and clean.
    Fixed,
    /// It cannot be said: blocked, too few good visits, something that could have hidden it.
    Inconclusive,
    /// It was not there before.
    New,
    /// It goes on under another name: another host, a CNAME, a proxy.
    Moved,
    /// It was seen again.
    StillFiring,
}

/// What has become of one vendor on one page.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Verdict {
    /// Catalogue id, or the registrable domain of a stranger.
    pub vendor: String,
    /// What people call it.
    pub name: String,
    /// What it does.
    pub category: String,
    /// `content`, `tracker`, `unknown` or `none`.
    pub exposure: String,
    /// The worst of what was concluded of its claims.
    pub conclusion: Conclusion,
    /// Each thing that was said of it, and what has become of that.
    pub claims: Vec<ClaimVerdict>,
    /// What was seen before.
    pub before: Side,
    /// What is seen now.
    pub after: Side,
}

/// What has become of one thing that was said of a vendor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ClaimVerdict {
    /// What was said: `pre_consent_contact`, …
    pub rule: String,
    /// Under which profile.
    pub profile: String,
    /// What has become of it.
    pub conclusion: Conclusion,
    /// Why, for people.
    pub reason: String,
}

/// One side of a comparison.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Side {
    /// How many visits there are, under all profiles in which something was said of the vendor.
    pub visits: u32,
    /// Of those, visits on which the page was shown and watched.
    pub seen: u32,
    /// Of those, visits that showed something of what is said.
    pub firing: u32,
    /// First contact, median over those visits, in ms since navigation start.
    pub first_contact_ms: Option<f64>,
    /// Most requests to it on one visit.
    pub requests: u32,
    /// Hosts that it was asked under.
    pub hosts: Vec<String>,
    /// The highest grade at which it hears what is typed: `K0` to `K6`; `None` where nobody knows.
    pub grade: Option<String>,
    /// Findings that say so.
    pub findings: Vec<String>,
    /// The visits, with where the evidence of each lies.
    pub evidence: Vec<Evidence>,
}

/// Where the proof of a visit lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Evidence {
    /// The visit.
    pub visit: String,
    /// Key of the manifest in the evidence store; empty if no evidence was kept.
    pub manifest: String,
}

/// What has become of every vendor of a page; worst first. `least` is how many good visits under each profile it takes to say
/// that something is fixed.
#[must_use]
pub fn verdicts(before: &[Sighting], after: &[Sighting], least: usize) -> Vec<Verdict> {
    let (before, after): (Vec<_>, Vec<_>) = (before.iter().collect(), after.iter().collect());
    let claims: BTreeSet<Claim> = before.iter().chain(&after).flat_map(|sighting| Claim::of(sighting)).collect();
    let mut by_vendor: BTreeMap<&str, Vec<&Claim>> = BTreeMap::new();
    for claim in &claims {
        by_vendor.entry(&claim.vendor).or_default().push(claim);
    }
    let of_vendor = |(vendor, claims): (&str, Vec<&Claim>)| verdict(vendor, &claims, &before, &after, least);
    let mut verdicts: Vec<_> = by_vendor.into_iter().filter_map(of_vendor).collect();
    verdicts.sort_by(|a, b| {
        (b.conclusion, severity(&b.exposure), &a.name).cmp(&(a.conclusion, severity(&a.exposure), &b.name))
    });
    verdicts
}

fn verdict(
    vendor: &str,
    claims: &[&Claim],
    before: &[&Sighting],
    after: &[&Sighting],
    least: usize,
) -> Option<Verdict> {
    let all = || before.iter().chain(after).flat_map(|sighting| sighting.about(vendor));
    let worst = all().max_by_key(|finding| finding.exposure)?;
    let claims: Vec<_> = claims.iter().map(|claim| claim_verdict(claim, before, after, least)).collect();
    let conclusion = claims.iter().map(|claim| claim.conclusion).max()?;
    let profiles: BTreeSet<&str> = claims.iter().map(|claim| claim.profile.as_str()).collect();
    Some(Verdict {
        vendor: vendor.to_owned(),
        name: worst.vendor_name.clone(),
        category: worst.category.clone(),
        exposure: worst.exposure.as_str().to_owned(),
        conclusion,
        before: side(vendor, before, &profiles),
        after: side(vendor, after, &profiles),
        claims,
    })
}

fn claim_verdict(claim: &Claim, before: &[&Sighting], after: &[&Sighting], least: usize) -> ClaimVerdict {
    let (then, now) = (under(before, claim.profile), under(after, claim.profile));
    let (conclusion, reason) = conclude(claim, &then, &now, before, least);
    ClaimVerdict {
        rule: claim.rule.as_str().to_owned(),
        profile: claim.profile.as_str().to_owned(),
        conclusion,
        reason,
    }
}

fn under<'a>(sightings: &[&'a Sighting], profile: Profile) -> Vec<&'a Sighting> {
    sightings.iter().copied().filter(|sighting| sighting.profile == profile).collect()
}

/// `then` and `now` are the visits under the claim's profile; `before` are all those before.
fn conclude(
    claim: &Claim,
    then: &[&Sighting],
    now: &[&Sighting],
    before: &[&Sighting],
    least: usize,
) -> (Conclusion, String) {
    let firing = now.iter().filter(|sighting| claim.holds(sighting)).count();
    if !then.iter().any(|sighting| claim.holds(sighting)) {
        let seen = then.iter().any(|sighting| sighting.seen && sighting.whole);
        let reason = if seen { "not seen before" } else { "the page was not seen whole before" };
        return (Conclusion::New, format!("{reason}; in {firing} of {} visits now", now.len()));
    }
    if firing > 0 {
        let again = format!("in {firing} of {} visits", now.len());
        return match moved::to(claim, then, now) {
            Some(to) => (Conclusion::Moved, format!("{again}, {to}")),
            None => (Conclusion::StillFiring, again),
        };
    }
    if let Some(sign) = moved::traces(claim, before, now) {
        return (Conclusion::Moved, sign);
    }
    let inconclusive = |reason: String| (Conclusion::Inconclusive, reason);
    if now.len() < least {
        return inconclusive(format!("{} of at least {least} visits", now.len()));
    }
    let flaws: Vec<String> = now.iter().filter_map(|sighting| good::flaw(claim, then, sighting)).collect();
    if !flaws.is_empty() {
        let (count, of) = (flaws.len(), now.len());
        let distinct: BTreeSet<String> = flaws.into_iter().collect();
        let flaws = distinct.into_iter().collect::<Vec<_>>().join("; ");
        return inconclusive(format!("{count} of {of} visits cannot tell: {flaws}"));
    }
    match moved::asked_still(claim, then, now).or_else(|| moved::suspicion(claim, before, now)) {
        Some(sign) => inconclusive(sign),
        None => (Conclusion::Fixed, format!("{} of {} visits are clean", now.len(), now.len())),
    }
}

fn side(vendor: &str, sightings: &[&Sighting], profiles: &BTreeSet<&str>) -> Side {
    let visits: Vec<_> =
        sightings.iter().copied().filter(|sighting| profiles.contains(sighting.profile.as_str())).collect();
    let firing: Vec<_> =
        visits.iter().filter(|sighting| Claim::of(sighting).any(|claim| claim.vendor == vendor)).collect();
    let findings: Vec<&Finding> = visits.iter().flat_map(|sighting| sighting.about(vendor)).collect();
    let mut first: Vec<f64> = firing
        .iter()
        .filter_map(|sighting| sighting.about(vendor).map(|finding| finding.first_contact_ms).min_by(f64::total_cmp))
        .collect();
    first.sort_by(f64::total_cmp);
    let hosts: BTreeSet<&str> = visits.iter().flat_map(|sighting| sighting.hosts_of(vendor)).collect();
    let evidence =
        |sighting: &&Sighting| Evidence { visit: sighting.visit.to_string(), manifest: sighting.evidence.clone() };
    Side {
        visits: count(visits.len()),
        seen: count(visits.iter().filter(|sighting| sighting.seen).count()),
        firing: count(firing.len()),
        first_contact_ms: first.get(first.len() / 2).copied(),
        requests: findings.iter().map(|finding| finding.requests).max().unwrap_or_default(),
        hosts: hosts.into_iter().map(str::to_owned).collect(),
        grade: findings.iter().filter_map(|finding| finding.grade).max().map(|grade| grade.as_str().to_owned()),
        findings: findings.iter().map(|finding| finding.id.to_string()).collect(),
        evidence: visits.iter().map(evidence).collect(),
    }
}

fn severity(exposure: &str) -> usize {
    [Exposure::None, Exposure::Unknown, Exposure::Tracker, Exposure::Content]
        .iter()
        .position(|known| known.as_str() == exposure)
        .unwrap_or_default()
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl Conclusion {
    /// All of them, worst first.
    pub const ALL: [Self; 5] = [Self::StillFiring, Self::Moved, Self::New, Self::Inconclusive, Self::Fixed];

    /// The name used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Inconclusive => "inconclusive",
            Self::New => "new",
            Self::Moved => "moved",
            Self::StillFiring => "still_firing",
        }
    }

    /// Whether something is there that should not be.
    #[must_use]
    pub fn is_firing(self) -> bool {
        self > Self::Inconclusive
    }
}
