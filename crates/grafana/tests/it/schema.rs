//! Dashboards and alert rules are what Grafana's published types say (npm `@grafana/grafana-foundation-sdk`, brought by `make
//! setup`), by TypeScript's compiler.

use std::{
    fmt::Write,
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

use earshot_grafana::{folder, generate};
use serde_json::{Value, json};

const TYPES: &str = include_str!("schema.ts");

/// One value, and the type that it must have.
struct Claim {
    is: &'static str,
    value: Value,
}

#[test]
fn dashboards_and_rules_are_what_grafana_publishes() {
    let claims: Vec<_> = generate(&folder()).unwrap().iter().flat_map(|(name, text)| claims(name, text)).collect();
    assert!(claims.len() > 50, "dashboards, rules, and what stands in overrides");
    let broken = broken(&claims);
    let whole = claims.len();
    let said = compile(claims.iter().chain(&broken));
    // What is broken is found: each of these, and nothing else.
    let found: Vec<usize> = said.iter().map(|(index, _)| *index).collect();
    assert_eq!(found, (whole..whole + broken.len()).collect::<Vec<_>>(), "{said:#?}");
}

fn claims(name: &str, text: &str) -> Vec<Claim> {
    let value: Value = serde_json::from_str(text).unwrap();
    if !name.starts_with("dashboards/") {
        return vec![Claim { is: "Rules", value }];
    }
    let mut all = vec![Claim { is: "Dashboard", value: value.clone() }];
    let panels = value["panels"].as_array().unwrap().iter();
    let overrides = panels.filter_map(|panel| panel["fieldConfig"]["overrides"].as_array()).flatten();
    for property in overrides.filter_map(|one| one["properties"].as_array()).flatten() {
        let is = match property["id"].as_str().unwrap() {
            "custom.cellOptions" => "Cell",
            "mappings" => "Mappings",
            "thresholds" => "Steps",
            "color" => "Colour",
            "displayName" | "unit" | "min" | "max" | "decimals" | "links" => continue,
            other => panic!("nobody holds the property {other} against anything"),
        };
        all.push(Claim { is, value: property["value"].clone() });
    }
    all
}

/// Dashboards and rules as they must not be.
fn broken(claims: &[Claim]) -> Vec<Claim> {
    let with = |is: &'static str, place: &str, wrong: Value| {
        let has = |claim: &&Claim| claim.is == is && claim.value.pointer(place).is_some();
        let mut value = claims.iter().find(has).unwrap_or_else(|| panic!("no {is} has {place}")).value.clone();
        *value.pointer_mut(place).unwrap() = wrong;
        Claim { is, value }
    };
    vec![
        with("Dashboard", "/schemaVersion", json!("41")),
        with("Dashboard", "/panels/1/type", json!("sta")),
        with("Dashboard", "/panels/1/options/colorMode", json!("rainbow")),
        with("Dashboard", "/panels/1/gridPos", json!({ "x": 0, "y": 0 })),
        with("Dashboard", "/panels/1/targets/0", json!({ "refId": "A", "rawSQL": "SELECT 1" })),
        with("Dashboard", "/templating/list/0/type", json!("querry")),
        with("Rules", "/groups/0/rules/0/noDataState", json!("Fine")),
        with("Rules", "/groups/0/rules/0/data/1/model/reducer", json!("least")),
        with("Cell", "/type", json!("speedometer")),
    ]
}

/// What the compiler says: which claim, and why.
fn compile<'a>(claims: impl Iterator<Item = &'a Claim>) -> Vec<(usize, String)> {
    let modules = parts().join("grafana/node_modules");
    let tsc = modules.join("typescript/lib/tsc.js");
    assert!(tsc.is_file(), "{} is not there; `make setup` brings it", tsc.display());
    let dir = tempfile::tempdir().unwrap();
    symlink(&modules, dir.path().join("node_modules")).unwrap();
    fs::write(dir.path().join("schema.ts"), TYPES).unwrap();
    // One claim a line, so that the line of a complaint says which.
    let mut text = "import type * as it from './schema';".to_owned();
    for (index, Claim { is, value }) in claims.enumerate() {
        write!(text, "\nexport const claim{index}: it.{is} = {value};").unwrap();
    }
    fs::write(dir.path().join("claims.ts"), text).unwrap();
    let options =
        "--noEmit --strict --pretty false --skipLibCheck --target es2022 --module nodenext --moduleResolution nodenext";
    let output = Command::new("node")
        .arg(&tsc)
        .args(options.split(' '))
        .arg("claims.ts")
        .current_dir(dir.path())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let mut all = Vec::<(usize, String)>::new();
    for line in said.lines().filter(|line| !line.starts_with(' ')) {
        let place = line.strip_prefix("claims.ts(").and_then(|rest| rest.split_once(','));
        let number = place.and_then(|(number, _)| number.parse::<usize>().ok());
        // The first line of the file imports.
        let index = number.unwrap_or_else(|| panic!("{said}")) - 2;
        if all.last().is_none_or(|(last, _)| *last != index) {
            all.push((index, said[said.find(line).unwrap()..].chars().take(1200).collect()));
        }
    }
    all
}

/// Where parts are installed.
fn parts() -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.parts").canonicalize().unwrap();
    std::env::var_os("EARSHOT_PARTS").map_or_else(beside, PathBuf::from)
}
