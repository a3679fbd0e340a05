//! The same roles as processes of their own, against one bus and one store that run elsewhere.

use std::process::Child;

use earshot_bus::{Bus, BusConfig};
use earshot_model::{
    Event, Fact, Identity, Lane, Outcome, PageKind, PageTask, PageUrl, Profile, Request, RunId, Served, Visit,
};

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

/// A visit of `address` that asks `host` for something.
pub(super) fn visit(run: RunId, address: &str, host: &str) -> Visit {
    let page = PageUrl::parse(address).unwrap();
    let request = Request { url: format!("https://{host}/"), method: "GET".into(), ..Request::default() };
    Visit {
        task: PageTask {
            run,
            start: page.clone(),
            page: page.clone(),
            kind: PageKind::Home,
            profile: Profile::Untouched,
            repetition: 0,
            lane: Lane::Bulk,
            region: None,
        },
        started_at: "2026-11-21T20:00:00Z".parse().unwrap(),
        took_ms: 10,
        final_url: Some(page),
        outcome: Outcome::Loaded { status: 200 },
        identity: Identity::default(),
        events: vec![Event::new(0, Some(1.0), address, Fact::Request(request))],
        gaps: Vec::new(),
        pictures: Vec::new(),
        served: Served::default(),
    }
}

/// A row that the store refuses, whoever sends it and however often.
#[test]
fn a_visit_that_cannot_be_recorded_holds_up_nobody() {
    let earshot = Earshot::new();
    let up = earshot.command(&["up"]).spawn_piped();
    until("up answers", || {
        earshot.dir().join("data/services.json").exists()
            && finish(earshot.command(&["sql", "SELECT 1"]).spawn_piped()).status.success()
    });
    earshot.sql("ALTER TABLE events ADD CONSTRAINT no_poison CHECK host != 'poison.test'");
    let services: serde_json::Value =
        serde_json::from_slice(&std::fs::read(earshot.dir().join("data/services.json")).unwrap()).unwrap();
    let run = RunId::new();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let bus = runtime.block_on(async {
        let bus = Bus::connect(BusConfig::at(services["nats"].as_str().unwrap())).await.unwrap();
        for (page, host) in [("a", "a.test"), ("b", "poison.test"), ("c", "c.test")] {
            bus.publish_visit(&visit(run, &format!("https://shop.test/{page}"), host)).await.unwrap();
        }
        bus
    });
    let recorded = format!("SELECT count() FROM visits FINAL WHERE run_id = '{run}'");
    until("all visits are recorded", || earshot.sql(&recorded) == "3");
    let outcomes = format!("SELECT outcome, events FROM visits FINAL WHERE run_id = '{run}' ORDER BY page");
    assert_eq!(earshot.sql(&outcomes), "loaded\t1\ncrashed\t0\nloaded\t1", "lost, and not clean");
    let mut dead = Vec::new();
    until("it lies among the dead letters", || {
        dead = runtime.block_on(bus.dead_letters(10)).unwrap();
        !dead.is_empty()
    });
    assert_eq!(dead.len(), 1);
    assert!(dead[0].reason.contains("no_poison"), "{}", dead[0].reason);
    drop(bus);
    stopped_well(up);
}

pub(super) fn stopped_well(process: Child) {
    interrupt(process.id());
    let output = finish(process);
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
}
