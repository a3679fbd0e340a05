//! What the store knows of visits, as a verdict needs it.

use std::collections::{BTreeMap, HashMap};

use earshot_detect::verdict::{Asked, Sighting};
use earshot_model::{Finding, Gap, RunId, VisitId};
use earshot_store::{AskedRow, Store, VisitRow};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::ReportError;

/// The visits of a site by page.
pub(super) type ByPage = BTreeMap<String, Vec<Sighting>>;

/// Everything that a run shows of a site. Rule-sets that judged it are added to `rulesets`.
pub(super) async fn sightings(
    store: &Store,
    run: RunId,
    site: &str,
    rulesets: &mut Vec<String>,
) -> Result<ByPage, ReportError> {
    let mut findings: HashMap<Uuid, Vec<Finding>> = HashMap::new();
    for finding in store.findings_of(run, site)?.all().await? {
        findings.entry(finding.visit.0).or_default().push(finding);
    }
    let mut gaps: HashMap<Uuid, Vec<Gap>> = HashMap::new();
    for row in store.gaps_of(run, site)?.all().await? {
        gaps.entry(row.visit_id).or_default().push(Gap { kind: named(row.kind)?, detail: row.detail });
    }
    let mut by_page = ByPage::new();
    let mut places: HashMap<Uuid, (String, usize)> = HashMap::new();
    for visit in store.visits_of(run, site)?.all().await? {
        if !rulesets.contains(&visit.ruleset) {
            rulesets.push(visit.ruleset.clone());
        }
        let id = visit.visit_id;
        let page = by_page.entry(visit.page.clone()).or_default();
        places.insert(id, (visit.page.clone(), page.len()));
        let (findings, gaps) = (findings.remove(&id).unwrap_or_default(), gaps.remove(&id).unwrap_or_default());
        page.push(sighting(visit, findings, gaps)?);
    }
    let mut rows = store.asked_of(run, site)?;
    while let Some(row) = rows.next().await? {
        let place = places.get(&row.visit_id);
        if let Some(sighting) = place.and_then(|(page, index)| by_page.get_mut(page)?.get_mut(*index)) {
            take(sighting, row)?;
        }
    }
    Ok(by_page)
}

fn sighting(visit: VisitRow, findings: Vec<Finding>, gaps: Vec<Gap>) -> Result<Sighting, ReportError> {
    let ended = match visit.detail.as_str() {
        "" => visit.outcome.clone(),
        detail => format!("{} ({detail})", visit.outcome),
    };
    Ok(Sighting {
        visit: VisitId(visit.visit_id),
        profile: named(visit.profile)?,
        seen: visit.class == "seen",
        ended,
        whole: visit.course_whole,
        final_url: visit.final_url,
        typed: Vec::new(),
        gaps,
        findings,
        asked: Vec::new(),
        aliases: Vec::new(),
        evidence: visit.evidence,
    })
}

fn take(sighting: &mut Sighting, row: AskedRow) -> Result<(), ReportError> {
    match row.fact.as_str() {
        "entry" => sighting.typed.push(row.target),
        "alias" => sighting.aliases.push((row.host, row.chain)),
        _ => sighting.asked.push(Asked {
            url: row.url,
            host: row.host,
            third_party: row.third_party,
            vendor: row.vendor,
            has_body: row.has_body,
            is_last_word: row.is_last_word,
            is_missing: row.is_missing,
            phase: named(row.phase)?,
        }),
    }
    Ok(())
}

/// Reads a name as serde writes it.
fn named<T: DeserializeOwned>(name: String) -> Result<T, ReportError> {
    serde_json::from_value(name.clone().into()).map_err(ReportError::word(name))
}
