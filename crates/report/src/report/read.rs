//! A report from the store.

mod vendors;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::Path,
};

use earshot_model::{BadLine, Finding, Profile, Rule, Run, RunId};
use earshot_store::{
    CoverageRow, FingerprinterRow, KeystrokeRow, ListenerRow, Store, TypedRow, UnvisitedRow, VisitRow,
};
use uuid::Uuid;

use super::risk::{Risk, assess};
use crate::{Assessment, ReportError, expired};

use super::{
    BadInput, Failures, Fingerprinter, GapReport, KeyListener, KeystrokeHearer, NOTICE, PageChoice, PageReport,
    Provenance, Report, RunSummary, SCHEMA, SiteCoverage, Totals, Unvisited, VendorState, VisitConsent, consent::state,
    is_taken,
};

impl Report {
    /// Reads all that is known about `run`, and assesses it as `assessment` says.
    ///
    /// # Errors
    /// If there is no such run, or the store cannot be asked.
    pub async fn read(
        store: &Store,
        run: RunId,
        data: &Path,
        bad: &[BadLine],
        assessment: &Assessment,
    ) -> Result<Self, ReportError> {
        let run = store.run(run).await?.ok_or(ReportError::NoRun(run))?;
        let events_gone = expired::refuse(store, run.id).await?;
        let file = |key: String| data.join("evidence").join(key).display().to_string();
        let mut pages = pages(store, run.id, "", file).await?;
        let notes = match &run.portfolio {
            Some(portfolio) => store.site_notes(portfolio, run.id).await?,
            None => Vec::new(),
        };
        let mut risk = assess(&mut pages, &assessment.with_notes(notes));
        let vendors = vendors::read(store, run.id, &pages).await?;
        let fingerprinters = store.fingerprinters(run.id)?.all().await?;
        let listeners = store.listeners(run.id)?.all().await?;
        let keystrokes = store.keystrokes(run.id)?.all().await?;
        let typed = store.typed(run.id).await?;
        let choices = choices(store, run.id, "").await?;
        let states = states(store, run.id, "", &choices).await?;
        let coverage = store.coverage(run.id)?.all().await?;
        let unvisited = store.unvisited(run.id)?.all().await?;
        let unwitnessed = store.unwitnessed(run.id).await?;
        Ok(Self {
            schema: SCHEMA,
            earshot: env!("CARGO_PKG_VERSION"),
            totals: Totals {
                pages_without_witness: unwitnessed,
                visits_without_events: events_gone,
                ..totals(&run, &pages, typed)
            },
            run: summary(&run),
            vendors,
            fingerprinters: fingerprinters.into_iter().map(fingerprinter).collect(),
            listeners: listeners.into_iter().map(listener).collect(),
            keystrokes: keystrokes.into_iter().map(hearer).collect(),
            choices,
            states,
            sites: coverage.into_iter().map(|row| site(row, &mut risk)).collect(),
            theories: risk.theories,
            pages,
            unvisited: unvisited.into_iter().map(target).collect(),
            bad_lines: bad.iter().map(bad_input).collect(),
            notice: NOTICE,
        })
    }
}

/// What each page asks its visitors; an empty site means every site, also in what follows.
pub(crate) async fn choices(store: &Store, run: RunId, site: &str) -> Result<Vec<PageChoice>, ReportError> {
    Ok(store.choices_of(run, site)?.all().await?.into_iter().map(PageChoice::from).collect())
}

/// What each tracker does on each page in each state of consent.
pub(crate) async fn states(
    store: &Store,
    run: RunId,
    site: &str,
    choices: &[PageChoice],
) -> Result<Vec<VendorState>, ReportError> {
    let pages: HashMap<(&str, &str), &PageChoice> =
        choices.iter().map(|choice| ((choice.site.as_str(), choice.page.as_str()), choice)).collect();
    let rows = store.states_of(run, site)?.all().await?.into_iter();
    Ok(rows
        .map(|row| (pages.get(&(row.site.as_str(), row.page.as_str())).copied(), row))
        .map(|(page, row)| state(row, page))
        .collect())
}

/// Every visit with what was found on it; `place` says where a picture lies.
pub(crate) async fn pages(
    store: &Store,
    run: RunId,
    site: &str,
    place: impl Fn(String) -> String,
) -> Result<Vec<PageReport>, ReportError> {
    let (all_findings, all_gaps, visits) = tokio::try_join!(
        async { store.findings_of(run, site)?.all().await },
        async { store.gaps_of(run, site)?.all().await },
        async { store.visits_of(run, site)?.all().await },
    )?;
    let mut findings: HashMap<Uuid, Vec<Finding>> = HashMap::new();
    for finding in all_findings {
        findings.entry(finding.visit.0).or_default().push(finding);
    }
    let mut gaps: HashMap<Uuid, Vec<GapReport>> = HashMap::new();
    for gap in all_gaps {
        let (kind, detail) = (gap.kind, gap.detail);
        gaps.entry(gap.visit_id).or_default().push(GapReport { kind, detail });
    }
    let mut pages = Vec::new();
    for visit in visits {
        let mut found = findings.remove(&visit.visit_id).unwrap_or_default();
        found.sort_by(|a, b| {
            let rest = || (&a.vendor, a.rule).cmp(&(&b.vendor, b.rule));
            a.first_contact_ms.total_cmp(&b.first_contact_ms).then_with(rest)
        });
        let gaps = gaps.remove(&visit.visit_id).unwrap_or_default();
        pages.push(page(visit, found, gaps, &place));
    }
    let order = |page: &PageReport| Profile::ALL.iter().position(|profile| profile.as_str() == page.profile);
    pages.sort_by(|a, b| (&a.site, &a.url, order(a), a.repetition).cmp(&(&b.site, &b.url, order(b), b.repetition)));
    Ok(pages)
}

fn page(
    mut visit: VisitRow,
    findings: Vec<Finding>,
    gaps: Vec<GapReport>,
    evidence: impl Fn(String) -> String,
) -> PageReport {
    let (consent, provenance) = (VisitConsent::of(&mut visit), Provenance::of(&mut visit));
    PageReport {
        consent,
        provenance,
        repetition: visit.repetition,
        profile: visit.profile,
        site: visit.site,
        url: visit.page,
        final_url: some(visit.final_url),
        kind: visit.page_kind,
        visit: visit.visit_id.to_string(),
        outcome: visit.outcome,
        class: visit.class,
        failure: some(visit.failure),
        detail: visit.detail,
        took_ms: visit.took_ms,
        screenshot: some(visit.screenshot).map(evidence),
        findings,
        theories: BTreeMap::new(),
        gaps,
    }
}

/// The store writes an empty text where there is none.
fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

fn totals(run: &Run, pages: &[PageReport], typed: TypedRow) -> Totals {
    let main = run.profiles.iter().min().map_or("untouched", |profile| profile.as_str());
    let pages: Vec<_> = pages.iter().filter(|page| page.profile == main && page.repetition == 0).collect();
    let of_class = |class: &str| pages.iter().filter(|page| page.class == class).count() as u64;
    let seen = || pages.iter().copied().filter(|page| page.class == "seen");
    let tracked = |page: &&PageReport| page.is_tracked();
    let taken = |page: &&PageReport| page.findings.iter().any(is_taken);
    let partial = seen().filter(|page| page.outcome == "partial").count() as u64;
    let under = |rule: Rule| move |page: &&PageReport| page.under(rule).next().is_some();
    let sites = |pages: &mut dyn Iterator<Item = &PageReport>| {
        pages.map(|page| page.site.clone()).collect::<BTreeSet<_>>().len() as u64
    };
    Totals {
        targets: run.seeds,
        sites_seen: sites(&mut seen()),
        sites_with_tracker: sites(&mut seen().filter(tracked)),
        sites_with_listener: sites(&mut seen().filter(under(Rule::Listening))),
        sites_with_fingerprinter: sites(&mut seen().filter(under(Rule::Fingerprinting))),
        sites_typed: typed.sites,
        sites_with_keystrokes: sites(&mut seen().filter(taken)),
        pages_typed: typed.pages,
        pages: pages.len() as u64,
        pages_seen: of_class("seen"),
        pages_partial: partial,
        pages_blocked: of_class("blocked"),
        pages_failed: of_class("failed"),
        pages_refused: of_class("refused"),
        pages_absent: of_class("absent"),
        pages_without_tracker: seen().filter(|page| page.is_whole() && !tracked(page)).count() as u64,
        pages_without_witness: 0,
        visits_without_events: 0,
        gaps: seen().map(|page| page.gaps.len() as u64).sum(),
    }
}

pub(crate) fn summary(run: &Run) -> RunSummary {
    RunSummary {
        id: run.id.to_string(),
        label: run.label.clone(),
        started_at: run.started_at.to_string(),
        state: run.state.as_str().to_owned(),
        portfolio: run.portfolio.clone(),
        night: run.night.map(|night| night.to_string()),
        region: run.region.as_ref().map(ToString::to_string),
        pages_per_site: run.pages_per_site,
        profiles: run.profiles.iter().map(ToString::to_string).collect(),
    }
}

fn fingerprinter(row: FingerprinterRow) -> Fingerprinter {
    Fingerprinter {
        vendor: row.vendor,
        name: row.vendor_name,
        category: row.category,
        exposure: row.exposure,
        techniques: row.techniques,
        sites: row.sites,
        pre_consent_share: row.share,
        pages: row.pages,
    }
}

fn listener(row: ListenerRow) -> KeyListener {
    KeyListener {
        vendor: row.vendor,
        name: row.vendor_name,
        category: row.category,
        exposure: row.exposure,
        listens: row.listens,
        reads: row.reads,
        sites: row.sites,
        pre_consent_share: row.share,
        pages: row.pages,
    }
}

fn hearer(row: KeystrokeRow) -> KeystrokeHearer {
    KeystrokeHearer {
        vendor: row.vendor,
        name: row.vendor_name,
        category: row.category,
        exposure: row.exposure,
        grade: row.grade,
        grows: row.grows,
        kinds: row.kinds,
        forms: row.forms,
        sites: row.sites,
        sites_any: row.sites_any,
        share: row.share,
        pages: row.pages,
    }
}

pub(crate) fn site(row: CoverageRow, risk: &mut Risk) -> SiteCoverage {
    let (dns, tls, connection) = (row.failed_dns, row.failed_tls, row.failed_connection);
    let exposure = risk.sites.remove(&row.site).unwrap_or_default();
    SiteCoverage {
        exposure,
        site: row.site,
        planned: row.planned,
        seen: row.seen,
        partial: row.partial,
        blocked: row.blocked,
        failed: Failures { dns, tls, connection, other: row.failed.saturating_sub(dns + tls + connection) },
        absent: row.absent,
        refused: row.refused,
        gaps: row.gaps,
    }
}

pub(crate) fn target(row: UnvisitedRow) -> Unvisited {
    let failure = some(row.failure);
    // A crawl that went well and chose nothing leaves a target unseen all the same.
    let class = if row.class == "seen" { "failed".to_owned() } else { row.class };
    Unvisited { start: row.start, outcome: row.outcome, class, failure, detail: row.detail }
}

fn bad_input(bad: &BadLine) -> BadInput {
    BadInput { source: bad.source.clone(), line: bad.line, text: bad.text.clone(), error: bad.error.to_string() }
}
