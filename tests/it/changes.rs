//! What changed between two scans, and who is told: from the command line to the wire.

use serde_json::Value;

use super::{
    earshot::{Earshot, Piped as _, finish, json, talk},
    notices::receiver::{Receiver, SECRET},
};

const TARGET: &str = "https://shop-clarity.test/contact";

/// Scans the page; gives back the id of the run.
fn scan(earshot: &Earshot, config: &str) -> String {
    let output = finish(earshot.scan(&[TARGET, "--format", "json", "--config", config]).spawn_piped());
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    json(&output)["run"]["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_tracker_that_came_is_told_once_and_shown() {
    let earshot = Earshot::new();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let mut receiver = runtime.block_on(Receiver::answering(&[]));
    let config = earshot.dir().join("earshot.toml");
    let url = receiver.url();
    std::fs::write(
        &config,
        format!("[[notify.webhook]]\nname = \"ops\"\nurl = \"{url}\"\nsecret = \"{SECRET}\"\non = [\"new\"]\n"),
    )
    .unwrap();
    let config = config.to_str().unwrap();

    let diff = |arguments: &[&str]| finish(earshot.command(&[&["diff"], arguments].concat()).spawn_piped());
    let output = diff(&[]);
    assert_eq!(output.status.code(), Some(3), "{}", talk(&output));
    let earlier = scan(&earshot, config);
    let output = diff(&[]);
    assert_eq!(output.status.code(), Some(1), "{}", talk(&output));
    assert!(talk(&output).contains("no complete scan of the same targets and options before"), "{}", talk(&output));
    // As if the page had not had it then: the lab serves the same thing each time.
    earshot.sql("DELETE FROM findings WHERE vendor = 'microsoft-clarity'");
    assert_eq!(receiver.received(), 0, "the first scan has nothing to be held against");
    let later = scan(&earshot, config);
    assert_eq!(receiver.received(), 1, "it was told before the scan ended");
    let told = runtime.block_on(receiver.next()).body;
    assert_eq!(told["data"]["earlier"]["id"], earlier.as_str());
    assert!(holds_clarity(&told["data"]["changes"]), "{told}");

    let output = diff(&["--format", "json", "--fail-on", "new,regression"]);
    assert_eq!(output.status.code(), Some(10), "{}", talk(&output));
    let document = json(&output);
    assert_eq!(
        (&document["earlier"]["id"], &document["later"]["id"]),
        (&earlier.clone().into(), &later.clone().into())
    );
    assert!(holds_clarity(&document["changes"]), "{document}");
    assert_eq!((&document["summary"]["sites_both"], &document["summary"]["pages_whole_both"]), (&1.into(), &1.into()));
    let text = String::from_utf8(diff(&[&earlier, &later]).stdout).unwrap();
    for said in ["\nshop-clarity.test\n", "  new tracker ", "Microsoft Clarity", TARGET, "1 site was seen by both runs"]
    {
        assert!(text.contains(said), "{said} is missing:\n{text}");
    }
    let lines = String::from_utf8(diff(&["--format", "ndjson"]).stdout).unwrap();
    let kinds: Vec<Value> =
        lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["type"].clone()).collect();
    assert_eq!((kinds.first(), kinds.last()), (Some(&"comparison".into()), Some(&"summary".into())));
    let csv = String::from_utf8(diff(&["last", "--format", "csv"]).stdout).unwrap();
    assert!(csv.contains("\nshop-clarity.test,new_tracker,microsoft-clarity,Microsoft Clarity,"), "{csv}");
    // The other way round it is gone.
    let back = diff(&["last", "previous", "--format", "csv", "--fail-on", "new"]);
    assert_eq!(back.status.code(), Some(0), "{}", talk(&back));
    assert!(talk(&back).contains(",gone,microsoft-clarity,"), "{}", talk(&back));
    let elsewhere = diff(&["--site", "other.test", "--fail-on", "new"]);
    assert_eq!(elsewhere.status.code(), Some(0), "{}", talk(&elsewhere));
    let same = diff(&[&later, &later]);
    assert!(same.status.code() == Some(1) && talk(&same).contains("compared with itself"), "{}", talk(&same));

    let output = finish(earshot.command(&["notify", "test", "--config", config]).spawn_piped());
    assert_eq!(String::from_utf8_lossy(&output.stdout), "ops (webhook): taken: 200 OK thanks\n", "{}", talk(&output));
    assert_eq!(runtime.block_on(receiver.next()).body["type"], "earshot.test");
    let output = finish(earshot.command(&["notify", "test", "nobody", "--config", config]).spawn_piped());
    assert_eq!(output.status.code(), Some(1));
    assert!(talk(&output).contains("no channel is called 'nobody'; there are: ops"), "{}", talk(&output));
}

/// Whether Clarity is new, with its proof.
fn holds_clarity(changes: &Value) -> bool {
    let new = |change: &Value| {
        change["kind"] == "new_tracker"
            && change["vendor"]["id"] == "microsoft-clarity"
            && change["pages"] == serde_json::json!([TARGET])
            && !change["shown_by"]["later"]["findings"].as_array().unwrap().is_empty()
            && !change["shown_by"]["earlier"]["visits"].as_array().unwrap().is_empty()
    };
    changes.as_array().unwrap().iter().any(new)
}

#[test]
fn what_is_no_run_is_a_wrong_command_line() {
    let output = finish(super::earshot::bare().args(["diff", "yesterday"]).spawn_piped());
    assert_eq!(output.status.code(), Some(2), "{}", talk(&output));
    assert!(talk(&output).contains("'yesterday' is no run"), "{}", talk(&output));
}
