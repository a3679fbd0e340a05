//! What goes with the files, for people: `README.md` and `METHOD.md`.

use std::collections::BTreeSet;

use anyhow::Result;
use askama::Template;
use earshot_store::ProvenanceRow;

use super::{Manifest, Written};

#[derive(Template)]
#[template(path = "export/README.md", escape = "none")]
struct Readme<'a> {
    manifest: &'a Manifest,
    sheets: &'a [Written],
    csv: bool,
}

#[derive(Template)]
#[template(path = "export/METHOD.md", escape = "none")]
struct Method<'a> {
    runs: &'a [ProvenanceRow],
    profiles: String,
    browsers: String,
    versions: String,
    rulesets: String,
    regions: String,
    egresses: String,
    targets: u64,
    visits: u64,
}

pub(super) fn readme(manifest: &Manifest, sheets: &[Written]) -> Result<String> {
    let csv = sheets.iter().any(|written| written.file.name.ends_with(".csv"));
    Ok(Readme { manifest, sheets, csv }.render()? + "\n")
}

pub(super) fn method(manifest: &Manifest) -> Result<String> {
    let runs = &manifest.runs;
    let method = Method {
        runs,
        profiles: all(runs, |run| run.profiles.clone()),
        browsers: all(runs, |run| run.browsers.clone()),
        versions: all(runs, |run| run.versions.clone()),
        rulesets: all(runs, |run| run.rulesets.clone()),
        regions: all(runs, |run| {
            vec![if run.region.is_empty() { "the usual one".to_owned() } else { run.region.clone() }]
        }),
        egresses: all(runs, |run| run.egresses.iter().map(|egress| kind_of_egress(egress).to_owned()).collect()),
        targets: runs.iter().map(|run| run.seeds).sum(),
        visits: runs.iter().map(|run| run.visits).sum(),
    };
    Ok(method.render()? + "\n")
}

/// What any of the runs has, each once.
fn all(runs: &[ProvenanceRow], of: impl Fn(&ProvenanceRow) -> Vec<String>) -> String {
    let found: BTreeSet<String> = runs.iter().flat_map(of).filter(|text| !text.is_empty()).collect();
    if found.is_empty() { "not noted".to_owned() } else { found.into_iter().collect::<Vec<_>>().join(", ") }
}

/// Whose proxies they are is nobody's business who reads a study.
fn kind_of_egress(egress: &str) -> &str {
    match egress {
        "" | "direct" => egress,
        _ => "a forward proxy",
    }
}
