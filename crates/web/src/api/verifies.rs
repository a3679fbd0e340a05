//! `/api/v1/runs/{run}/verify`: pages of a run once more; `/api/v1/verifies/{run}`: what became of what was found.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::IntoResponse,
};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    access::{Reader, Starter},
    api::{
        body::Body,
        runs::{self, RunDetail},
    },
    link,
    problem::Problem,
    server::Shared,
    verify::{self, Asked},
};

/// What is shown of a verify.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Only {
    /// Only this vendor.
    #[param(example = "hotjar")]
    vendor: Option<String>,
}

pub(crate) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(begin)).routes(routes!(show))
}

/// Visits pages of a run once more, to see whether what was found is gone.
#[utoipa::path(
    post,
    path = "/runs/{run}/verify",
    tag = "verifies",
    params(("run" = String, Path, description = "A complete scan.", example = "01ARZ3NDEKTSV4RRFFQ69G5FAV")),
    request_body(content = Asked, example = json!({ "site": "example.com" })),
    responses((
        status = 201,
        description = "It is started; its verdicts will stand at `Location`.",
        body = RunDetail,
        headers(("Location" = String, description = "The address of the verify."))
    )),
    security(("token" = []), ())
)]
async fn begin(
    by: Starter,
    State(web): State<Shared>,
    Path(run): Path<String>,
    Body(asked): Body<Asked>,
) -> Result<impl IntoResponse, Problem> {
    let run = verify::begin(&web, &by, &run, &asked).await?;
    let place = HeaderValue::try_from(link::path(&["api", "v1", "verifies", &run.id.to_string()]));
    let headers: HeaderMap = place.into_iter().map(|place| (header::LOCATION, place)).collect();
    Ok((StatusCode::CREATED, headers, Json(runs::detail(&web, &run).await?)))
}

/// What a verify has come to: 409 while it goes on.
#[utoipa::path(
    get,
    path = "/verifies/{run}",
    tag = "verifies",
    params(("run" = String, Path, description = "The run of the verify.", example = "01ARZ3NDEKTSV4RRFFQ69G5FAV"), Only),
    responses((status = 200, description = "The verdicts: `earshot.verify/1`, of 20 sites at most.", body = ref("#/components/schemas/Verification")))
)]
async fn show(
    _: Reader,
    State(web): State<Shared>,
    Path(run): Path<String>,
    Query(only): Query<Only>,
) -> Result<Json<Value>, Problem> {
    let verified = verify::read(&web, &run, only.vendor).await?;
    let not_yet = || {
        let detail = format!("run {} is {}: verdicts are given once it is complete", run, verified.run.state.as_str());
        Problem::new(StatusCode::CONFLICT, detail)
    };
    let verification = verified.verification.as_ref().ok_or_else(not_yet)?;
    Ok(Json(serde_json::to_value(verification).map_err(|error| Problem::unavailable("the verdicts", &error))?))
}
