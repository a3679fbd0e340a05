//! What `deploy/grafana` is made by: boards, columns and SQL become dashboards and alert rules; and what its tests and benches
//! need to ask a store the same questions without Grafana.
//!
//! No part of Earshot uses this crate.

mod alert;
mod board;
mod column;
mod error;
mod expand;
mod generate;
mod query;

pub use self::{
    alert::{Alerts, Rule},
    board::{Board, Kind, Metric, Panel, Row},
    column::{Column, ColumnKind, Vocabulary},
    error::Error,
    expand::{Chosen, ExpandError, Scope, expand},
    generate::{Generated, generate},
    query::{Asks, Query, queries},
};

use std::path::PathBuf;

/// Where `deploy/grafana` lies.
#[must_use]
pub fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/grafana"))
}
