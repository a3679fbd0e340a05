//! Sites that change between two runs: each verdict is the right one, in every form, and the exit code says so.

use std::collections::BTreeMap;

use serde_json::Value;

use super::earshot::{Earshot, Piped as _, finish, json, lab, talk};

/// No tag of these sites comes late.
const DWELL: [(&str, &str); 3] =
    [("EARSHOT_DWELL__MIN", "3s"), ("EARSHOT_DWELL__MAX", "6s"), ("EARSHOT_DWELL__QUIET", "1s")];

/// Page and vendor.
type Verdicts = BTreeMap<(String, String), String>;

fn told(verification: &Value) -> Verdicts {
    let texts = |value: &Value| value.as_str().unwrap().to_owned();
    let pages = verification["pages"].as_array().unwrap().iter();
    pages
        .flat_map(|page| {
            let url = texts(&page["url"]);
            let verdicts = page["verdicts"].as_array().unwrap().iter();
            verdicts.map(move |verdict| ((url.clone(), texts(&verdict["vendor"])), texts(&verdict["conclusion"])))
        })
        .collect()
}

fn true_verdicts() -> Verdicts {
    let sites = lab().web().truth().filter(|truth| !truth.verdicts.is_empty());
    let pages = sites.flat_map(|truth| truth.verdicts.iter().map(move |(path, verdicts)| (truth, path, verdicts)));
    pages
        .flat_map(|(truth, path, verdicts)| {
            let url = format!("{}{}", truth.start.trim_end_matches('/'), path);
            verdicts.iter().map(move |(vendor, verdict)| ((url.clone(), vendor.clone()), verdict.clone()))
        })
        .collect()
}

#[test]
fn every_verdict_is_right() {
    let earshot = Earshot::apart();
    let list = earshot.list(&earshot.lab().web().verify_portfolio().join("\n"));
    let mut scan = earshot.usual_scan(&[&list, "--pages", "2", "--format", "json"]);
    let output = finish(scan.envs(DWELL).spawn_piped());
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    let run = json(&output)["run"]["id"].as_str().unwrap().to_owned();

    documents(&earshot, &run);

    earshot.lab().change(true);
    let mut verify = earshot.usual_verify(&["--all", "--against", &run, "--format", "json"]);
    let output = finish(verify.envs(DWELL).spawn_piped());
    assert_eq!(output.status.code(), Some(10), "{}", talk(&output));
    let verification = json(&output);
    assert_eq!(told(&verification), true_verdicts(), "{}", talk(&output));
    assert_eq!((&verification["visits"], &verification["against"]["id"]), (&3.into(), &run.clone().into()));

    let id = verification["run"]["id"].as_str().unwrap();
    let shown = |format: &str| {
        let output = finish(earshot.command(&["verify", "--show", id, "--format", format]).spawn_piped());
        assert_eq!(output.status.code(), Some(10), "{}", talk(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let text = shown("text");
    for said in [
        "still firing",
        "in 1 of 3 visits",
        "a CNAME that leads to",
        "nothing in 3 of 3 visits",
        "page not seen in 3 visits",
        "blocked",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let junit = shown("junit");
    let count = |needle: &str| junit.matches(needle).count();
    let of =
        |verdicts: &[&str]| true_verdicts().values().filter(|verdict| verdicts.contains(&verdict.as_str())).count();
    assert_eq!(count("<failure "), of(&["still_firing", "moved", "new"]), "{junit}");
    assert_eq!(count("<error "), of(&["inconclusive"]), "{junit}");
    assert_eq!(count("<testcase "), true_verdicts().len(), "{junit}");
    let sarif: Value = serde_json::from_str(&shown("sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert!(results.len() >= of(&["still_firing", "moved", "new", "inconclusive"]), "{sarif}");
    assert!(results.iter().all(|result| result["ruleId"] != "fixed"), "{sarif}");

    judged_again(&earshot, &run);

    // One vendor of one site that is fixed, and what names nothing.
    let mut one = earshot.usual_verify(&["https://fix-done.test/", "--vendor", "meta-pixel"]);
    let output = finish(one.envs(DWELL).spawn_piped());
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    assert!(talk(&output).contains("1 fixed"), "{}", talk(&output));
    for (arguments, said) in [
        (vec!["never-seen.test"], "no complete scan has seen never-seen.test yet"),
        (vec!["fix-done.test", "--vendor", "hotjar"], "with hotjar on it: nothing to verify"),
        (vec!["fix-done.test", "--against", id], "is a verify itself"),
        (vec!["fix-done.test", "--proxy", "http://127.0.0.1:1"], "Pages differ by region"),
    ] {
        let output = finish(earshot.usual_verify(&arguments).spawn_piped());
        assert!(!output.status.success() && talk(&output).contains(said), "{arguments:?}: {}", talk(&output));
    }
}

/// What was found, as documents that load nothing.
fn documents(earshot: &Earshot, run: &str) {
    let file = |name: &str| earshot.dir().join(name).to_str().unwrap().to_owned();
    let report = |arguments: &[&str]| finish(earshot.command(&[&["report"], arguments].concat()).spawn_piped());
    let (html, pdf) = (file("site.html"), file("all.pdf"));
    let output = report(&["fix-done.test", "--run", run, "-o", &html]);
    assert!(output.status.success(), "{}", talk(&output));
    let page = std::fs::read_to_string(&html).unwrap();
    for said in [
        "Microsoft Clarity (session replay) was contacted before any choice on 2 of 2 seen pages",
        "<svg role=\"img\"",
        "src=\"data:image/jpeg;base64,",
        "id=\"guide-microsoft-clarity\"",
        "id=\"limits\"",
    ] {
        assert!(page.contains(said), "{said}");
    }
    let output = report(&["--run", run, "-o", &pdf]);
    assert!(output.status.success(), "{}", talk(&output));
    assert!(std::fs::read(&pdf).unwrap().starts_with(b"%PDF-"));
    for (arguments, said) in [
        (vec!["never-seen.test"], "no complete scan has seen never-seen.test"),
        (vec!["fix-done.test", "-o", "report.docx"], "a report is .html or .pdf, not .docx"),
        (vec!["fonts-only.test", "--run", run], "has not visited fonts-only.test"),
    ] {
        let output = report(&arguments);
        assert!(!output.status.success() && talk(&output).contains(said), "{arguments:?}: {}", talk(&output));
    }
}

/// The same facts by other rules: a filter list knows a party that the catalogue does not.
fn judged_again(earshot: &Earshot, run: &str) {
    let list = earshot.dir().join("filters.txt");
    std::fs::write(&list, "||beacon-sink.test^\n").unwrap();
    let list = list.to_str().unwrap();
    let rejudge = |more: &[&str]| {
        let arguments = [&["rejudge", run, "--format", "json"], more].concat();
        let output = finish(earshot.command(&arguments).spawn_piped());
        assert!(output.status.success(), "{}", talk(&output));
        json(&output)[0].clone()
    };
    let contacts = "SELECT exposure, count() FROM findings FINAL WHERE vendor = 'beacon-sink.test' AND rule = \
                    'pre_consent_contact' AND (visit_id, recording) IN (SELECT visit_id, recording FROM visits FINAL) \
                    GROUP BY exposure";
    let nothing = rejudge(&[]);
    assert_eq!(
        (&nothing["rejudged"], &nothing["current"]),
        (&0.into(), &nothing["visits"]),
        "today's rules: {nothing}"
    );

    let tried = rejudge(&["--filter-list", list, "--dry-run"]);
    assert_eq!((&tried["rejudged"], &tried["written"]), (&tried["visits"], &false.into()));
    assert_eq!(earshot.sql(contacts), "unknown\t1");
    let done = rejudge(&["--filter-list", list]);
    assert_eq!((&done["changes"], &done["written"]), (&tried["changes"], &true.into()));
    let changes = done["changes"].as_array().unwrap();
    assert!(changes.iter().all(|change| change["page"] == "https://fix-keys.test/"), "{done}");
    let contact = changes.iter().find(|change| change["rule"] == "pre_consent_contact").unwrap();
    assert_eq!((&contact["kind"], &contact["after"]["exposure"]), (&"changed".into(), &"tracker".into()), "{done}");
    assert_eq!(earshot.sql(contacts), "tracker\t1");
    let rulesets = "SELECT uniqExact(ruleset) FROM findings WHERE vendor = 'beacon-sink.test' AND run_id = ";
    assert_eq!(earshot.sql(&format!("{rulesets}'{run}'")), "2", "what was said before stays");
    assert_eq!(rejudge(&["--filter-list", list])["current"], done["visits"]);
}
