//! `runs`, `targets` and `seeds`.

use clickhouse::Row;
use earshot_model::{Crawl, PageKind, PageUrl, Profile, Region, Run, RunId, RunKind, Target};
use jiff::{
    Timestamp, ToSpan as _,
    civil::{Date, date},
};
use serde::{Deserialize, Serialize};

use super::failure;
use crate::StoreError;

#[derive(Debug, Row, Serialize, Deserialize)]
pub(crate) struct RunRow {
    run_id: String,
    started_at: i64,
    label: String,
    digest: String,
    seeds: u64,
    pages_per_site: u32,
    profiles: Vec<String>,
    repetitions: u32,
    egress: String,
    region: String,
    portfolio: String,
    /// Days since 1970.
    night: Option<u16>,
    against: String,
    state: String,
}

#[derive(Debug, Row, Serialize, Deserialize)]
pub(crate) struct TargetRow {
    run_id: String,
    start: String,
    scheme_given: bool,
    only_this_page: bool,
}

#[derive(Debug, Row, Serialize, Deserialize)]
pub(crate) struct SeedRow {
    run_id: String,
    start: String,
    site: String,
    class: String,
    outcome: String,
    status: Option<u16>,
    detail: String,
    failure: String,
    discovered: u32,
    pages: Vec<String>,
    kinds: Vec<String>,
    took_ms: u32,
}

/// Of a `Date` of ClickHouse.
const EPOCH: Date = date(1970, 1, 1);

/// Days since 1970; `None` for what ClickHouse's `Date` cannot hold.
fn days(night: Date) -> Option<u16> {
    night.since(EPOCH).ok().and_then(|span| span.get_days().try_into().ok())
}

impl From<&Run> for RunRow {
    fn from(run: &Run) -> Self {
        Self {
            run_id: run.id.to_string(),
            started_at: run.started_at.as_millisecond(),
            label: run.label.clone(),
            digest: run.digest.clone(),
            seeds: run.seeds,
            pages_per_site: run.pages_per_site,
            profiles: run.profiles.iter().map(Profile::to_string).collect(),
            repetitions: run.repetitions,
            egress: run.egress.clone(),
            region: run.region.as_ref().map_or_else(String::new, Region::to_string),
            portfolio: run.portfolio.clone().unwrap_or_default(),
            night: run.night.and_then(days),
            against: match run.kind {
                RunKind::Scan => String::new(),
                RunKind::Verify { against } => against.to_string(),
            },
            state: run.state.as_str().to_owned(),
        }
    }
}

impl TryFrom<RunRow> for Run {
    type Error = StoreError;

    fn try_from(row: RunRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.run_id.parse().map_err(StoreError::row("runs"))?,
            started_at: Timestamp::from_millisecond(row.started_at).map_err(StoreError::row("runs"))?,
            label: row.label,
            digest: row.digest,
            seeds: row.seeds,
            pages_per_site: row.pages_per_site,
            profiles: row
                .profiles
                .iter()
                .map(|profile| profile.parse().map_err(StoreError::row::<String>("runs")))
                .collect::<Result<_, _>>()?,
            repetitions: row.repetitions,
            egress: row.egress,
            region: match row.region.as_str() {
                "" => None,
                region => Some(region.parse().map_err(StoreError::row("runs"))?),
            },
            portfolio: Some(row.portfolio).filter(|name| !name.is_empty()),
            night: row.night.map(|days| EPOCH.saturating_add(i64::from(days).days())),
            kind: match row.against.as_str() {
                "" => RunKind::Scan,
                against => RunKind::Verify { against: against.parse().map_err(StoreError::row("runs"))? },
            },
            state: row.state.parse().map_err(StoreError::row::<String>("runs"))?,
        })
    }
}

impl From<&Crawl> for SeedRow {
    fn from(crawl: &Crawl) -> Self {
        Self {
            run_id: crawl.run.to_string(),
            start: crawl.start.to_string(),
            site: crawl.start.site().to_string(),
            class: crawl.outcome.class().as_str().to_owned(),
            outcome: crawl.outcome.as_str().to_owned(),
            status: crawl.outcome.status(),
            detail: crawl.outcome.detail(),
            failure: failure(&crawl.outcome).to_owned(),
            discovered: crawl.discovered,
            pages: crawl.pages.iter().map(|(page, _)| page.to_string()).collect(),
            kinds: crawl.pages.iter().map(|(_, kind)| kind.as_str().to_owned()).collect(),
            took_ms: crawl.took_ms,
        }
    }
}

#[derive(Debug, Row, Deserialize)]
pub(crate) struct PlannedRow {
    start: String,
    page: String,
    kind: String,
}

impl PlannedRow {
    pub(crate) fn parsed(self) -> Result<(PageUrl, PageUrl, PageKind), StoreError> {
        let url = |text: &str| PageUrl::parse(text).map_err(StoreError::row("seeds"));
        let kind = PageKind::deserialize(serde_json::Value::from(self.kind)).map_err(StoreError::row("seeds"))?;
        Ok((url(&self.start)?, url(&self.page)?, kind))
    }
}

impl TargetRow {
    pub(crate) fn new(run: RunId, target: &Target) -> Self {
        Self {
            run_id: run.to_string(),
            start: target.start.to_string(),
            scheme_given: target.scheme_given,
            only_this_page: target.only_this_page,
        }
    }
}

impl TryFrom<TargetRow> for Target {
    type Error = StoreError;

    fn try_from(row: TargetRow) -> Result<Self, StoreError> {
        let start = PageUrl::parse(&row.start).map_err(StoreError::row("targets"))?;
        Ok(Self { start, scheme_given: row.scheme_given, only_this_page: row.only_this_page })
    }
}
