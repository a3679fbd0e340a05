//! `/api/v1/runs`: what there is, how far it is, and what it is told.

mod shapes;

use axum::{
    Json,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::StatusCode,
};
use earshot_bus::Signal;
use earshot_model::{Lane, Run, RunId, RunState};
use earshot_report::changes::Document;
use earshot_store::{RunSiteRow, RunsPage, Store, StoreError};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    access::{Reader, Writer},
    compared,
    problem::Problem,
    server::Shared,
};
pub(crate) use shapes::{RunDetail, RunShape, RunSite, RunSites, Runs, Told};

/// Rows on one page of a list, where nobody asks for another number.
pub(crate) const USUAL_PAGE: u64 = 20;
/// Rows on one page at most.
const LONGEST_PAGE: u64 = 200;

/// Which runs.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// So many at most; 20 without it.
    #[param(minimum = 1, maximum = 200, example = 20)]
    limit: Option<u64>,
    /// The run that the page before ended with.
    #[param(example = "01ARZ3NDEKTSV4RRFFQ69G5FAV")]
    before: Option<String>,
    /// Only those over this portfolio.
    #[param(example = "shops")]
    pub portfolio: Option<String>,
}

/// Which sites of a run.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SitesPage {
    /// So many at most; 20 without it.
    #[param(minimum = 1, maximum = 200, example = 20)]
    limit: Option<u64>,
    /// The site that the page before ended with.
    #[param(example = "example.com")]
    after: Option<String>,
}

pub(crate) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(sites))
        .routes(routes!(changes))
        .routes(routes!(pause))
        .routes(routes!(resume))
        .routes(routes!(cancel))
}

/// The runs, newest first.
#[utoipa::path(get, path = "/runs", tag = "runs", params(Page), responses((status = 200, description = "A page of them.", body = Runs)))]
async fn list(
    _: Reader,
    State(web): State<Shared>,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Json<Runs>, Problem> {
    let page = page.map_err(|error| bad(error.body_text()))?.0;
    let (runs, next) = read(&web, &page).await?;
    let next = next.map(|query| format!("/api/v1/runs?{query}"));
    Ok(Json(Runs { runs: runs.iter().map(RunShape::from).collect(), next }))
}

/// How far a run is.
#[utoipa::path(
    get,
    path = "/runs/{run}",
    tag = "runs",
    params(("run" = String, Path, description = "The run.", example = "01ARZ3NDEKTSV4RRFFQ69G5FAV")),
    responses((status = 200, description = "The run.", body = RunDetail))
)]
async fn show(_: Reader, State(web): State<Shared>, Path(id): Path<String>) -> Result<Json<RunDetail>, Problem> {
    let run = known(&web, &id).await?;
    Ok(Json(detail(&web, &run).await?))
}

/// The sites of a run, by name, and how much of each was seen so far.
#[utoipa::path(
    get,
    path = "/runs/{run}/sites",
    tag = "runs",
    params(("run" = String, Path, description = "The run.", example = "01ARZ3NDEKTSV4RRFFQ69G5FAV"), SitesPage),
    responses((status = 200, description = "A page of them.", body = RunSites))
)]
async fn sites(
    _: Reader,
    State(web): State<Shared>,
    Path(id): Path<String>,
    page: Result<Query<SitesPage>, QueryRejection>,
) -> Result<Json<RunSites>, Problem> {
    let page = page.map_err(|error| bad(error.body_text()))?.0;
    let run = known(&web, &id).await?;
    let (rows, next) = read_sites(&web, run.id, &page).await?;
    let next = next.map(|query| format!("/api/v1/runs/{}/sites?{query}", run.id));
    Ok(Json(RunSites { sites: rows.into_iter().map(RunSite::from).collect(), next }))
}

/// What changed since the scan before a run, of the same targets and options. Working it out may take longer than somebody waits: 503 then.
#[utoipa::path(
    get,
    path = "/runs/{run}/changes",
    tag = "runs",
    params(("run" = String, Path, description = "The run, complete.", example = "01ARZ3NDEKTSV4RRFFQ69G5FAV")),
    responses((status = 200, description = "As `earshot diff --format json` prints it, with at most 500 changes.", body = Object))
)]
async fn changes(_: Reader, State(web): State<Shared>, Path(id): Path<String>) -> Result<Json<Value>, Problem> {
    let run = known(&web, &id).await?;
    let found = compared::before(&web, run).await?;
    let document = Document::of(&found.comparison, &found.changes, found.left_out, &found.summary);
    serde_json::to_value(document).map(Json).map_err(|error| Problem::unavailable("the comparison", &error))
}

/// Holds a run back. What is under way is finished; nothing new is begun.
#[utoipa::path(
    post,
    path = "/runs/{run}/pause",
    tag = "runs",
    params(("run" = String, Path, description = "The run.", example = "01ARZ3NDEKTSV4RRFFQ69G5FAV")),
    responses((status = 200, description = "It is told so.", body = Told))
)]
async fn pause(by: Writer, State(web): State<Shared>, Path(id): Path<String>) -> Result<Json<Told>, Problem> {
    tell(&web, &by, &id, Signal::Pause).await.map(Json)
}

/// Lets a run that is paused go on.
#[utoipa::path(
    post,
    path = "/runs/{run}/resume",
    tag = "runs",
    params(("run" = String, Path, description = "The run.", example = "01ARZ3NDEKTSV4RRFFQ69G5FAV")),
    responses((status = 200, description = "It is told so.", body = Told))
)]
async fn resume(by: Writer, State(web): State<Shared>, Path(id): Path<String>) -> Result<Json<Told>, Problem> {
    tell(&web, &by, &id, Signal::Go).await.map(Json)
}

/// Ends a run early. What was recorded stays.
#[utoipa::path(
    post,
    path = "/runs/{run}/cancel",
    tag = "runs",
    params(("run" = String, Path, description = "The run.", example = "01ARZ3NDEKTSV4RRFFQ69G5FAV")),
    responses((status = 200, description = "It is told so.", body = Told))
)]
async fn cancel(by: Writer, State(web): State<Shared>, Path(id): Path<String>) -> Result<Json<Told>, Problem> {
    tell(&web, &by, &id, Signal::Cancel).await.map(Json)
}

/// A page of runs, and the query of the next one.
pub(crate) async fn read(web: &Shared, page: &Page) -> Result<(Vec<Run>, Option<String>), Problem> {
    let limit = checked(page.limit)?;
    let before = page.before.as_deref().map(parse).transpose()?;
    // One more tells whether there is another page.
    let wanted = RunsPage { portfolio: page.portfolio.clone(), before, limit: limit + 1 };
    let runs = web.store.runs_page(&wanted).await.map_err(|error| Problem::unavailable("the store", &error))?;
    let (runs, more) = cut(runs, limit);
    let next = runs.last().filter(|_| more).map(|last| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if let Some(portfolio) = &page.portfolio {
            query.append_pair("portfolio", portfolio);
        }
        query.append_pair("limit", &limit.to_string()).append_pair("before", &last.id.to_string()).finish()
    });
    Ok((runs, next))
}

/// A page of a run's sites, and the query of the next one.
pub(crate) async fn read_sites(
    web: &Shared,
    run: RunId,
    page: &SitesPage,
) -> Result<(Vec<RunSiteRow>, Option<String>), Problem> {
    let limit = checked(page.limit)?;
    let after = page.after.as_deref().unwrap_or_default();
    let unavailable = |error| Problem::unavailable("the store", &error);
    let rows = web.store.run_sites(run, after, limit + 1).map_err(unavailable)?.all().await.map_err(unavailable)?;
    let (rows, more) = cut(rows, limit);
    let next = rows.last().filter(|_| more).map(|last| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("limit", &limit.to_string()).append_pair("after", &last.site).finish()
    });
    Ok((rows, next))
}

/// How many runs that people wait for were begun before this one and are still open; `None` if nobody waits for this one.
pub(crate) async fn ahead(store: &Store, run: &Run) -> Result<Option<u64>, StoreError> {
    match run.state == RunState::Running && run.lane() == Lane::Interactive {
        true => store.waited_for(Some(run.id)).await.map(Some),
        false => Ok(None),
    }
}

/// A run, and how far it is.
pub(crate) async fn detail(web: &Shared, run: &Run) -> Result<RunDetail, Problem> {
    let (progress, ahead) = tokio::try_join!(web.store.progress(run.id), ahead(&web.store, run))
        .map_err(|error| Problem::unavailable("the store", &error))?;
    let signal = web.bus.signal(run.id).await;
    let signal = signal.inspect_err(|error| tracing::warn!(%error, "web: what a run is told is not known")).ok();
    Ok(RunDetail {
        run: run.into(),
        progress: progress.into(),
        signal: signal.map(|signal| name(signal).to_owned()),
        ahead,
    })
}

/// Tells a run that goes on; what it is told then is answered, for who cancels wins.
pub(crate) async fn tell(web: &Shared, by: &Writer, id: &str, signal: Signal) -> Result<Told, Problem> {
    let run = known(web, id).await?;
    if !run.state.is_open() {
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
    Ok(Told { run: run.id.to_string(), signal: name(now) })
}

/// The run of that id.
pub(crate) async fn known(web: &Shared, id: &str) -> Result<Run, Problem> {
    let id = parse(id)?;
    let run = web.store.run(id).await.map_err(|error| Problem::unavailable("the store", &error))?;
    run.ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, format!("there is no run {id}")))
}

pub(crate) fn parse(id: &str) -> Result<RunId, Problem> {
    id.parse().map_err(|_| bad("a run's id is a ULID: 26 letters and digits".to_owned()))
}

pub(crate) fn bad(detail: String) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, detail)
}

fn checked(limit: Option<u64>) -> Result<u64, Problem> {
    let limit = limit.unwrap_or(USUAL_PAGE);
    if !(1..=LONGEST_PAGE).contains(&limit) {
        return Err(bad(format!("limit: from 1 to {LONGEST_PAGE}")));
    }
    Ok(limit)
}

/// Without the one that only tells whether there are more; and whether there are.
fn cut<T>(mut rows: Vec<T>, limit: u64) -> (Vec<T>, bool) {
    let more = rows.len() as u64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    (rows, more)
}

fn name(signal: Signal) -> &'static str {
    match signal {
        Signal::Go => "go",
        Signal::Pause => "pause",
        Signal::Cancel => "cancel",
    }
}

impl Page {
    /// The first so many.
    pub fn first(limit: u64) -> Self {
        Self { limit: Some(limit), ..Self::default() }
    }

    /// Of that portfolio only.
    pub fn over(self, portfolio: &str) -> Self {
        Self { portfolio: Some(portfolio.to_owned()), ..self }
    }
}
