//! `/api/v1/fleet`: who works, what waits, and what does not move.

use axum::{Json, Router, extract::State, routing::get};
use serde::Serialize;

use crate::{Fleet, access::Reader, problem::Problem, server::Shared};

#[derive(Serialize)]
struct Looked {
    #[serde(flatten)]
    fleet: Fleet,
    /// What does not move, a sentence each.
    stuck: Vec<String>,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/fleet", get(show))
}

async fn show(_: Reader, State(web): State<Shared>) -> Result<Json<Looked>, Problem> {
    let fleet = look(&web).await?;
    Ok(Json(Looked { stuck: fleet.stuck(), fleet }))
}

/// The fleet now.
pub(crate) async fn look(web: &Shared) -> Result<Fleet, Problem> {
    Fleet::look(&web.bus, &web.store).await.map_err(|error| Problem::unavailable("the bus or the store", &error))
}
