//! What changed, as one JSON document.

use earshot_detect::changes::{Change, Summary};
use earshot_model::Run;
use serde::Serialize;

use super::Comparison;

/// The name and version of the JSON form. Fields are added, never changed; a change would make it `/2`.
pub const SCHEMA: &str = "earshot.changes/1";

/// What changed, as one JSON document.
#[derive(Debug, Serialize)]
pub struct Document<'a> {
    /// Always `earshot.changes/1`.
    pub schema: &'static str,
    /// Version of the program that wrote it.
    pub earshot: &'static str,
    /// The earlier run.
    pub earlier: RunName<'a>,
    /// The later run.
    pub later: RunName<'a>,
    /// What differs in how the two were made.
    pub differences: Vec<String>,
    /// What changed, by site, most pressing first.
    pub changes: &'a [Change],
    /// Changes that are left out here.
    pub left_out: u64,
    /// The numbers, with what they are counted among.
    pub summary: &'a Summary,
}

/// A run, as far as one needs to find it.
#[derive(Debug, Serialize)]
pub struct RunName<'a> {
    /// Its id, a ULID.
    pub id: String,
    /// What it was called.
    pub label: &'a str,
    /// When it was started (RFC 3339, UTC).
    pub started_at: String,
    /// `running`, `complete` or `cancelled`.
    pub state: &'static str,
}

impl<'a> Document<'a> {
    /// With `changes`; so many more are left out.
    #[must_use]
    pub fn of(comparison: &'a Comparison, changes: &'a [Change], left_out: u64, summary: &'a Summary) -> Self {
        Self {
            schema: SCHEMA,
            earshot: env!("CARGO_PKG_VERSION"),
            earlier: RunName::of(&comparison.earlier),
            later: RunName::of(&comparison.later),
            differences: comparison.differences(),
            changes,
            left_out,
            summary,
        }
    }
}

impl<'a> RunName<'a> {
    /// Names it.
    #[must_use]
    pub fn of(run: &'a Run) -> Self {
        let (id, started_at) = (run.id.to_string(), run.started_at.to_string());
        Self { id, label: &run.label, started_at, state: run.state.as_str() }
    }
}
