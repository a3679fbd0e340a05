//! Whatever is changed is found and named, and nothing makes the check fall over.

use earshot_evidence::{Checked, Problem, ProblemKind, PublicKey, SigningKey, check};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use super::{
    forge::{Files, forged, json, position, put, sha256, sign},
    make::{self, Fixture, zip},
};

fn checked(fixture: &Fixture, bytes: &[u8]) -> Checked {
    std::fs::write(fixture.path(), bytes).unwrap();
    check(&fixture.path(), None).unwrap()
}

/// What the check says of the archive after somebody has changed its files and packed it anew.
fn after(fixture: &Fixture, files: &Files, change: impl FnOnce(&mut Files)) -> Vec<Problem> {
    let mut files = files.clone();
    change(&mut files);
    checked(fixture, &zip(&files)).problems
}

fn kinds(problems: &[Problem]) -> Vec<ProblemKind> {
    let mut kinds: Vec<_> = problems.iter().map(|problem| problem.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// The file that a change of `name` is told of: a signature and what it signs are one.
fn told_at(name: &str) -> String {
    name.replace(".sig", ".json")
}

#[test]
fn a_flipped_bit_of_any_file_is_named() {
    let fixture = Fixture::new();
    let files = fixture.files();
    assert_eq!(after(&fixture, &files, |_| ()), [], "packing it anew changes nothing");
    let mut dice = StdRng::seed_from_u64(7);
    // bundle.json is signed by nobody; what it says is held against the rest below.
    for (at, (name, bytes)) in files.iter().enumerate().filter(|(_, (name, _))| name != "bundle.json") {
        let positions = [0, bytes.len() / 2, bytes.len() - 1, dice.random_range(0..bytes.len())];
        for position in positions {
            let bit = 1 << dice.random_range(0..8);
            let problems = after(&fixture, &files, |files| files[at].1[position] ^= bit);
            let told = problems.iter().any(|problem| [name.clone(), told_at(name)].contains(&problem.file));
            assert!(told, "bit {bit:#x} of byte {position} of {name}: {problems:#?}");
        }
    }
}

#[test]
fn a_flipped_bit_anywhere_in_the_archive_is_found() {
    let fixture = Fixture::new();
    let whole = fixture.bytes();
    let mut dice = StdRng::seed_from_u64(11);
    let ends = (0..200).chain(whole.len() - 400..whole.len());
    let anywhere = (0..300).map(|_| dice.random_range(0..whole.len()));
    for position in ends.chain(anywhere.collect::<Vec<_>>()) {
        let mut bytes = whole.clone();
        bytes[position] ^= 1 << (position % 8);
        assert!(!checked(&fixture, &bytes).holds(), "byte {position} of {}", whole.len());
    }
}

#[test]
fn a_file_that_was_taken_out_is_named() {
    let fixture = Fixture::new();
    let files = fixture.files();
    for (at, (name, _)) in files.iter().enumerate() {
        let problems = after(&fixture, &files, |files| drop(files.remove(at)));
        let missing = problems.iter().any(|problem| problem.file == *name && problem.kind == ProblemKind::Missing);
        assert!(missing, "{name}: {problems:#?}");
    }
    let visit = fixture.keys[1].visit.to_string();
    let problems = after(&fixture, &files, |files| files.retain(|(name, _)| !name.contains(&visit)));
    assert!(problems[0].file.ends_with(&visit) && problems[0].kind == ProblemKind::Missing, "{problems:#?}");
    let problems = after(&fixture, &files, |files| files.retain(|(name, _)| !name.contains("chain.")));
    assert_eq!(kinds(&problems), [ProblemKind::Missing], "{problems:#?}");
    assert!(!checked(&fixture, &zip(&Vec::new())).holds(), "nothing proves nothing");
}

#[test]
fn what_was_put_in_is_named() {
    let fixture = Fixture::new();
    let files = fixture.files();
    let folder = format!("{}/{}", fixture.run, fixture.keys[0].visit);
    for name in [
        "more.txt".to_owned(),
        "../../etc/cron.d/x".to_owned(),
        "/etc/passwd".to_owned(),
        format!("{folder}/more.json"),
        format!("{folder}/../x.json"),
        format!("{folder}/sub/visit.json"),
        format!("{}/chain.json.bak", fixture.run),
        format!("{}/visit.json", fixture.run.to_string().to_lowercase()),
    ] {
        let problems = after(&fixture, &files, |files| files.push((name.clone(), b"x".to_vec())));
        assert_eq!((problems.len(), problems[0].kind), (1, ProblemKind::Extra), "{name}: {problems:#?}");
        assert_eq!(problems[0].file, name);
    }
}

#[test]
fn two_files_of_one_name_are_refused() {
    let fixture = Fixture::new();
    let mut bytes = zip(&fixture.files());
    // The central directory names a second file as it does a first one: programs differ in which they take.
    let (from, to) = (b"chain.sig", b"chain.txt");
    assert_eq!(from.len(), to.len());
    let mut files = fixture.files();
    let chain = files[position(&files, "chain.sig")].clone();
    files.push((chain.0.replace("chain.sig", "chain.txt"), chain.1));
    bytes.clone_from(&zip(&files));
    while let Some(at) = bytes.windows(to.len()).rposition(|window| window == to) {
        bytes[at..at + from.len()].copy_from_slice(from);
    }
    let problems = checked(&fixture, &bytes).problems;
    assert!(problems.iter().any(|problem| problem.what.contains("occurs twice")), "{problems:#?}");
}

#[test]
fn a_chain_in_another_order_is_named() {
    let fixture = Fixture::new();
    let files = fixture.files();
    let at = position(&files, "chain.json");
    let problems = after(&fixture, &files, |files| {
        let mut chain = json(files, at);
        chain["links"].as_array_mut().unwrap().swap(0, 1);
        put(files, at, &chain);
    });
    let named = problems.iter().find(|problem| problem.kind == ProblemKind::Chain).unwrap();
    assert!(named.what.contains("link 1"), "{problems:#?}");
    assert!(kinds(&problems).contains(&ProblemKind::Signature), "{problems:#?}");

    // A link that was taken out, and the rest made to fit: the signature tells.
    let problems = after(&fixture, &files, |files| {
        let mut chain = json(files, at);
        chain["links"].as_array_mut().unwrap().pop();
        chain["visits"] = 2.into();
        chain["head"] = chain["links"][1]["link"].clone();
        put(files, at, &chain);
    });
    assert!(kinds(&problems).contains(&ProblemKind::Signature), "{problems:#?}");
    assert!(problems.iter().any(|problem| problem.what.contains("sealed without it")), "{problems:#?}");
}

#[test]
fn another_key_is_named() {
    let fixture = Fixture::new();
    let files = fixture.files();
    let thief = SigningKey::generate().unwrap();
    let at = position(&files, "manifest.json");
    // The key alone.
    let problems = after(&fixture, &files, |files| {
        let mut manifest = json(files, at);
        manifest["public_key"] = thief.public().hex().into();
        put(files, at, &manifest);
    });
    assert!(kinds(&problems).contains(&ProblemKind::Signature), "{problems:#?}");
    assert!(problems.iter().all(|problem| problem.file == files[at].0), "{problems:#?}");
    // A manifest that somebody else has signed: the chain tells.
    let problems = after(&fixture, &files, |files| sign(files, at, &thief));
    assert_eq!(kinds(&problems), [ProblemKind::Chain], "{problems:#?}");
    // Everything, chain and all: only who knows the key can tell.
    let forged = forged(&files, &thief);
    let forged = checked(&fixture, &zip(&forged));
    assert!(forged.holds(), "{forged:#?}");
    assert_eq!(forged.keys[0].fingerprint, thief.public().fingerprint());
    let against = check(&fixture.path(), Some(&fixture.key.public().fingerprint())).unwrap();
    assert_eq!(kinds(&against.problems), [ProblemKind::Key], "{against:#?}");
    assert_eq!(against.problems.len(), 4, "three manifests and the chain");
}

/// Even who has the key cannot make somebody's own words pass for ours.
#[test]
fn typed_data_that_is_somebodys_is_named() {
    let fixture = Fixture::new();
    let mut files = fixture.files();
    let at = position(&files, "visit.json");
    let folder = files[at].0.trim_end_matches("visit.json").to_owned();
    let mut about = json(&files, at);
    about["typed"][0]["value"] = "jane.doe@gmail.example".into();
    put(&mut files, at, &about);
    let (bytes, hash) = (files[at].1.len(), sha256(&files[at].1));
    let at = position(&files, &format!("{folder}manifest.json"));
    let mut manifest = json(&files, at);
    let entry = manifest["files"].as_array_mut().unwrap().iter_mut().find(|file| file["name"] == "visit.json").unwrap();
    (entry["bytes"], entry["sha256"]) = (bytes.into(), hash.into());
    put(&mut files, at, &manifest);
    let forged = forged(&files, &fixture.key);
    let problems = checked(&fixture, &zip(&forged)).problems;
    assert_eq!(kinds(&problems), [ProblemKind::Canary], "{problems:#?}");
    assert!(problems[0].what.contains("input#mail"), "{problems:#?}");
}

#[test]
fn what_is_cut_off_or_no_archive_is_told_and_never_a_panic() {
    let fixture = Fixture::new();
    let whole = fixture.bytes();
    for length in (0..whole.len()).step_by(whole.len() / 40).chain([1, 21, 22, whole.len() - 1]) {
        let checked = checked(&fixture, &whole[..length]);
        assert!(!checked.holds(), "{length} of {} bytes", whole.len());
    }
    let mut dice = StdRng::seed_from_u64(3);
    for length in [10, 1_000, 100_000] {
        let garbage: Vec<u8> = (0..length).map(|_| dice.random()).collect();
        assert_eq!(kinds(&checked(&fixture, &garbage).problems), [ProblemKind::Archive]);
    }
    let missing = check(&fixture.dir.path().join("nowhere.zip"), None).unwrap_err();
    assert!(missing.to_string().contains("nowhere.zip"), "{missing}");
    // Many changes at once.
    for _ in 0..200 {
        let mut bytes = whole.clone();
        for _ in 0..dice.random_range(2..50) {
            let at = dice.random_range(0..bytes.len());
            bytes[at] = dice.random();
        }
        let _ = checked(&fixture, &bytes);
    }
}

#[test]
fn what_unpacks_to_more_than_it_should_is_not_unpacked() {
    let fixture = Fixture::new();
    let files = fixture.files();
    for end in ["events.ndjson", "visit.json", "manifest.json", "chain.sig", "manifest.sig", "README.txt"] {
        let mut bomb = files.clone();
        let at = position(&bomb, end);
        bomb[at].1 = vec![b' '; 64 * 1024 * 1024];
        let checked = checked(&fixture, &zip(&bomb));
        assert!(!checked.holds() && checked.bytes < 4 * 1024 * 1024, "{end}: {} bytes were read", checked.bytes);
        let told = [bomb[at].0.clone(), told_at(&bomb[at].0)];
        assert!(checked.problems.iter().any(|problem| told.contains(&problem.file)), "{end}: {checked:#?}");
    }
}

#[test]
fn a_manifest_that_names_what_lies_elsewhere_is_refused() {
    let fixture = Fixture::new();
    let mut files = fixture.files();
    let at = position(&files, "manifest.json");
    let mut manifest = json(&files, at);
    manifest["files"][1]["name"] = "../../README.txt".into();
    put(&mut files, at, &manifest);
    let forged = forged(&files, &fixture.key);
    let problems = checked(&fixture, &zip(&forged)).problems;
    assert!(problems.iter().any(|problem| problem.what.contains("a file that cannot be")), "{problems:#?}");
    assert_eq!(PublicKey::from_hex("zz"), None);
    assert_eq!(make::ADDRESSES.len(), fixture.keys.len());
}
