//! `/api/v1/fleet`: who works, what waits, and what does not move.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Fleet, access::Reader, problem::Problem, server::Shared};

/// The fleet: its workers, its queues, and the runs that go on.
#[derive(Serialize, ToSchema)]
#[schema(as = Fleet)]
struct Looked {
    #[serde(flatten)]
    #[schema(value_type = Object)]
    fleet: Fleet,
    /// What does not move, a sentence each.
    stuck: Vec<String>,
}

pub(crate) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(show))
}

/// Who works, what waits, and what does not move.
#[utoipa::path(get, path = "/fleet", tag = "fleet", responses((status = 200, description = "The fleet now.", body = Looked)))]
async fn show(_: Reader, State(web): State<Shared>) -> Result<Json<Looked>, Problem> {
    let fleet = look(&web).await?;
    Ok(Json(Looked { stuck: fleet.stuck(), fleet }))
}

/// The fleet now.
pub(crate) async fn look(web: &Shared) -> Result<Fleet, Problem> {
    Fleet::look(&web.bus, &web.store).await.map_err(|error| Problem::unavailable("the bus or the store", &error))
}
