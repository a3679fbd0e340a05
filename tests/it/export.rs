//! What is exported can be read, is described column by column, and is the same each time.

use std::{collections::BTreeSet, fs, path::Path};

use earshot::export::Manifest;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::earshot::{Earshot, Piped as _, bare, finish, json, talk};

const TARGET: &str = "https://shop-clarity.test/contact";

#[test]
fn rows_are_exported_for_research() {
    let earshot = Earshot::new();
    let (first, second, lists) = (earshot.dir().join("first"), earshot.dir().join("second"), earshot.dir().join("csv"));
    let export = |dir: &Path, arguments: &[&str]| {
        finish(earshot.command(&[&["export", dir.to_str().unwrap()], arguments].concat()).spawn_piped())
    };
    let nothing = export(&first, &[]);
    assert!(nothing.status.code() == Some(3) && talk(&nothing).contains("no complete run"), "{}", talk(&nothing));
    assert!(!first.exists(), "where nothing is to be written, nothing is made");

    let scan = finish(earshot.scan(&[TARGET, "--format", "json"]).spawn_piped());
    assert_eq!(scan.status.code(), Some(0), "{}", talk(&scan));
    let run = json(&scan)["run"]["id"].as_str().unwrap().to_owned();
    let done = export(&first, &["--sheets", "all"]);
    assert_eq!(done.status.code(), Some(0), "{}", talk(&done));
    assert!(talk(&done).contains("findings.parquet: ") && talk(&done).contains("1 run, 16 files"), "{}", talk(&done));

    let manifest = manifest(&first);
    hashes_hold(&first, &manifest);
    assert_eq!((manifest.runs.len(), manifest.runs[0].run_id.as_str(), manifest.files.len()), (1, run.as_str(), 15));
    every_column_is_described(&first, &manifest);
    rows_come_back(&earshot, &first, &manifest);
    for (file, said) in [("METHOD.md", "untouched"), ("METHOD.md", &run), ("README.md", "`sites.parquet` | 1 |")] {
        let text = fs::read_to_string(first.join(file)).unwrap();
        assert!(text.contains(said), "{file} lacks {said}:\n{text}");
    }

    // Once more, elsewhere: the same, all but the moment.
    assert_eq!(export(&second, &["--sheets", "all", "--run", &run]).status.code(), Some(0));
    let again = self::manifest(&second);
    assert_eq!(again.files, manifest.files);
    for file in &manifest.files {
        assert!(
            fs::read(first.join(&file.name)).unwrap() == fs::read(second.join(&file.name)).unwrap(),
            "{}",
            file.name
        );
    }

    // A directory that holds something is left alone, unless one insists.
    let refused = export(&first, &[]);
    assert!(refused.status.code() == Some(1) && talk(&refused).contains("not empty"), "{}", talk(&refused));
    assert_eq!(export(&first, &["--force", "--sheets", "sites"]).status.code(), Some(0));
    assert_eq!(self::manifest(&first).files.len(), 5);
    let other = export(&earshot.dir().join("other"), &["--portfolio", "nobody"]);
    assert_eq!(other.status.code(), Some(3), "{}", talk(&other));

    assert_eq!(export(&lists, &["--format", "csv", "--tables", "vendors,sites"]).status.code(), Some(0));
    let mut csv = fs::read_to_string(lists.join("sites.csv")).unwrap();
    csv.truncate(csv.find('\n').unwrap());
    assert!(csv.starts_with("\"portfolio\",\"night\",\"site\",\"run_id\","), "{csv}");

    what_is_too_old_is_not_clean(&earshot, &run);
}

/// A run whose findings have left the store has no report, rather than a clean one.
fn what_is_too_old_is_not_clean(earshot: &Earshot, run: &str) {
    let mut migrate = earshot.command(&["migrate"]);
    let kept = finish(migrate.env("EARSHOT_STORE__KEEP_FINDINGS", "30d").spawn_piped());
    let said = String::from_utf8_lossy(&kept.stdout);
    assert!(kept.status.success() && said.contains("rows of findings are kept for 30 days"), "{said}{}", talk(&kept));
    let show = || finish(earshot.command(&["runs", "show", run]).spawn_piped());
    assert_eq!(show().status.code(), Some(0), "nothing has left yet");
    earshot.sql("DELETE FROM findings WHERE 1");
    let shown = show();
    assert_eq!(shown.status.code(), Some(1), "{}", talk(&shown));
    assert!(talk(&shown).contains("the findings of 1 visit are gone"), "{}", talk(&shown));
    assert!(shown.stdout.is_empty());
    assert_eq!(earshot.sql("SELECT count() FROM counted_vendors WHERE exposure = 'content'"), "1", "numbers stay");
}

#[test]
fn exports_that_make_no_sense_are_refused() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let file = file.path().to_str().unwrap();
    for (arguments, code, said) in [
        (&["x", "--sheets", "sites,nonsense"][..], 2, "no such sheet"),
        (&["x", "--since", "yesterday"], 2, "--since"),
        (&["x", "--format", "xlsx"], 2, "parquet, csv"),
        (&["x", "--run", "1"], 2, "--run"),
        (&["x", "--since", "2026-02-01", "--until", "2026-01-01"], 1, "later than --until"),
        (&[file], 1, "cannot write into"),
        (&[], 2, "DIR"),
    ] {
        let output = finish(bare().arg("export").args(arguments).spawn_piped());
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", talk(&output));
        assert!(talk(&output).contains(said), "{arguments:?}: {}", talk(&output));
    }
}

fn manifest(dir: &Path) -> Manifest {
    serde_json::from_slice(&fs::read(dir.join("manifest.json")).unwrap()).unwrap()
}

fn hashes_hold(dir: &Path, manifest: &Manifest) {
    let listed: BTreeSet<_> =
        manifest.files.iter().map(|file| file.name.clone()).chain(["manifest.json".into()]).collect();
    let there = fs::read_dir(dir).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(listed, there, "every file is named, and nothing half-written is left");
    for file in &manifest.files {
        let bytes = fs::read(dir.join(&file.name)).unwrap();
        let sha256: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((&file.sha256, file.bytes), (&sha256, bytes.len() as u64), "{}", file.name);
    }
}

fn every_column_is_described(dir: &Path, manifest: &Manifest) {
    let package: Value = serde_json::from_slice(&fs::read(dir.join("datapackage.json")).unwrap()).unwrap();
    let dictionary = fs::read_to_string(dir.join("dictionary.csv")).unwrap();
    let resources = package["resources"].as_array().unwrap();
    assert_eq!(resources.len(), manifest.files.iter().filter(|file| file.rows.is_some()).count());
    let mut columns = 0;
    for resource in resources {
        for field in resource["schema"]["fields"].as_array().unwrap() {
            assert_ne!(field["description"], "", "{} in {}", field["name"], resource["name"]);
            let line = format!("\n{},{},", resource["name"].as_str().unwrap(), field["name"].as_str().unwrap());
            assert!(dictionary.contains(&line), "the dictionary lacks {line}");
            columns += 1;
        }
    }
    assert_eq!(dictionary.lines().count(), columns + 1);
}

/// By the engine's own reader.
fn rows_come_back(earshot: &Earshot, dir: &Path, manifest: &Manifest) {
    let counts: Vec<String> = manifest
        .files
        .iter()
        .filter(|file| file.rows.is_some())
        .map(|file| {
            format!("SELECT '{}', count() FROM file('{}', 'Parquet')", file.name, dir.join(&file.name).display())
        })
        .collect();
    let told = earshot.sql(&format!("SELECT * FROM ({}) ORDER BY 1", counts.join(" UNION ALL ")));
    let mut wanted: Vec<String> =
        manifest.files.iter().filter_map(|file| Some(format!("{}\t{}", file.name, file.rows?))).collect();
    wanted.sort();
    assert_eq!(told.lines().collect::<Vec<_>>(), wanted);
    assert!(!wanted.iter().any(|line| line.starts_with("findings") && line.ends_with("\t0")), "{wanted:?}");
    let path = dir.join("findings.parquet");
    let here = "SELECT toString(finding_id), vendor, requests FROM findings FINAL ORDER BY 1";
    let there = format!("SELECT finding_id, vendor, requests FROM file('{}', 'Parquet') ORDER BY 1", path.display());
    assert_eq!(earshot.sql(&there), earshot.sql(here));
}
