//! `/api/v1/runs/{run}/sites/{site}`: what a run has found on a site; `/api/v1/sites/{site}`: what its scans came to, night by
//! night; `/api/v1/runs/{run}/findings/{finding}`: how a finding came about.

use axum::{
    Json,
    extract::{Path, State},
};
use earshot_report::{History, story::Story};
use serde::Serialize;
use serde_json::Value;
use utoipa::{ToSchema, openapi::Ref};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{access::Reader, found, link, problem::Problem, server::Shared};

/// What the latest complete scans of a site came to.
#[derive(Serialize, ToSchema)]
pub(crate) struct SiteHistory {
    /// The site, and its scans, oldest first.
    #[serde(flatten)]
    #[schema(schema_with = history_shape)]
    history: History,
    /// Where the report of the last of them is; null if there is none.
    report: Option<String>,
}

fn history_shape() -> Ref {
    Ref::from_schema_name("History")
}

pub(crate) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(report)).routes(routes!(history)).routes(routes!(finding))
}

/// What a run has found on one site.
#[utoipa::path(
    get,
    path = "/runs/{run}/sites/{site}",
    tag = "sites",
    params(
        ("run" = String, Path, description = "The run.", example = "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        ("site" = String, Path, description = "The registrable domain.", example = "example.com")
    ),
    responses((status = 200, description = "The report: `earshot.site/1`.", body = ref("#/components/schemas/SiteReport")))
)]
async fn report(
    _: Reader,
    State(web): State<Shared>,
    Path((run, site)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let found = found::site(&web, &run, &site).await?;
    Ok(Json(serde_json::to_value(&found.report).map_err(|error| Problem::unavailable("the report", &error))?))
}

/// What the latest complete scans of a site came to.
#[utoipa::path(
    get,
    path = "/sites/{site}",
    tag = "sites",
    params(("site" = String, Path, description = "The registrable domain.", example = "example.com")),
    responses((status = 200, description = "Its scans, oldest first.", body = SiteHistory))
)]
async fn history(_: Reader, State(web): State<Shared>, Path(site): Path<String>) -> Result<Json<SiteHistory>, Problem> {
    let site = site.to_ascii_lowercase();
    let history = History::clone(&*found::history(&web, &site).await?);
    let last = web.store.last_scan_of(&site).await.map_err(|error| Problem::unavailable("the store", &error))?;
    let report = last.map(|run| link::path(&["api", "v1", "runs", &run.id.to_string(), "sites", &site]));
    Ok(Json(SiteHistory { history, report }))
}

/// How a finding came about, from the key to the wire.
#[utoipa::path(
    get,
    path = "/runs/{run}/findings/{finding}",
    tag = "sites",
    params(
        ("run" = String, Path, description = "The run.", example = "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        ("finding" = String, Path, description = "The finding.", example = "6e1dbd31-4b08-5f2c-9d7f-6f1a0c2a5f10")
    ),
    responses((status = 200, description = "The finding and what happened on its visit.", body = ref("#/components/schemas/Story")))
)]
async fn finding(
    _: Reader,
    State(web): State<Shared>,
    Path((run, finding)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let finding = found::finding(&web, &run, &finding).await?;
    let guide = web.catalogue.get(&finding.vendor).map(|vendor| link::path(&["vendors", &vendor.id]));
    let story = Story::read(&web.store, finding).await.map_err(|error| found::problem(&error))?;
    Ok(Json(story.json(guide)))
}
