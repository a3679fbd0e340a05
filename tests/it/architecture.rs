//! The picture in ARCHITECTURE.md is true: who may depend on whom, and which crate fences which.

use std::{collections::BTreeMap, process::Command};

use serde_json::Value;

/// What each of our crates may depend on, of ours.
const EDGES: [(&str, &[&str]); 15] = [
    ("earshot-model", &[]),
    ("earshot-egress", &[]),
    ("earshot-bus", &["earshot-model"]),
    ("earshot-browser", &["earshot-egress", "earshot-model"]),
    ("earshot-corpus", &["earshot-detect", "earshot-model", "earshot-store"]),
    ("earshot-crawl", &["earshot-model"]),
    ("earshot-detect", &["earshot-model"]),
    ("earshot-evidence", &["earshot-model"]),
    ("earshot-grafana", &[]),
    ("earshot-local", &[]),
    ("earshot-store", &["earshot-model"]),
    ("earshot-lab", &[]),
    ("earshot-report", &["earshot-detect", "earshot-model", "earshot-store"]),
    (
        "earshot-web",
        &["earshot-bus", "earshot-detect", "earshot-evidence", "earshot-model", "earshot-report", "earshot-store"],
    ),
    (
        "earshot",
        &[
            "earshot-browser",
            "earshot-bus",
            "earshot-crawl",
            "earshot-detect",
            "earshot-egress",
            "earshot-evidence",
            "earshot-local",
            "earshot-model",
            "earshot-report",
            "earshot-store",
            "earshot-web",
        ],
    ),
];

/// A vendor crate is used by its wrapper and by nobody else.
const FENCES: [(&str, &[&str]); 13] = [
    ("async-nats", &["earshot-bus"]),
    ("axum", &["earshot", "earshot-lab", "earshot-local", "earshot-web"]),
    ("chromiumoxide", &["earshot-browser"]),
    ("clap", &["earshot", "earshot-lab"]),
    ("clickhouse", &["earshot-store"]),
    ("hickory-resolver", &["earshot-egress"]),
    ("lettre", &["earshot"]),
    ("libloading", &["earshot-local"]),
    ("object_store", &["earshot-evidence"]),
    ("prost", &["earshot-model"]),
    ("reqwest", &["earshot"]),
    ("spider", &["earshot-crawl"]),
    ("utoipa", &["earshot-web"]),
];

/// Name of each of our crates, with its ordinary (not dev) dependencies.
fn dependencies() -> BTreeMap<String, Vec<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let name = |value: &Value| value["name"].as_str().unwrap().to_owned();
    let of = |package: &Value| {
        let all = package["dependencies"].as_array().unwrap().iter();
        let mut names: Vec<_> = all.filter(|dependency| dependency["kind"].is_null()).map(name).collect();
        names.sort();
        names
    };
    metadata["packages"].as_array().unwrap().iter().map(|package| (name(package), of(package))).collect()
}

#[test]
fn our_crates_depend_on_each_other_as_drawn() {
    let found = dependencies();
    let drawn: BTreeMap<_, _> = EDGES.into_iter().collect();
    assert_eq!(found.keys().map(String::as_str).collect::<Vec<_>>(), drawn.keys().copied().collect::<Vec<_>>());
    for (name, dependencies) in &found {
        let ours: Vec<_> = dependencies.iter().filter(|name| name.starts_with("earshot")).map(String::as_str).collect();
        assert_eq!(ours, drawn[name.as_str()], "{name}");
    }
}

#[test]
fn vendor_crates_stay_behind_their_fences() {
    let found = dependencies();
    for (vendor, wrappers) in FENCES {
        let users: Vec<_> = found
            .iter()
            .filter(|(_, all)| all.iter().any(|name| name == vendor))
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(users, wrappers, "{vendor}");
    }
}
