//! What a run knows of some sites, from the store.

use std::collections::HashMap;

use earshot_detect::changes::{FindingFacts, Gating, Gpc, Party, SiteFacts, StateFacts, VisitFacts};
use earshot_model::{FindingId, Run, RunState, Site, VisitId};
use earshot_store::{ComparedFinding, ComparedState, ComparedVisit, Sites, Store};
use serde::de::DeserializeOwned;

use crate::ReportError;

/// The outcome of a visit that was cut short.
const PARTIAL: &str = "partial";

/// Facts of a run, by site.
pub(super) struct Facts {
    sites: HashMap<String, SiteFacts>,
    complete: bool,
}

/// The facts of the sites from the first of `names` to the last.
pub(super) async fn facts(store: &Store, run: &Run, names: &[String]) -> Result<Facts, ReportError> {
    let mut facts = Facts { sites: HashMap::new(), complete: run.state == RunState::Complete };
    let (Some(first), Some(last)) = (names.first().cloned(), names.last().cloned()) else { return Ok(facts) };
    let sites = Sites { first, last };
    let mut visits = store.compare_visits(run.id, &sites)?;
    while let Some(row) = visits.next().await? {
        facts.site(&row.site).visits.push(visit(row)?);
    }
    let mut findings = store.compare_findings(run.id, &sites)?;
    while let Some(row) = findings.next().await? {
        facts.site(&row.site).findings.push(finding(row)?);
    }
    let mut states = store.compare_states(run.id, &sites)?;
    while let Some(row) = states.next().await? {
        facts.site(&row.site).states.push(state(row));
    }
    let mut unvisited = store.compare_unvisited(run.id, &sites)?;
    while let Some(row) = unvisited.next().await? {
        facts.site(&row.site).unvisited.push(row.why);
    }
    Ok(facts)
}

/// The facts of one site; empty ones if the run knows nothing of it.
pub(super) fn take(facts: &mut Facts, site: &str) -> SiteFacts {
    let known = facts.sites.remove(site).unwrap_or_default();
    SiteFacts { complete: facts.complete, ..known }
}

impl Facts {
    fn site(&mut self, site: &str) -> &mut SiteFacts {
        if !self.sites.contains_key(site) {
            self.sites.insert(site.to_owned(), SiteFacts::default());
        }
        self.sites.get_mut(site).expect("it was put in")
    }
}

fn visit(row: ComparedVisit) -> Result<VisitFacts, ReportError> {
    Ok(VisitFacts {
        visit: VisitId(row.visit_id),
        page: row.page,
        profile: named(row.profile)?,
        class: row.class,
        partial: row.outcome == PARTIAL,
        gaps: row.gaps.into_iter().map(named).collect::<Result<_, _>>()?,
        typed: row.typed,
        ruleset: row.ruleset,
    })
}

fn finding(row: ComparedFinding) -> Result<FindingFacts, ReportError> {
    let (id, name, category, exposure) = (row.vendor, row.vendor_name, row.category, row.exposure);
    let proof_site = Site::of_url(&row.proof_url).map(|site| site.to_string());
    Ok(FindingFacts {
        finding: FindingId(row.finding_id),
        visit: VisitId(row.visit_id),
        rule: named(row.rule)?,
        vendor: Party { id, name, category, exposure },
        first_contact_ms: row.first_contact_ms,
        proof_site: proof_site.filter(|proof| *proof != row.site),
        grade: if row.grade.is_empty() { None } else { Some(named(row.grade)?) },
        page: row.page,
    })
}

fn state(row: ComparedState) -> StateFacts {
    let (id, name, category, exposure) = (row.vendor, row.vendor_name, row.category, row.exposure);
    StateFacts {
        page: row.page,
        vendor: Party { id, name, category, exposure },
        gating: Gating::named(&row.gating),
        gpc: Gpc::named(&row.gpc),
        before_whole: row.before_whole,
        reject_whole: row.reject_whole,
    }
}

/// Reads a name as serde writes it.
fn named<T: DeserializeOwned>(name: String) -> Result<T, ReportError> {
    serde_json::from_value(name.clone().into()).map_err(ReportError::word(name))
}
