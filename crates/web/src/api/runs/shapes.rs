//! What the API says of runs.

use earshot_model::{Run, RunKind};
use earshot_store::{Progress, RunSiteRow};
use serde::Serialize;
use utoipa::ToSchema;

/// A page of the list of runs.
#[derive(Serialize, ToSchema)]
pub(crate) struct Runs {
    pub runs: Vec<RunShape>,
    /// The address of the next page; null after the last.
    pub next: Option<String>,
}

/// One campaign: tonight's scan, a verify, one address.
#[derive(Serialize, ToSchema)]
#[schema(as = Run)]
pub(crate) struct RunShape {
    /// ULID.
    #[schema(example = "01ARZ3NDEKTSV4RRFFQ69G5FAV")]
    pub id: String,
    /// When it was started, UTC.
    #[schema(format = DateTime)]
    pub started_at: String,
    /// What people call it: a file's name, a domain.
    pub label: String,
    /// SHA-256, in hex, over targets and options: the same in each night of the same crawl.
    pub digest: String,
    /// How many targets it has.
    pub seeds: u64,
    /// How many pages of each site are visited at most.
    pub pages_per_site: u32,
    /// How its visits behave towards consent: `untouched`, `reject`, `accept`, `gpc`.
    pub profiles: Vec<String>,
    /// How often each page is visited under each profile.
    pub repetitions: u32,
    /// From where the web is seen: `direct`, or host and port of a proxy; empty where nobody noted it.
    pub egress: String,
    /// Through which region's exit; null for the usual one.
    pub region: Option<String>,
    /// The portfolio whose targets it has; null for targets of its own.
    pub portfolio: Option<String>,
    /// The night that it is the crawl of.
    #[schema(format = Date)]
    pub night: Option<String>,
    /// `scan` or `verify`.
    pub kind: String,
    /// Of a verify: the run that it is held against.
    pub against: Option<String>,
    /// `running`, `paused`, `complete` or `cancelled`.
    pub state: String,
}

/// A run, and how far it is.
#[derive(Serialize, ToSchema)]
pub(crate) struct RunDetail {
    #[serde(flatten)]
    pub run: RunShape,
    pub progress: ProgressShape,
    /// What the run is told: `go`, `pause` or `cancel`; null if the bus does not say.
    pub signal: Option<String>,
    /// Of a run that somebody waits for and that goes on: how many such runs were begun earlier and still go on. Else null.
    pub ahead: Option<u64>,
}

/// How far a run is.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[schema(as = Progress)]
pub(crate) struct ProgressShape {
    /// Targets of the run.
    pub seeds: u64,
    /// Targets that were crawled.
    pub crawled: u64,
    /// Visits that the crawls so far ask for: pages times profiles.
    pub planned: u64,
    /// Visits that are recorded.
    pub recorded: u64,
    /// Distinct trackers that were contacted before any choice so far.
    pub trackers: u64,
    /// Visits that met a wall.
    pub blocked: u64,
    /// Visits that failed.
    pub failed: u64,
    /// Visits that were refused.
    pub refused: u64,
}

/// What a run is told now.
#[derive(Serialize, ToSchema)]
pub(crate) struct Told {
    /// The run.
    pub run: String,
    /// `go`, `pause` or `cancel`.
    pub signal: &'static str,
}

/// A page of the sites of a run.
#[derive(Serialize, ToSchema)]
pub(crate) struct RunSites {
    pub sites: Vec<RunSite>,
    /// The address of the next page; null after the last.
    pub next: Option<String>,
}

/// A site of a run, and how much of it was seen so far.
#[derive(Serialize, ToSchema)]
pub(crate) struct RunSite {
    /// Registrable domain.
    pub site: String,
    /// Visits that are recorded; a target of which no page could be chosen counts as one.
    pub visits: u64,
    /// Those that saw their page.
    pub seen: u64,
    /// Those that met a wall.
    pub blocked: u64,
    /// Those that ended without a page.
    pub failed: u64,
    /// Those that were not made.
    pub refused: u64,
    /// Those that met something other than the site.
    pub absent: u64,
    /// The most distinct trackers that one visit contacted; null where no page was seen.
    pub trackers: Option<u64>,
    /// Things on seen pages that could not be looked at.
    pub gaps: u64,
    /// How a visit ended, where none saw anything.
    pub why: Option<String>,
}

impl From<&Run> for RunShape {
    fn from(run: &Run) -> Self {
        let (kind, against) = match run.kind {
            RunKind::Scan => ("scan", None),
            RunKind::Verify { against } => ("verify", Some(against.to_string())),
        };
        Self {
            id: run.id.to_string(),
            started_at: run.started_at.to_string(),
            label: run.label.clone(),
            digest: run.digest.clone(),
            seeds: run.seeds,
            pages_per_site: run.pages_per_site,
            profiles: run.profiles.iter().map(ToString::to_string).collect(),
            repetitions: run.repetitions,
            egress: run.egress.clone(),
            region: run.region.as_ref().map(ToString::to_string),
            portfolio: run.portfolio.clone(),
            night: run.night.map(|night| night.to_string()),
            kind: kind.to_owned(),
            against,
            state: run.state.as_str().to_owned(),
        }
    }
}

impl From<RunSiteRow> for RunSite {
    fn from(row: RunSiteRow) -> Self {
        let RunSiteRow { site, visits, seen, blocked, failed, refused, absent, trackers, gaps, why } = row;
        let (trackers, why) = (Some(trackers).filter(|_| seen > 0), Some(why).filter(|_| seen == 0));
        Self { site, visits, seen, blocked, failed, refused, absent, trackers, gaps, why }
    }
}

impl From<Progress> for ProgressShape {
    fn from(progress: Progress) -> Self {
        let Progress { seeds, crawled, planned, recorded, trackers, blocked, failed, refused } = progress;
        Self { seeds, crawled, planned, recorded, trackers, blocked, failed, refused }
    }
}
