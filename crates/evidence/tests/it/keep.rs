//! What is kept is what was seen, and nothing replaces it.

use earshot_evidence::{Chain, Evidence, SigningKey};
use earshot_model::{Picture, PictureKind, RunId};
use serde_json::Value;

use super::make::{self, Fixture, wait};

#[test]
fn a_visit_is_read_again_as_it_was_seen() {
    let dir = tempfile::tempdir().unwrap();
    let evidence = Evidence::in_directory(dir.path()).unwrap();
    let (run, key) = (RunId::new(), SigningKey::generate().unwrap());
    wait(async {
        for (at, place) in make::keep(&evidence, run, &key).await.iter().enumerate() {
            let visit = evidence.facts(place).await.unwrap();
            let seen = make::visit(run, make::ADDRESSES[at]);
            assert_eq!((visit.events, visit.task, visit.served), (seen.events, seen.task, seen.served));
            assert_eq!(visit.pictures.len(), 1);
        }
    });
}

#[test]
fn keeping_it_again_changes_nothing_and_another_one_lies_beside_it() {
    let dir = tempfile::tempdir().unwrap();
    let evidence = Evidence::in_directory(dir.path()).unwrap();
    let (run, key) = (RunId::new(), SigningKey::generate().unwrap());
    let visit = make::visit(run, make::ADDRESSES[0]);
    wait(async {
        let first = evidence.keep(make::bundle(&visit), &key).await.unwrap();
        assert_eq!(evidence.keep(make::bundle(&visit), &key).await.unwrap(), first);
        let mut later = visit.clone();
        later.took_ms += 1;
        let second = evidence.keep(make::bundle(&later), &key).await.unwrap();
        assert_ne!(first, second);
        assert_eq!(evidence.facts(&first).await.unwrap(), visit);
        assert_eq!(evidence.facts(&second).await.unwrap(), later);

        let (one, two) = (b"one".to_vec(), b"two".to_vec());
        let put = |jpeg| evidence.put_picture(run, visit.id(), PictureKind::End, jpeg);
        assert_eq!(put(one.clone()).await.unwrap(), put(one).await.unwrap());
        assert_ne!(put(two).await.unwrap(), put(b"one".to_vec()).await.unwrap());

        // Both bundles and both pictures go, and nothing of anybody else's.
        let other = evidence.keep(make::bundle(&make::visit(run, make::ADDRESSES[1])), &key).await.unwrap();
        let held = evidence.held(run, visit.id()).await.unwrap();
        assert!(held > 8, "{held}");
        assert_eq!(evidence.forget(run, visit.id()).await.unwrap(), held);
        assert_eq!(evidence.held(run, visit.id()).await.unwrap(), 0);
        assert!(evidence.facts(&first).await.unwrap_err().is_absent());
        evidence.facts(&other).await.unwrap();
        assert_eq!(evidence.forget(run, visit.id()).await.unwrap(), 0, "again: nothing is left");
    });
}

#[test]
fn a_picture_that_another_machine_has_is_named_as_absent() {
    let dir = tempfile::tempdir().unwrap();
    let evidence = Evidence::in_directory(dir.path()).unwrap();
    let (run, key) = (RunId::new(), SigningKey::generate().unwrap());
    let mut visit = make::visit(run, make::ADDRESSES[0]);
    let elsewhere = format!("{run}/{}/end-0123456789ab.jpg", visit.id());
    visit.pictures.push(Picture { kind: PictureKind::End, at_ms: None, key: elsewhere });
    for key in [format!("{}/{}/end-1.jpg", RunId::new(), visit.id()), "../../etc/passwd".into(), String::new()] {
        visit.pictures.push(Picture { kind: PictureKind::End, at_ms: None, key });
    }
    let (_, manifest) = wait(async {
        let place = evidence.keep(make::bundle(&visit), &key).await.unwrap();
        evidence.manifest(&place).await.unwrap()
    });
    assert_eq!((manifest.absent.len(), manifest.absent[0].name.as_str()), (4, "end-0123456789ab.jpg"));
    assert!(manifest.absent[1].why.contains("none of a picture of this visit"), "{:?}", manifest.absent);
    assert!(manifest.files.iter().all(|file| !file.name.ends_with(".jpg")));
}

#[test]
fn what_was_damaged_in_the_store_is_not_read_as_a_visit() {
    let fixture = Fixture::new();
    let place = fixture.keys[0];
    let folder = fixture.dir.path().join("evidence").join(place.to_string());
    let facts = folder.with_file_name("facts.pb.gz");
    let whole = std::fs::read(&facts).unwrap();
    for bytes in [whole[..whole.len() / 2].to_vec(), Vec::new(), b"no gzip at all".to_vec()] {
        std::fs::write(&facts, bytes).unwrap();
        let error = wait(fixture.evidence().facts(&place)).unwrap_err();
        assert!(error.to_string().contains("facts.pb.gz"), "{error}");
    }
    std::fs::remove_file(&facts).unwrap();
    assert!(wait(fixture.evidence().facts(&place)).unwrap_err().is_absent());
    std::fs::write(&folder, b"{}").unwrap();
    let error = wait(fixture.evidence().facts(&place)).unwrap_err();
    assert!(error.to_string().contains("not the manifest that was recorded"), "{error}");
}

#[test]
fn sealing_twice_is_sealing_once_and_more_visits_make_a_longer_chain() {
    let fixture = Fixture::new();
    let (evidence, run) = (fixture.evidence(), fixture.run);
    let sealed = || wait(evidence.chain(run)).unwrap().unwrap();
    let first = sealed();
    let other = SigningKey::generate().unwrap();
    wait(evidence.seal(&make::chain(run, &fixture.keys), &other)).unwrap();
    assert_eq!(sealed(), first, "the same chain, whoever would sign it");
    wait(evidence.seal(&make::chain(run, &fixture.keys[..2]), &fixture.key)).unwrap();
    let links = |text: &[u8]| serde_json::from_slice::<Value>(text).unwrap()["visits"].clone();
    assert_eq!((links(&first.0), links(&sealed().0)), (3.into(), 2.into()));
    assert!(Chain::new(run).is_empty());
    assert_eq!(wait(evidence.chain(RunId::new())).unwrap(), None);
}
