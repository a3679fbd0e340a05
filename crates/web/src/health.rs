//! `GET /healthz`.

use axum::{Json, Router, routing::get};
use serde_json::{Value, json};

use crate::server::Shared;

/// Where it is asked.
pub(crate) const PATH: &str = "/healthz";

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route(PATH, get(healthz))
}

/// It answers. Whether the store and the bus do is told by what needs them.
async fn healthz() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}
