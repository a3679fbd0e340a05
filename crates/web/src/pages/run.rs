//! `/runs/{run}`: how far a run is, and what it comes to.

use askama::Template;
use axum::{
    Router,
    extract::{Path, Query, State, rejection::QueryRejection},
    response::{IntoResponse as _, Redirect, Response},
    routing::{get, post},
};
use earshot_bus::Signal;
use earshot_model::{Run, RunKind, RunState};
use earshot_report::words;
use earshot_store::{RunSiteRow, Scope};
use jiff::tz::TimeZone;

use super::{overview::Overview, runs::RunLine};
use crate::{
    access::{Rights, Writer},
    api::runs::{self, RunDetail, SitesPage, bad},
    link, number,
    page::{Layout, OnPage, Page, Section, Sorry, Visitor},
    problem::Problem,
    server::Shared,
};

#[derive(Template)]
#[template(path = "run.html")]
struct RunPage {
    layout: Layout,
    line: RunLine,
    state: RunState,
    detail: RunDetail,
    /// Where what it is held against is compared with it; of a verify.
    verify: Option<String>,
    /// The scan before it of the same targets and options.
    before: Option<RunLine>,
    overview: Option<Overview>,
    sites: Vec<SiteLine>,
    next: Option<String>,
    /// What it may be told by whoever looks.
    signals: Vec<(&'static str, &'static str)>,
    json: String,
}

/// A site, in a line.
struct SiteLine {
    site: String,
    address: String,
    seen: String,
    trackers: String,
    gaps: String,
    not_seen: String,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/runs/{run}", get(show))
        .route("/runs/{run}/pause", post(async |by, web, id| tell(by, web, id, Signal::Pause).await))
        .route("/runs/{run}/resume", post(async |by, web, id| tell(by, web, id, Signal::Go).await))
        .route("/runs/{run}/cancel", post(async |by, web, id| tell(by, web, id, Signal::Cancel).await))
}

async fn show(
    visitor: Visitor,
    State(web): State<Shared>,
    Path(id): Path<String>,
    page: Result<Query<SitesPage>, QueryRejection>,
) -> Result<Page<RunPage>, Sorry> {
    let page = page.map_err(|error| bad(error.body_text()))?.0;
    let run = runs::known(&web, &id).await?;
    let scope = scope(&run);
    let before = async {
        match run.kind {
            RunKind::Scan => web.store.previous(&run).await.map_err(|error| Problem::unavailable("the store", &error)),
            RunKind::Verify { .. } => Ok(None),
        }
    };
    let (detail, (sites, next), overview, before) = tokio::try_join!(
        runs::detail(&web, &run),
        runs::read_sites(&web, run.id, &page),
        Overview::of(&web, &scope),
        before,
    )?;
    let id = run.id.to_string();
    Ok(Page(RunPage {
        layout: Layout::new(format!("Run: {}", run.label), Section::Runs),
        line: RunLine::from(&run),
        state: run.state,
        verify: matches!(run.kind, RunKind::Verify { .. }).then(|| format!("/verifies/{id}")),
        before: before.as_ref().map(RunLine::from),
        overview,
        sites: sites.iter().map(|row| SiteLine::of(row, &id)).collect(),
        next: next.map(|query| format!("/runs/{id}?{query}#sites")),
        signals: signals(&run, &detail, &visitor.rights),
        json: link::path(&["api", "v1", "runs", &id]),
        detail,
    }))
}

async fn tell(
    OnPage(by): OnPage<Writer>,
    State(web): State<Shared>,
    Path(id): Path<String>,
    signal: Signal,
) -> Result<Response, Sorry> {
    runs::tell(&web, &by, &id, signal).await?;
    Ok(Redirect::to(&link::path(&["runs", &id])).into_response())
}

/// What it may be told, and how the button is called.
fn signals(run: &Run, detail: &RunDetail, rights: &Rights) -> Vec<(&'static str, &'static str)> {
    if !rights.write || !run.state.is_open() {
        return Vec::new();
    }
    let held_back = run.state == RunState::Paused || detail.signal.as_deref() == Some("pause");
    let other = if held_back { ("resume", "Resume") } else { ("pause", "Pause") };
    vec![other, ("cancel", "Cancel")]
}

/// That run only. Its portfolio and its night say where its rows lie.
fn scope(run: &Run) -> Scope {
    let night = run.night.unwrap_or_else(|| run.started_at.to_zoned(TimeZone::UTC).date());
    Scope {
        portfolio: run.portfolio.clone(),
        since: Some(night),
        until: Some(night),
        run: Some(run.id),
        ..Scope::default()
    }
}

impl RunPage {
    /// Of the visits that are asked for so far, those that are recorded; and of the targets, those that were crawled.
    fn progress(&self) -> String {
        let progress = &self.detail.progress;
        let [recorded, planned, crawled, seeds] =
            [progress.recorded, progress.planned, progress.crawled, progress.seeds].map(number::count);
        format!("{recorded} of {planned} visits recorded, {crawled} of {seeds} targets crawled")
    }

    /// What did not see its page.
    fn unseen(&self) -> String {
        let progress = &self.detail.progress;
        let all = [(progress.blocked, "blocked"), (progress.failed, "failed"), (progress.refused, "refused")];
        let told =
            all.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{} {what}", number::count(*count)));
        told.collect::<Vec<_>>().join(", ")
    }
}

impl SiteLine {
    fn of(row: &RunSiteRow, run: &str) -> Self {
        let ended =
            [(row.blocked, "blocked"), (row.failed, "failed"), (row.refused, "refused"), (row.absent, "absent")];
        let ended = ended.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
        let mut not_seen = ended.collect::<Vec<_>>().join(", ");
        if !row.why.is_empty() {
            not_seen.push_str(&format!(" ({})", row.why.replace('_', " ")));
        }
        Self {
            address: link::path(&["runs", run, "sites", &row.site]),
            site: row.site.clone(),
            seen: format!("{} of {}", number::count(row.seen), number::count(row.visits)),
            // Nothing was looked at: not a 0.
            trackers: if row.seen > 0 { number::count(row.trackers) } else { number::NONE.to_owned() },
            gaps: number::count(row.gaps),
            not_seen,
        }
    }
}
