//! `manifest.json`: how an export came about, and by what its files are checked.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use earshot_store::ProvenanceRow;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Plan;

/// Its name.
pub(super) const MANIFEST: &str = "manifest.json";
/// The form of the manifest; a change of meaning is another one.
const SCHEMA: &str = "earshot-export/1";
/// When the export counts as made, in seconds since 1970, for who wants the manifest to be the same as well:
/// https://reproducible-builds.org/specs/source-date-epoch/
const EPOCH: &str = "SOURCE_DATE_EPOCH";

/// How an export came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The form of this document.
    pub schema: String,
    /// Version of Earshot that wrote it.
    pub earshot: String,
    /// Version of catalogue and rules that this version has; what the runs were judged by stands with each.
    pub ruleset: String,
    /// The last migration of the store.
    pub schema_version: u32,
    /// When, UTC. The only thing in an export that differs from one to the next of the same rows.
    pub written_at: String,
    /// What the parameters of the queries stand for.
    pub parameters: BTreeMap<String, String>,
    /// The runs, oldest first.
    pub runs: Vec<ProvenanceRow>,
    /// The files, without this one.
    pub files: Vec<FileNote>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileNote {
    /// Its name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 (hex) of it.
    pub sha256: String,
    /// How many rows it has, of a sheet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// The query that they answer, in ClickHouse SQL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
}

impl Manifest {
    pub(super) fn new(plan: &Plan, runs: Vec<ProvenanceRow>, schema_version: u32) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            earshot: env!("CARGO_PKG_VERSION").to_owned(),
            ruleset: earshot_detect::ruleset(None),
            schema_version,
            written_at: now().to_string(),
            parameters: plan.scope.params().into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            runs,
            files: Vec::new(),
        }
    }

    pub(super) fn text(&self) -> Result<String> {
        Ok(serde_json::to_string_pretty(self).context("the manifest")? + "\n")
    }
}

fn now() -> Timestamp {
    let given = std::env::var(EPOCH).ok().and_then(|text| Timestamp::from_second(text.parse().ok()?).ok());
    given.unwrap_or_else(Timestamp::now)
}
