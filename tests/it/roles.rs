//! The same roles as processes of their own, against one bus and one store that run elsewhere.

use std::process::Child;

use super::earshot::{Earshot, Piped as _, finish, interrupt, json, lab, talk, until};

#[test]
fn roles_in_processes_of_their_own_do_the_same_work() {
    let earshot = Earshot::new();
    let lab = lab();
    let (proxy, dns, ca) = (lab.proxy_url(), lab.dns_addr().to_string(), lab.ca_path().to_str().unwrap());
    let web = ["--proxy", &proxy, "--dns", &dns, "--ca-cert", ca];
    let up = earshot.command(&[&["up"], &web[..]].concat()).spawn_piped();
    until("up answers", || {
        finish(earshot.command(&["sql", "SELECT 1"]).spawn_piped()).status.success()
            && earshot.dir().join("data/services.json").exists()
    });

    // A worker with services "elsewhere": those of `up`, by their addresses.
    let services: serde_json::Value =
        serde_json::from_slice(&std::fs::read(earshot.dir().join("data/services.json")).unwrap()).unwrap();
    let field = |name: &str| services[name].as_str().unwrap().to_owned();
    let worker_dir = earshot.dir().join("worker");
    let mut worker = super::earshot::bare();
    worker.args(["run", "--role", "browser", "--role", "crawler", "--data-dir"]).arg(&worker_dir).args(web);
    worker.args(["--nats", &field("nats"), "--clickhouse", &field("clickhouse")]);
    worker.env("EARSHOT_CLICKHOUSE_USER", field("user")).env("EARSHOT_CLICKHOUSE_PASSWORD", field("password"));
    let worker = worker.spawn_piped();

    // How the web is reached is for `up` to say: a scan that asked for another exit would be evidence of nothing.
    let output = finish(earshot.scan(&["clean.test"]).spawn_piped());
    assert_eq!(output.status.code(), Some(1), "{}", talk(&output));
    assert!(talk(&output).contains("decides about --proxy"), "{}", talk(&output));

    let scan = ["scan", "shop-clarity.test", "clean.test", "--format", "json"];
    let output = finish(earshot.command(&scan).spawn_piped());
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    let report = json(&output);
    assert_eq!(report["totals"]["sites_seen"], 2);
    assert_eq!(report["vendors"][0]["vendor"], "microsoft-clarity");
    for process in [worker, up] {
        stopped_well(process);
    }
}

fn stopped_well(process: Child) {
    interrupt(process.id());
    let output = finish(process);
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
}
