//! Runs that are held back, sites that are spared, and what was given up.

use earshot_bus::{Bus, BusConfig};
use earshot_local::{Nats, NatsOptions, Part, parts};
use earshot_model::RunId;

use super::{
    earshot::{Earshot, Piped as _, finish, json, lab, talk, until},
    roles::stopped_well,
    telemetry::free_address,
};

#[test]
fn a_run_is_held_back_goes_on_and_sites_are_spared() {
    let earshot = Earshot::new();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let lab = lab();
    let (proxy, dns, ca) = (lab.proxy_url(), lab.dns_addr().to_string(), lab.ca_path().to_str().unwrap());
    let mut up = earshot.command(&["up", "--proxy", &proxy, "--dns", &dns, "--ca-cert", ca, "--concurrency", "2"]);
    up.env("EARSHOT_POLITENESS__DO_NOT_SCAN", "[\"chat.test\"]");
    let listen = free_address();
    let up = up.env("EARSHOT_POLITENESS__LONGEST_GAP", "3s").env("EARSHOT_SERVE__LISTEN", &listen).spawn_piped();
    until("up answers", || {
        finish(earshot.command(&["sql", "SELECT 1"]).spawn_piped()).status.success()
            && earshot.dir().join("data/services.json").exists()
    });

    let list =
        earshot.list("chat.test\nwww.chat.test\ntoo-many.test\nclean.test\nforms.test\nga-only.test\nclinic.test");
    let scan = earshot.command(&["scan", &list, "--pages", "2", "--format", "json"]).spawn_piped();
    until("the run is there", || !earshot.sql("SELECT run_id FROM runs").is_empty());
    let run = earshot.sql("SELECT run_id FROM runs FINAL");
    let tell = |what: &str| finish(earshot.command(&["runs", what, &run]).spawn_piped());
    let output = tell("pause");
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    until("it is paused", || earshot.sql("SELECT state FROM runs FINAL") == "paused");
    // What was under way is finished; then nothing is, and nothing waits.
    let metrics = format!("http://{listen}/metrics");
    until("nothing is under way any more", || {
        let numbers = runtime.block_on(async { reqwest::get(&metrics).await.unwrap().text().await.unwrap() });
        let at_rest = |sample: &&str| !sample.starts_with("earshot_queue_") || sample.ends_with(" 0");
        let idle = |role: &str| numbers.contains(&format!("earshot_work_busy{{role=\"{role}\"}} 0"));
        numbers.contains("earshot_queue_in_work")
            && numbers.lines().filter(at_rest).count() == numbers.lines().count()
            && ["crawler", "browser", "recorder"].into_iter().all(idle)
    });
    let number = |query: &str| earshot.sql(query).parse::<u64>().unwrap();
    let (crawled, planned) =
        (number("SELECT count() FROM seeds FINAL"), number("SELECT uniqExactArray(pages) FROM seeds FINAL"));
    let recorded = number("SELECT count() FROM visits FINAL");
    assert!(crawled < 7 || recorded < planned, "it was complete before it was held back");
    assert_eq!(tell("resume").status.code(), Some(0));
    let output = finish(scan);
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    let report = json(&output);
    assert_eq!(report["run"]["state"], "complete");
    let crawls = "SELECT outcome, detail FROM seeds FINAL WHERE site = 'chat.test' ORDER BY start";
    let spared = "refused\ton the list of what is not scanned";
    assert_eq!(earshot.sql(crawls), format!("{spared}\n{spared}"));
    let visits = "SELECT count(), uniqExact(visit_id) FROM visits WHERE site != 'chat.test'";
    let planned = earshot.sql("SELECT uniqExactArray(pages) FROM seeds FINAL");
    assert_eq!(earshot.sql(visits), format!("{planned}\t{planned}"), "each once");
    // It was asked more slowly, again and again, before it was said to be blocked.
    let blocked = "SELECT outcome, status FROM visits FINAL WHERE site = 'too-many.test' AND class = 'blocked' LIMIT 1";
    assert_eq!(earshot.sql(blocked), "blocked\t429");
    let waited = "SELECT min(dateDiff('ms', crawled.recorded_at, visited.started_at)) FROM visits AS visited \
                  INNER JOIN seeds AS crawled ON visited.start = crawled.start WHERE visited.site = 'too-many.test'";
    let waited: i64 = earshot.sql(waited).parse().unwrap();
    assert!(waited >= 1_000, "it wanted to be left alone; it was for {waited} ms");
    let output = tell("cancel");
    assert_eq!(output.status.code(), Some(1), "a run that has ended cannot be ended");

    stopped_well(up);
    what_was_given_up_is_shown_and_put_back(&earshot);
}

fn what_was_given_up_is_shown_and_put_back(earshot: &Earshot) {
    let task = super::roles::visit(RunId::new(), "https://shop.test/a", "a.test").task;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let dir = earshot.dir().join("data/nats");
        let program = parts::find(Part::Nats, None).unwrap().path;
        let nats = Nats::start(&program, NatsOptions { dir, port: None }).await.unwrap();
        let bus = Bus::connect(BusConfig::at(nats.url())).await.unwrap();
        bus.publish_page(&task).await.unwrap();
        bus.pages().await.unwrap().next().await.unwrap().unwrap().bury("a test has\nburied it").await.unwrap();
        nats.stop().await;
    });
    let dead = |arguments: &[&str]| finish(earshot.command(&[&["dead"], arguments].concat()).spawn_piped());
    let listed = json(&dead(&["list", "--format", "json"]));
    let (kind, page) = (listed[0]["kind"].as_str(), listed[0]["page"].as_str());
    assert_eq!((kind, page), (Some("page"), Some("https://shop.test/a")));
    let number = listed[0]["number"].to_string();
    let shown = dead(&["show", &number]);
    assert!(String::from_utf8_lossy(&shown.stdout).contains("a test has buried it"), "{}", talk(&shown));
    let output = dead(&["retry", "4711", &number]);
    assert_eq!(output.status.code(), Some(1));
    assert!(talk(&output).contains("no dead letter 4711"), "{}", talk(&output));
    assert_eq!(dead(&["retry", "--all"]).status.code(), Some(0));
    let output = dead(&["list"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "nothing was given up\n");
}
