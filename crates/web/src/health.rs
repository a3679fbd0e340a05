//! `GET /healthz`.

use axum::{Json, Router, routing::get};
use serde_json::{Value, json};

use crate::server::Shared;

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/healthz", get(healthz))
}

/// It answers. Whether the store and the bus do is told by what needs them.
async fn healthz() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}
