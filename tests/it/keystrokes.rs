//! What is typed, and who hears it: every transform on every transport, every recorder in several configurations, and
//! pages on which nobody hears anything.

use earshot_lab::{Lab, check};
use serde_json::Value;

use super::{
    earshot::{Earshot, Piped as _, finish, json, talk},
    evidence::every_leak_has_its_bytes,
};

/// Sites that are there for their fields.
const SITES: [&str; 12] = [
    "matrix.test",
    "keys-amplitude.test",
    "keys-clarity.test",
    "keys-datadog.test",
    "keys-mixpanel.test",
    "keys-newrelic.test",
    "keys-openreplay.test",
    "keys-posthog.test",
    "keys-rrweb.test",
    "keys-sentry.test",
    "quiet-keys.test",
    "typing.test",
];

#[test]
fn what_is_heard_of_the_typing_equals_the_truth() {
    let earshot = Earshot::apart();
    let web = earshot.lab().web();
    let list = earshot.list(&SITES.join("\n"));
    let mut scan = earshot.usual_scan(&[&list, "--pages", "100", "--format", "json"]);
    // Most pages are of one site, and each is there to be waited for.
    let output = finish(scan.env("EARSHOT_POLITENESS__AT_ONCE", "16").spawn_piped());
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));

    let truth: Vec<_> = web.truth().collect();
    let comparison = check::compare(&check::Report::parse(&output.stdout).unwrap(), &truth, &SITES);
    let differences: Vec<_> = comparison.differences.iter().map(ToString::to_string).collect();
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));

    let report = json(&output);
    every_leak_has_its_proof(&report);
    nobody_pressed_anything(earshot.lab());
    a_finding_is_explained(&earshot, &report);
    every_leak_has_its_bytes(&earshot);
}

fn keystrokes(report: &Value) -> impl Iterator<Item = &Value> {
    let pages = report["pages"].as_array().unwrap().iter();
    let findings = pages.flat_map(|page| page["findings"].as_array().unwrap());
    findings.filter(|finding| finding["rule"] == "keystrokes")
}

/// From K3 on there is an event, a range of bytes, a moment after the first key, and where it went.
fn every_leak_has_its_proof(report: &Value) {
    let mut proved = 0;
    for heard in keystrokes(report).flat_map(|finding| finding["heard"].as_array().unwrap()) {
        if heard["grade"].as_str() < Some("K3") {
            continue;
        }
        let proof = &heard["proof"];
        let number = |value: &Value| value.as_f64().unwrap();
        assert!(number(&proof["bytes"][1]) > number(&proof["bytes"][0]), "{heard}");
        assert!(number(&proof["since_first_key_ms"]) >= 0.0, "{heard}");
        let is_early = ["no_banner", "pre_banner", "pre_choice"].contains(&proof["phase"].as_str().unwrap());
        assert!(proof["url"].as_str().unwrap().contains("://") && is_early, "{heard}");
        proved += 1;
    }
    assert!(proved > 500, "only {proved} leaks");
}

/// The pages with every kind of field count what must not happen, and tell it each time a field is left.
fn nobody_pressed_anything(lab: &Lab) {
    let asked = lab.received_by_sites("typing.test");
    let counts: Vec<_> = asked.iter().filter(|asked| asked.path == "/count").map(|asked| &asked.query).collect();
    assert!(counts.len() > 20, "only {} fields were left", counts.len());
    let pressed: Vec<_> =
        counts.iter().filter(|query| !query.ends_with("submit=0&enter=0&banner=0&send=0&buy=0")).collect();
    assert!(pressed.is_empty(), "{pressed:?}");
}

/// By the beginning of its id, for people and for programs; what is typed is told nowhere.
fn a_finding_is_explained(earshot: &Earshot, report: &Value) {
    let leak = keystrokes(report).find(|finding| finding["vendor"] == "sink-fetch.test").unwrap();
    let id = leak["id"].as_str().unwrap();
    let told = finish(earshot.command(&["explain", &id[..18]]).spawn_piped());
    let text = String::from_utf8(told.stdout.clone()).unwrap();
    for said in ["typed    ", "wrapped  ", "sent to  POST by fetch https://", "after the first key", "not legal advice"]
    {
        assert!(text.contains(said), "{said} is missing:\n{text}");
    }
    let told = json(&finish(earshot.command(&["explain", id, "--format", "json"]).spawn_piped()));
    assert_eq!(told["finding"]["id"], id);
    assert!(!told["entries"].as_array().unwrap().is_empty() && !told["sent"].as_array().unwrap().is_empty(), "{told}");

    let unknown = finish(earshot.command(&["explain", "00000000-0000"]).spawn_piped());
    assert_eq!(unknown.status.code(), Some(1));
    assert!(talk(&unknown).contains("there is no finding 00000000-0000"), "{}", talk(&unknown));
    let wrong = finish(earshot.command(&["explain", "no id"]).spawn_piped());
    assert_eq!(wrong.status.code(), Some(2), "{}", talk(&wrong));
}

/// Nothing that is typed stands in a log, however much is said there.
#[test]
fn what_is_typed_is_in_no_log() {
    let earshot = Earshot::new();
    let mut scan = earshot.usual_scan(&["https://matrix.test/plain", "--format", "json"]);
    let output = finish(scan.env("EARSHOT_LOG", "trace").spawn_piped());
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    let report = json(&output);
    let visit = report["pages"][0]["visit"].as_str().unwrap().parse().unwrap();
    let heard: Vec<_> = keystrokes(&report).flat_map(|finding| finding["heard"].as_array().unwrap()).collect();
    assert!(heard.iter().any(|heard| heard["grade"].as_str() >= Some("K5")), "{report}");
    let talk = String::from_utf8_lossy(&output.stderr).to_lowercase();
    for ordinal in 0..4 {
        for kind in earshot_model::FieldKind::ALL.into_iter().filter(|kind| kind.is_typed()) {
            let canary = earshot_model::Canary::derive(visit, ordinal, kind);
            let text = canary.text().to_lowercase();
            let said = talk.contains(&text) || talk.contains(&text.replace('@', "%40"));
            assert!(!said, "canary {ordinal} for {} is in the log", kind.as_str());
        }
    }
}
