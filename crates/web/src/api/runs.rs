//! `/api/v1/runs`: what there is, how far it is, and what it is told.

use axum::{
    Json, Router,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::StatusCode,
    routing::{get, post},
};
use earshot_bus::Signal;
use earshot_model::{Run, RunId, RunState};
use earshot_store::Progress;
use serde::{Deserialize, Serialize};

use crate::{
    access::{Reader, Writer},
    problem::Problem,
    server::Shared,
};

/// Runs on one page of the list, where nobody asks for another number.
const USUAL_PAGE: u64 = 20;
/// Runs on one page at most.
const LONGEST_PAGE: u64 = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    limit: Option<u64>,
    /// The run that the page before ended with.
    before: Option<String>,
}

#[derive(Serialize)]
struct Listed {
    runs: Vec<Run>,
    /// The address of the next page; none after the last.
    next: Option<String>,
}

#[derive(Serialize)]
struct Detail {
    #[serde(flatten)]
    run: Run,
    progress: Progress,
    /// What the run is told: `go`, `pause` or `cancel`; null if the bus does not say.
    signal: Option<&'static str>,
}

#[derive(Serialize)]
struct Told {
    run: RunId,
    signal: &'static str,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/runs", get(list))
        .route("/runs/{id}", get(show))
        .route("/runs/{id}/pause", post(pause))
        .route("/runs/{id}/resume", post(resume))
        .route("/runs/{id}/cancel", post(cancel))
}

async fn list(
    _: Reader,
    State(web): State<Shared>,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Json<Listed>, Problem> {
    let bad = |detail: String| Problem::new(StatusCode::BAD_REQUEST, detail);
    let Query(page) = page.map_err(|error| bad(error.body_text()))?;
    let limit = page.limit.unwrap_or(USUAL_PAGE);
    if !(1..=LONGEST_PAGE).contains(&limit) {
        return Err(bad(format!("limit: from 1 to {LONGEST_PAGE}")));
    }
    // One more tells whether there is another page.
    let runs = match page.before.as_deref().map(parse).transpose()? {
        Some(before) => web.store.runs_before(before, limit + 1).await,
        None => web.store.runs(limit + 1).await,
    };
    let mut runs = runs.map_err(|error| Problem::unavailable("the store", &error))?;
    let more = runs.len() as u64 > limit;
    runs.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let last = runs.last().filter(|_| more);
    let next = last.map(|run| format!("/api/v1/runs?limit={limit}&before={}", run.id));
    Ok(Json(Listed { runs, next }))
}

async fn show(_: Reader, State(web): State<Shared>, Path(id): Path<String>) -> Result<Json<Detail>, Problem> {
    let run = known(&web, &id).await?;
    let progress = web.store.progress(run.id).await.map_err(|error| Problem::unavailable("the store", &error))?;
    let signal = web.bus.signal(run.id).await;
    let signal = signal.inspect_err(|error| tracing::warn!(%error, "web: what a run is told is not known")).ok();
    Ok(Json(Detail { run, progress, signal: signal.map(name) }))
}

async fn pause(by: Writer, State(web): State<Shared>, Path(id): Path<String>) -> Result<Json<Told>, Problem> {
    tell(&web, &by, &id, Signal::Pause).await
}

async fn resume(by: Writer, State(web): State<Shared>, Path(id): Path<String>) -> Result<Json<Told>, Problem> {
    tell(&web, &by, &id, Signal::Go).await
}

async fn cancel(by: Writer, State(web): State<Shared>, Path(id): Path<String>) -> Result<Json<Told>, Problem> {
    tell(&web, &by, &id, Signal::Cancel).await
}

/// Tells a run that goes on; what it is told then is answered, for who cancels wins.
async fn tell(web: &Shared, by: &Writer, id: &str, signal: Signal) -> Result<Json<Told>, Problem> {
    let run = known(web, id).await?;
    if run.state != RunState::Running {
        let detail = format!("run {} has ended: it is {}", run.id, run.state.as_str());
        return Err(Problem::new(StatusCode::CONFLICT, detail));
    }
    let told = match signal {
        Signal::Pause => web.bus.pause(run.id).await,
        Signal::Go => web.bus.unpause(run.id).await,
        Signal::Cancel => web.bus.cancel(run.id).await,
    };
    told.map_err(|error| Problem::unavailable("the bus", &error))?;
    let now = web.bus.signal(run.id).await.map_err(|error| Problem::unavailable("the bus", &error))?;
    if now != signal {
        return Err(Problem::new(StatusCode::CONFLICT, format!("run {} is told to {} already", run.id, name(now))));
    }
    tracing::info!(run.id = %run.id, signal = name(now), token = by.0, "a run was told");
    Ok(Json(Told { run: run.id, signal: name(now) }))
}

pub(crate) async fn known(web: &Shared, id: &str) -> Result<Run, Problem> {
    let id = parse(id)?;
    let run = web.store.run(id).await.map_err(|error| Problem::unavailable("the store", &error))?;
    run.ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, format!("there is no run {id}")))
}

fn parse(id: &str) -> Result<RunId, Problem> {
    id.parse().map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "a run's id is a ULID: 26 letters and digits"))
}

fn name(signal: Signal) -> &'static str {
    match signal {
        Signal::Go => "go",
        Signal::Pause => "pause",
        Signal::Cancel => "cancel",
    }
}
