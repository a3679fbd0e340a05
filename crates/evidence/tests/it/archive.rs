//! An archive holds what was asked for, and what explains it.

use std::{collections::BTreeSet, process::Command};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use earshot_evidence::{Scope, check};
use earshot_model::{Canary, FieldKind};
use serde_json::Value;

use super::make::{self, Fixture};

#[test]
fn everything_that_was_exported_holds() {
    let fixture = Fixture::new();
    let checked = check(&fixture.path(), None).unwrap();
    assert!(checked.holds() && checked.remarks.is_empty(), "{checked:#?}");
    assert_eq!((checked.visits, checked.keys.len()), (3, 1));
    let (run, key) = (&checked.runs[0], &checked.keys[0]);
    assert_eq!((run.run, run.visits, run.here), (fixture.run, Some(3), 3));
    assert_eq!((key.manifests, key.chains), (3, 1));
    assert_eq!(key.fingerprint, fixture.key.public().fingerprint());
    assert!(check(&fixture.path(), Some(&key.fingerprint)).unwrap().holds());
    let names: BTreeSet<_> = fixture.files().into_iter().map(|(name, _)| name).collect();
    assert_eq!(checked.files, names.len());
    assert_eq!(names.len(), 3 * 8 + 2 + 3, "{names:#?}");
}

#[test]
fn a_part_of_a_run_is_checked_against_the_whole_chain() {
    let fixture = Fixture::new();
    fixture.export(&fixture.keys[..2], Scope::Site(earshot_model::Site::of_host("care.test").unwrap()));
    let checked = check(&fixture.path(), None).unwrap();
    assert!(checked.holds(), "{checked:#?}");
    assert_eq!((checked.runs[0].visits, checked.runs[0].here), (Some(3), 2));
    let whole = fixture.files().into_iter().map(|(_, bytes)| String::from_utf8_lossy(&bytes).into_owned());
    assert!(whole.into_iter().all(|text| !text.contains("shop.test")), "other sites are nobody's business");
}

#[test]
fn a_run_that_is_not_sealed_is_told_and_is_no_fault() {
    let fixture = Fixture::new();
    for file in ["chain.json", "chain.sig"] {
        let place = fixture.dir.path().join("evidence").join(fixture.run.to_string()).join(file);
        std::fs::remove_file(place).unwrap();
    }
    assert!(!fixture.export(&fixture.keys, Scope::Run));
    let checked = check(&fixture.path(), None).unwrap();
    assert!(checked.holds(), "{checked:#?}");
    assert_eq!((checked.runs[0].visits, checked.runs[0].here), (None, 3));
}

#[test]
fn what_was_typed_and_where_it_went_stands_in_it() {
    let fixture = Fixture::new();
    let json = |name: &str| -> Value {
        let folder = format!("{}/{}/{name}", fixture.run, fixture.keys[0].visit);
        let (_, text) = fixture.files().into_iter().find(|(known, _)| *known == folder).unwrap();
        serde_json::from_slice(&text).unwrap()
    };
    let about = json("visit.json");
    let canary = Canary::derive(fixture.keys[0].visit, 0, FieldKind::Email);
    assert_eq!(about["typed"][0]["value"], canary.text());
    assert_eq!(
        (&about["consent"]["banner_ms"], &about["served"]["certificate"]["protocol"]),
        (&700.0.into(), &"TLS 1.3".into())
    );
    assert_eq!(about["identity"]["egress"], "direct");
    let findings = json("findings.json");
    let shown = &findings["findings"][0]["excerpts"][0];
    assert!(shown["sent"]["text"].as_str().unwrap().contains(canary.text()), "{shown:#}");
    assert_eq!((&shown["event"], &shown["part"]), (&4.into(), &"body".into()));
    let sent = BASE64_STANDARD.decode(shown["sent"]["base64"].as_str().unwrap()).unwrap();
    assert_eq!(&sent[10..20], &canary.text().as_bytes()[..10]);
    assert_eq!(shown["unpacked"]["text"], "{\"email\":\"");
}

/// The way of docs/evidence.md.
#[test]
fn it_can_be_checked_by_hand() {
    let fixture = Fixture::new();
    let dir = fixture.dir.path().join("by-hand");
    for (name, bytes) in fixture.files() {
        let path = dir.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let key = format!("../../keys/{}.pem", fixture.key.public().fingerprint());
    let folder = dir.join(fixture.run.to_string()).join(fixture.keys[1].visit.to_string());
    let arguments = ["-verify", "-pubin", "-inkey", &key, "-rawin", "-in", "manifest.json", "-sigfile", "manifest.sig"];
    let openssl = Command::new("openssl").arg("pkeyutl").args(arguments).current_dir(&folder).output().unwrap();
    assert!(openssl.status.success(), "{}", String::from_utf8_lossy(&openssl.stderr));
    let manifest: Value = serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).unwrap()).unwrap();
    for file in manifest["files"].as_array().unwrap() {
        let sums = Command::new("sha256sum").arg(file["name"].as_str().unwrap()).current_dir(&folder).output().unwrap();
        assert!(String::from_utf8_lossy(&sums.stdout).starts_with(file["sha256"].as_str().unwrap()), "{file}");
    }
    assert_eq!(make::ADDRESSES[1], manifest["page"]);
}
