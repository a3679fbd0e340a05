//! One run's side of a comparison: its facts of a site, put in order.

use std::collections::{BTreeMap, BTreeSet};

use earshot_model::{Exposure, Profile, Rule, VisitId};

use super::{FindingFacts, Party, SiteFacts, StateFacts, VisitFacts};

/// One run's side.
pub(super) struct Side<'a> {
    pub facts: &'a SiteFacts,
    /// Visits under the profile that is compared, by page.
    pages: BTreeMap<&'a str, Vec<&'a VisitFacts>>,
    visits: BTreeMap<VisitId, &'a VisitFacts>,
    rulesets: BTreeSet<&'a str>,
}

impl<'a> Side<'a> {
    pub fn of(facts: &'a SiteFacts, profile: Profile) -> Self {
        let mut side = Self { facts, pages: BTreeMap::new(), visits: BTreeMap::new(), rulesets: BTreeSet::new() };
        for visit in facts.visits.iter().filter(|visit| visit.profile == profile) {
            side.pages.entry(&visit.page).or_default().push(visit);
            side.visits.insert(visit.visit, visit);
            if visit.is_seen() {
                side.rulesets.insert(&visit.ruleset);
            }
        }
        side
    }

    pub fn pages(&self) -> impl Iterator<Item = (&'a str, &[&'a VisitFacts])> {
        self.pages.iter().map(|(page, visits)| (*page, visits.as_slice()))
    }

    pub fn visits_of(&self, page: &str) -> &[&'a VisitFacts] {
        self.pages.get(page).map_or(&[], Vec::as_slice)
    }

    /// Visits of `page` that nothing can have been hidden from.
    pub fn whole(&self, page: &str) -> impl Iterator<Item = &'a VisitFacts> {
        self.visits_of(page).iter().copied().filter(|visit| visit.is_whole())
    }

    pub fn is_whole(&self, page: &str) -> bool {
        self.whole(page).next().is_some()
    }

    pub fn visit(&self, id: VisitId) -> Option<&'a VisitFacts> {
        self.visits.get(&id).copied()
    }

    /// Whatever was contacted before any choice, on any visit.
    fn contacts(&self) -> impl Iterator<Item = &'a FindingFacts> {
        self.facts.findings.iter().filter(|finding| finding.rule == Rule::PreConsentContact)
    }

    /// Contacts of each tracker on visits that are compared, by its id.
    pub fn trackers(&self) -> BTreeMap<&'a str, Vec<&'a FindingFacts>> {
        let mut trackers: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let tracks = |vendor: &Party| {
            [Exposure::Tracker, Exposure::Content].iter().any(|exposure| exposure.as_str() == vendor.exposure)
        };
        let compared = |contact: &&FindingFacts| self.visits.contains_key(&contact.visit) && tracks(&contact.vendor);
        for contact in self.contacts().filter(compared) {
            trackers.entry(contact.vendor.id.as_str()).or_default().push(contact);
        }
        trackers
    }

    /// Whether the party of `contacts`, met in the run `other`, is met here too, under whatever profile. Where the two runs were judged by other
    /// rules, a party may have another name or standing only by that: then one that asks the same domain is the same.
    pub fn meets(&self, contacts: &[&FindingFacts], other: &Self) -> bool {
        let sure = self.rulesets.len() == 1 && self.rulesets == other.rulesets && !self.rulesets.contains("");
        self.contacts().any(|ours| {
            contacts.iter().any(|theirs| {
                let same_domain = || !sure && ours.proof_site.is_some() && ours.proof_site == theirs.proof_site;
                ours.vendor.id == theirs.vendor.id || same_domain()
            })
        })
    }

    /// Whether the tracker was met in any state of consent.
    pub fn knows(&self, vendor: &str) -> bool {
        self.facts.states.iter().any(|state| state.vendor.id == vendor)
    }

    /// What the tracker does on the page in each state of consent.
    pub fn state(&self, page: &str, vendor: &str) -> Option<&'a StateFacts> {
        self.facts.states.iter().find(|state| state.page == page && state.vendor.id == vendor)
    }
}

/// The pages of findings, sorted, each once.
pub(super) fn pages_of(findings: &[&FindingFacts]) -> Vec<String> {
    let pages: BTreeSet<&str> = findings.iter().map(|finding| finding.page.as_str()).collect();
    pages.into_iter().map(str::to_owned).collect()
}
