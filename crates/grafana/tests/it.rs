//! What `deploy/grafana` says, on the real engine.

#[path = "it/expand.rs"]
mod expand;
#[path = "it/frames.rs"]
mod frames;
#[path = "it/generated.rs"]
mod generated;
#[path = "it/pictures.rs"]
mod pictures;
#[path = "it/schema.rs"]
mod schema;
#[path = "it/web.rs"]
mod web;
