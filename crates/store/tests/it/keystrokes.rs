//! Who hears what is typed, as the store keeps and tells it.

use earshot_model::{
    Entry, Event, Exposure, Fact, FieldKind, Finding, FindingId, Grade, Heard, Outcome, Phase, Proof, Rule,
    ScriptFrame, Way,
};
use earshot_store::{EventNote, Judged, KeystrokeRow};

use crate::{Fixture, make};

fn heard(kind: FieldKind, grade: Grade, form: &str) -> Heard {
    let frame = ScriptFrame { url: "https://v.test/v.js".into(), function: "send".into(), line: 3, column: 9 };
    let proof = Proof {
        event: 0,
        url: "https://v.test/collect".into(),
        part: "body".into(),
        bytes: (0, 120),
        chain: vec!["gzip".into(), "json string".into()],
        inner: (17, 44),
        layer: Vec::new(),
        name: "email".into(),
        stack: vec![frame],
        phase: Phase::PreChoice,
        at_ms: 9_120.5,
        since_first_key_ms: 1_020.25,
    };
    let field = format!("input[name={}]", kind.as_str());
    let form = form.into();
    Heard { field, kind, entry: 1, grade, form, weak: false, way: Way::OwnFrame, times: 2, proof: Some(proof) }
}

fn keystrokes(judged: &Judged, vendor: &str, heard: Vec<Heard>) -> Finding {
    let grade = heard.iter().map(|heard| heard.grade).max();
    let (rule, id) = (Rule::Keystrokes, FindingId::derive(judged.visit.id(), Rule::Keystrokes, vendor));
    Finding { id, rule, vendor: vendor.to_owned(), grade, heard, ..judged.findings[0].clone() }
}

/// A page on which something was typed, and two parties that hear of it.
fn typed(run: earshot_model::RunId, address: &str) -> Judged {
    let mut judged = make::visit(run, address, Outcome::of_status(200), &[("clarity", Exposure::Content, 100.0)]);
    let seq = u32::try_from(judged.visit.events.len()).unwrap();
    let entry = Entry { field: "input[name=email]".into(), kind: FieldKind::Email, characters: 27, ..Entry::default() };
    judged.visit.events.push(Event::new(seq, Some(8_100.25), address, Fact::Entry(entry)));
    judged.events.push(EventNote::default());
    judged.findings[0].grade = Some(Grade::K4);
    let checksum = Heard { weak: true, ..heard(FieldKind::Name, Grade::K4, "Clarity checksum") };
    let listens = Heard { proof: None, ..heard(FieldKind::Email, Grade::K1, "input document") };
    judged.findings.push(keystrokes(&judged, "clarity", vec![checksum, listens]));
    judged.findings.push(keystrokes(&judged, "sink.test", vec![heard(FieldKind::Email, Grade::K6, "whole")]));
    judged
}

#[tokio::test]
async fn what_is_heard_comes_back_and_is_counted() {
    let it = Fixture::new().await;
    let run = make::run(2);
    it.store.put_run(&run).await.unwrap();
    let judged = typed(run.id, "https://a.test/");
    let quiet = make::visit(run.id, "https://b.test/", Outcome::of_status(200), &[]);
    it.store.put_visits(&[judged.clone(), quiet]).await.unwrap();
    // What is recorded twice counts once.
    it.store.put_visits(std::slice::from_ref(&judged)).await.unwrap();

    let mut back = it.store.findings(run.id).unwrap().all().await.unwrap();
    back.sort_by(|a, b| (a.rule, &a.vendor).cmp(&(b.rule, &b.vendor)));
    assert_eq!(back, judged.findings);

    let rows = it.store.keystrokes(run.id).unwrap().all().await.unwrap();
    let said: Vec<_> = rows.iter().map(|row| (row.vendor.as_str(), row.grade.as_str(), row.kinds.join(","))).collect();
    assert_eq!(said, [("sink.test", "K6", "email".to_owned()), ("clarity", "K4", "name".to_owned())]);
    // Nothing was typed on b.test: it is no part of the denominator.
    let numbers = |row: &KeystrokeRow| (row.sites, row.sites_any, row.sites_typed, row.share, row.grows);
    assert!(rows.iter().all(|row| numbers(row) == (1, 1, 1, 1.0, false)), "{rows:?}");

    let typed = it.store.typed(run.id).await.unwrap();
    assert_eq!((typed.sites, typed.pages), (1, 1));
    let (run_id, visit) = (run.id, judged.visit.id());
    let entries = it.store.entries(run_id, visit).unwrap().all().await.unwrap();
    assert_eq!(
        entries.iter().map(|entry| (entry.kind.as_str(), entry.at_ms)).collect::<Vec<_>>(),
        [("email", 8_100.25)]
    );
    let sent = it.store.sent(run_id, visit, &[0, 1]).unwrap().all().await.unwrap();
    assert_eq!(
        sent.iter().map(|sent| (sent.seq, sent.fact.as_str())).collect::<Vec<_>>(),
        [(0, "request"), (1, "response")]
    );
    let id = judged.findings[2].id.to_string();
    assert_eq!(it.store.finding(&id[..13]).await.unwrap(), [judged.findings[2].clone()]);
    assert_eq!(it.store.finding("").await.unwrap().len(), 2);

    let flat = "SELECT vendor, kind, grade, weak, chain, first_byte, end_byte, name, scripts, since_first_key_ms \
                FROM keystrokes WHERE grade = 'K6'";
    let expected =
        "sink.test\temail\tK6\tfalse\t['gzip','json string']\t0\t120\temail\t['https://v.test/v.js']\t1020.25\n";
    assert_eq!(it.ask(flat).await, expected);
    it.engine.stop().await;
}

/// A party that hears everything on one site and little on others is not said to hear everything on all of them.
#[tokio::test]
async fn the_highest_grade_counts_only_where_it_is() {
    let it = Fixture::new().await;
    let run = make::run(3);
    it.store.put_run(&run).await.unwrap();
    let mut visits = Vec::new();
    for (address, grade, kind) in [
        ("https://a.test/", Grade::K6, FieldKind::Email),
        ("https://b.test/", Grade::K3, FieldKind::Name),
        ("https://c.test/", Grade::K3, FieldKind::Name),
    ] {
        let mut judged = typed(run.id, address);
        judged.findings.truncate(1);
        judged.findings.push(keystrokes(&judged, "clarity", vec![heard(kind, grade, grade.meaning())]));
        visits.push(judged);
    }
    visits[2].findings[1].traits.details.insert("grows".into(), vec!["so".into()]);
    it.store.put_visits(&visits).await.unwrap();
    let rows = it.store.keystrokes(run.id).unwrap().all().await.unwrap();
    let [row] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!((row.grade.as_str(), row.sites, row.sites_any, row.sites_typed, row.pages), ("K6", 1, 3, 3, 1));
    assert_eq!((row.kinds.as_slice(), row.grows), (["email".to_owned()].as_slice(), true));
    it.engine.stop().await;
}
