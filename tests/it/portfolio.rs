//! Portfolios, regions and schedules, with one `earshot up` for all that crawls.

mod door;

use std::{fmt::Write as _, process::Child};

use earshot::{
    config::{Config, Overrides},
    role::scheduler::Scheduler,
};
use earshot_bus::{Bus, BusConfig};
use earshot_local::{Engine, EngineCommand, EngineOptions, Part, parts};
use earshot_model::{PageTask, RunId, RunState, Target};
use earshot_store::{MemberRow, Store, StoreConfig};
use jiff::Timestamp;
use serde_json::Value;

use super::{
    earshot::{Earshot, LOOK_EVERY, Piped as _, bare, finish, json, kill, lab, talk, until},
    roles::{stopped_well, visit},
};
use door::Door;

/// What an import of any length may take at most, in KiB: what the program needs in any case, and a few pieces.
const IMPORT_KIB: u64 = 100 * 1024;

/// `earshot up` in a world with two regions, each with a door of its own to the lab.
struct World {
    earshot: Earshot,
    eu: Door,
    us: Door,
    config: String,
    up: Option<Child>,
}

impl World {
    fn up() -> Self {
        let (earshot, lab) = (Earshot::new(), lab());
        let (eu, us) = (Door::to(lab.proxy_addr()), Door::to(lab.proxy_addr()));
        let config = earshot.dir().join("earshot.toml");
        let text = format!(
            "pages = 1\nproxy = \"{}\"\ndns = \"{}\"\nca_cert = \"{}\"\n\
             [region.eu]\nproxy = \"{}\"\n[region.us-east]\nproxy = \"{}\"\n\
             [[schedule]]\nname = \"yearly\"\nportfolio = \"ours\"\ncron = \"0 0 1 1 *\"\n",
            lab.proxy_url(),
            lab.dns_addr(),
            lab.ca_path().display(),
            eu.url(),
            us.url()
        );
        std::fs::write(&config, &text).unwrap();
        let config = config.to_str().unwrap().to_owned();
        let mut world = Self { earshot, eu, us, config, up: None };
        world.up = Some(world.command(&["up"]).spawn_piped());
        let services = world.earshot.dir().join("data/services.json");
        until("up answers", || services.exists() && world.run(&["sql", "SELECT 1"]).status.success());
        // Somebody who asks for a region that the workers do not know.
        std::fs::write(world.earshot.dir().join("more.toml"), text + "[region.mars]\n").unwrap();
        world
    }

    fn command(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = self.earshot.command(arguments);
        command.env("EARSHOT_CONFIG", &self.config);
        command
    }

    fn run(&self, arguments: &[&str]) -> std::process::Output {
        finish(self.command(arguments).spawn_piped())
    }

    /// What it prints, as text; it has to end well.
    fn said(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", talk(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.said(&[arguments, &["--format", "json"]].concat())).unwrap()
    }

    /// Imports what stands on standard input; gives what was said and the most memory that it took, in KiB.
    fn import(&self, arguments: &[&str], text: &[u8]) -> (std::process::Output, u64) {
        let mut child = self.command(&[&["portfolio", "import"], arguments].concat()).spawn_piped();
        let status = format!("/proc/{}/status", child.id());
        let mut peak = 0;
        let mut input = child.stdin.take().unwrap();
        let text = text.to_vec();
        let feeding = std::thread::spawn(move || std::io::Write::write_all(&mut input, &text).unwrap());
        while child.try_wait().unwrap().is_none() {
            let status = std::fs::read_to_string(&status).unwrap_or_default();
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
            peak = peak.max(kib.unwrap_or(0));
            std::thread::sleep(LOOK_EVERY / 10);
        }
        feeding.join().unwrap();
        (child.wait_with_output().unwrap(), peak)
    }
}

#[test]
fn a_portfolio_is_imported_crawled_and_reported_through_the_exit_of_its_region() {
    let mut world = World::up();
    lists_of_any_length_are_imported_in_bounded_memory(&world);
    a_broken_import_changes_nothing(&world);
    the_crawl_of_a_night_is_one_run(&world);
    a_region_that_no_worker_knows_is_not_seen(&world);
    a_scan_goes_through_its_region(&world);
    who_coordinates_keeps_the_schedules(&world);
    stopped_well(world.up.take().unwrap());
    nobody_works_here(&world);
}

fn lists_of_any_length_are_imported_in_bounded_memory(world: &World) {
    let mut text = "domain;owner;sector;country;sensitive;sessions;shelf\n".to_owned();
    for n in 0..200_000 {
        // One in a thousand is bad, one in five hundred is there twice.
        let sessions = if n % 1000 == 7 { "many".to_owned() } else { n.to_string() };
        let name = if n % 500 == 3 { 0 } else { n };
        writeln!(text, "shop-{name}.example;Owner {n};retail;DE;;{sessions};{}", n % 10).unwrap();
    }
    let (output, peak) = world.import(&["market", "-", "--format", "json"], text.as_bytes());
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    let summary = &json(&output)[0];
    assert_eq!((&summary["targets"], &summary["duplicates"]), (&199_400.into(), &400.into()), "{summary}");
    assert_eq!((&summary["bad_lines"], &summary["mode"]), (&200.into(), &"replace".into()), "{summary}");
    assert!(talk(&output).contains("warning: 100 more lines are skipped"), "{}", talk(&output));
    assert!(talk(&output).contains("warning: -:9: sessions: 'many': write a whole number"), "{}", talk(&output));
    assert!(peak > 0 && peak < IMPORT_KIB, "{peak} KiB");
    let shown = world.json(&["portfolio", "show", "market", "--tag", "shelf=4", "--tag", "owner=Owner 14"]);
    assert_eq!((shown.as_array().unwrap().len(), &shown[0]["monthly_sessions"]), (1, &14.into()), "{shown}");
    // As CSV it can be imported again, and is the same.
    let csv = world.said(&["portfolio", "show", "market", "--tag", "shelf=4", "--format", "csv"]);
    assert!(csv.starts_with("url,owner,sector,country,sensitive,sessions,shelf\n"), "{}", &csv[..100]);
    let (output, _) = world.import(&["copy", "-"], csv.as_bytes());
    assert!(talk(&output).contains("portfolio copy has 20000 targets from -: 0 lines were duplicates, 0 were bad"));
    assert_eq!(world.said(&["portfolio", "show", "copy", "--format", "csv"]), csv);
    let removed = world.said(&["portfolio", "remove", "copy"]);
    assert_eq!(removed, "portfolio copy is removed; it had 20000 targets\n");
    assert_eq!(world.earshot.sql("SELECT count() FROM portfolios FINAL WHERE portfolio = 'copy'"), "0", "cleared away");
    let output = world.run(&["portfolio", "show", "copy"]);
    assert_eq!(output.status.code(), Some(3), "{}", talk(&output));
}

fn a_broken_import_changes_nothing(world: &World) {
    let list = b"clean.test\nshop-clarity.test # again\nclean.test\n";
    let (output, _) = world.import(&["ours", "-"], list);
    assert!(talk(&output).contains("ours has 2 targets from -: 1 lines were duplicates"), "{}", talk(&output));
    for (arguments, text, code) in [
        (&["ours", "-"][..], "nonsense\n".to_owned(), 3),
        (&["ours", "-", "--strict"], "a.test\nnonsense\n".to_owned(), 1),
        (&["ours", "-"], format!("domain,note\na.test,\"{}", "b.test\n".repeat(300_000)), 1),
        (&["ours", "/nonexistent"], String::new(), 1),
    ] {
        let mut child = world.command(&[&["portfolio", "import"], arguments].concat()).spawn_piped();
        // Who gives up early does not read to the end.
        let _ = std::io::Write::write_all(&mut child.stdin.take().unwrap(), text.as_bytes());
        let output = finish(child);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", talk(&output));
    }
    // One that is killed when half of it is written.
    let mut child = world.command(&["portfolio", "import", "ours", "-"]).spawn_piped();
    let half: String = (0..20_000).map(|n| format!("half-{n}.test\n")).collect();
    std::io::Write::write_all(child.stdin.as_mut().unwrap(), half.as_bytes()).unwrap();
    let written = "SELECT count() FROM portfolios WHERE portfolio = 'ours' AND start LIKE '%half-%'";
    until("half of it is written", || world.earshot.sql(written) != "0");
    kill(child.id());
    finish(child);
    let kept = world.said(&["portfolio", "show", "ours", "--format", "csv"]);
    assert_eq!(kept, "url,owner,sector,country,sensitive,sessions\nclean.test,,,,,\nshop-clarity.test,,,,,\n");
    // Added lines replace those about the same address, and leave the others.
    let more = b"site,sector,sensitive,sessions\nshop-clarity.test,care,health,40000\nfonts-only.test,care,,\n";
    let (output, _) = world.import(&["ours", "-", "--add"], more);
    assert!(talk(&output).contains("ours has 3 targets"), "{}", talk(&output));
    let listed = world.said(&["portfolio", "list", "--format", "csv"]);
    assert!(listed.lines().any(|line| line.starts_with("ours,3,") && line.ends_with(",add,-,0,0")), "{listed}");
}

fn the_crawl_of_a_night_is_one_run(world: &World) {
    let start = [
        "crawl",
        "start",
        "--portfolio",
        "ours",
        "--night",
        "2026-11-27",
        "--tag",
        "sector=care",
        "--region",
        "us-east",
    ];
    let before = world.us.connections();
    let output = world.run(&[&start[..], &["--wait", "--format", "json"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    assert!(talk(&output).contains("started: ours (sector=care), night of 2026-11-27: 2 targets"), "{}", talk(&output));
    let run = json(&output);
    let id = run["id"].as_str().unwrap().to_owned();
    assert_eq!((&run["portfolio"], &run["night"]), (&"ours".into(), &"2026-11-27".into()), "{run}");
    let exit = format!("proxy {}", world.us.addr());
    assert_eq!((&run["region"], run["egress"].as_str()), (&"us-east".into(), Some(exit.as_str())), "{run}");
    assert!(world.us.connections() > before && world.eu.connections() == 0, "through its own door only");
    let seen = format!(
        "SELECT uniqExact(site), any(egress), uniqExact(egress) FROM visits FINAL WHERE run_id = '{id}' AND class = 'seen'"
    );
    assert_eq!(world.earshot.sql(&seen), format!("2\t{exit}\t1"));

    // The portfolio has changed in the meantime: the run of that night has not.
    let (output, _) = world.import(&["ours", "-", "--add"], b"site,sector\nlate.test,care\n");
    assert!(output.status.success(), "{}", talk(&output));
    let output = world.run(&start);
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    assert!(talk(&output).contains(&format!("run {id} was started before")), "{}", talk(&output));
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), id);
    // Nor is it another one for who asks from another machine.
    let there: Value =
        serde_json::from_slice(&std::fs::read(world.earshot.dir().join("data/services.json")).unwrap()).unwrap();
    let mut elsewhere = bare();
    elsewhere.args(start).args(["--config", &world.config, "--clickhouse", there["clickhouse"].as_str().unwrap()]);
    elsewhere.arg("--data-dir").arg(world.earshot.dir().join("elsewhere")).env("EARSHOT_TYPING__ENABLED", "false");
    elsewhere.env("EARSHOT_CLICKHOUSE_USER", there["user"].as_str().unwrap());
    elsewhere.env("EARSHOT_CLICKHOUSE_PASSWORD", there["password"].as_str().unwrap());
    let output = finish(elsewhere.spawn_piped());
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), id, "{}", talk(&output));

    let listed = world.said(&["runs", "list"]);
    assert!(listed.contains("PORTFOLIO") && listed.contains("2026-11-27"), "{listed}");
    assert_eq!(world.json(&["runs", "list"]).as_array().unwrap().len(), 1);
    let output = world.run(&["crawl", "start", "--portfolio", "ours", "--tag", "sector=bank"]);
    assert_eq!(output.status.code(), Some(3), "{}", talk(&output));

    // What the portfolio says of a site is what the estimate takes.
    let report = world.json(&["runs", "show", &id]);
    let site = report["sites"].as_array().unwrap().iter().find(|site| site["site"] == "shop-clarity.test").unwrap();
    let exposure = &site["exposure"];
    assert_eq!(exposure["sensitive"]["category"], "health", "{exposure}");
    assert_eq!(exposure["estimate"]["sessions"], 40_000, "{exposure}");
    let with = world.json(&["runs", "show", &id, "--sessions", "7"]);
    let site = with["sites"].as_array().unwrap().iter().find(|site| site["site"] == "fonts-only.test").unwrap();
    assert_eq!(site["exposure"]["estimate"]["sessions"], 7, "{site}");
}

fn a_region_that_no_worker_knows_is_not_seen(world: &World) {
    let page = a_page_of_a_region_that_no_worker_knows(world);
    let config = world.earshot.dir().join("more.toml");
    let start = ["crawl", "start", "--portfolio", "ours", "--tag", "sensitive=health", "--region", "mars", "--wait"];
    let mut command = world.earshot.command(&start);
    let output = finish(command.env("EARSHOT_CONFIG", config).spawn_piped());
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    let id = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    let report = world.json(&["runs", "show", &id]);
    let detail = report["unvisited"][0]["detail"].as_str().unwrap();
    assert_eq!(detail, "no crawler that took this site knows the exit of its region", "{report}");
    assert_eq!(report["totals"]["pages_seen"], 0);
    let query = format!("SELECT class, detail FROM visits FINAL WHERE run_id = '{page}'");
    let mut recorded = String::new();
    until("it is recorded", || {
        recorded = world.earshot.sql(&query);
        !recorded.is_empty()
    });
    assert_eq!(recorded, "failed\tno worker that took this page knows the exit of its region");
    let output = world.run(&["scan", "clean.test", "--region", "mars"]);
    assert_eq!(output.status.code(), Some(1), "{}", talk(&output));
    assert!(talk(&output).contains("write [region.mars]"), "{}", talk(&output));
}

/// As a crawler puts it on the bus that knows more than the browser workers do. Gives the run that it is of.
fn a_page_of_a_region_that_no_worker_knows(world: &World) -> RunId {
    let there: Value =
        serde_json::from_slice(&std::fs::read(world.earshot.dir().join("data/services.json")).unwrap()).unwrap();
    let run = RunId::new();
    let task =
        PageTask { region: Some("mars".parse().unwrap()), ..visit(run, "https://clean.test/", "clean.test").task };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let bus = Bus::connect(BusConfig::at(there["nats"].as_str().unwrap())).await.unwrap();
        bus.publish_page(&task).await.unwrap();
    });
    run
}

/// The coordinator of `up` has read them.
fn who_coordinates_keeps_the_schedules(world: &World) {
    let listed = world.json(&["schedule", "list"]);
    assert_eq!(listed[0]["last"][0]["outcome"], "added", "{listed}");
    let listed = world.said(&["schedule", "list"]);
    assert!(listed.contains("yearly: 0 0 1 1 * of portfolio ours") && listed.contains("  added"), "{listed}");
}

fn a_scan_goes_through_its_region(world: &World) {
    let (eu, us) = (world.eu.connections(), world.us.connections());
    let report = world.json(&["scan", "https://clean.test/?x", "--region", "eu"]);
    assert_eq!(report["totals"]["pages_seen"], 1, "{report}");
    assert!(world.eu.connections() > eu && world.us.connections() == us);
    // A verify looks through the exit of the run that it is held against.
    let output = world.run(&["verify", "https://clean.test/?x", "--visits", "3"]);
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    let runs = world.json(&["runs", "list", "--limit", "9"]);
    let verify = runs.as_array().unwrap().iter().find(|run| run["kind"] != "scan").unwrap();
    assert_eq!(verify["region"], "eu", "{verify}");
    assert_eq!(world.us.connections(), us);
}

fn nobody_works_here(world: &World) {
    let output = world.run(&["crawl", "start", "--portfolio", "ours", "--wait"]);
    assert_eq!(output.status.code(), Some(1), "{}", talk(&output));
    assert!(talk(&output).contains("it waits for an `earshot up`"), "{}", talk(&output));
    let output = world.run(&["crawl", "start", "--portfolio", "ours"]);
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    assert!(talk(&output).contains("nobody works in") && talk(&output).contains("4 targets"), "{}", talk(&output));
}

/// A scheduler under a clock of one's own.
struct Clock {
    scheduler: Scheduler,
    store: Store,
    engine: Engine,
    config: Config,
    _dir: tempfile::TempDir,
}

impl Clock {
    async fn new(schedules: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let library = parts::find(Part::Clickhouse, None).unwrap_or_else(|error| panic!("{error}")).path;
        let command = EngineCommand { exe: env!("CARGO_BIN_EXE_earshot").into(), args: vec!["engine".into()] };
        let options = EngineOptions { library, dir: dir.path().join("clickhouse"), port: None };
        let engine = Engine::start(&command, options).await.unwrap();
        let (user, password) = (Engine::USER.to_owned(), engine.password().to_owned());
        let database = StoreConfig::DATABASE.to_owned();
        let store = Store::connect(StoreConfig { url: engine.url(), database, user, password });
        store.migrate().await.unwrap();
        let file = dir.path().join("earshot.toml");
        std::fs::write(&file, schedules).unwrap();
        let config = Config::load(Some(&file), &Overrides::default()).unwrap();
        let scheduler = Scheduler::new(&store, &config).unwrap().unwrap();
        Self { scheduler, store, engine, config, _dir: dir }
    }

    /// As a coordinator that has just started: it knows what the store knows.
    fn restart(&mut self) {
        self.scheduler = Scheduler::new(&self.store, &self.config).unwrap().unwrap();
    }

    async fn at(&self, moment: &str) {
        self.scheduler.tick(moment.parse().unwrap()).await;
    }

    /// The last decisions, newest first: when, what and why.
    async fn log(&self) -> Vec<(String, String, String)> {
        let rows = self.store.schedule_log(100).await.unwrap().into_iter();
        let due = |due: u32| Timestamp::from_second(due.into()).unwrap().strftime("%d %H:%M").to_string();
        rows.map(|row| (due(row.due), row.outcome, row.detail)).collect()
    }

    async fn end_runs(&self) {
        for mut run in self.store.running().await.unwrap() {
            run.state = RunState::Complete;
            self.store.put_run(&run).await.unwrap();
        }
    }
}

#[tokio::test]
async fn schedules_start_crawls_and_tell_what_they_did_not() {
    let mut clock = Clock::new(
        "[[schedule]]\nname = \"nightly\"\nportfolio = \"ours\"\ncron = \"30 2 * * *\"\ntimezone = \"Europe/Berlin\"\n\
         grace = \"20m\"\npages = 2\nprofiles = \"untouched,gpc\"\n",
    )
    .await;
    clock.at("2026-10-23T12:00:00Z").await;
    clock.at("2026-10-24T00:29:59Z").await;
    assert_eq!(clock.log().await, [("23 12:00".into(), "added".into(), String::new())]);
    // Nothing was imported yet.
    clock.at("2026-10-24T00:30:00Z").await;
    assert_eq!(clock.log().await[0].1, "failed");
    let mut import = clock.store.import("ours");
    let members: Vec<_> =
        ["a.test", "b.test"].iter().map(|name| MemberRow::new(1, &Target::parse(name).unwrap())).collect();
    import.add(&members).await.unwrap();
    import.end("-", 0, false).await.unwrap();

    // The night in which 02:30 comes twice: at 00:30 and at 01:30 UTC.
    clock.at("2026-10-25T00:30:00.5Z").await;
    let run = clock.store.running().await.unwrap().remove(0);
    assert_eq!((run.seeds, run.pages_per_site, run.profiles.len()), (2, 2, 2));
    assert_eq!(run.night.unwrap().to_string(), "2026-10-25");
    assert_eq!(clock.store.uncrawled(run.id, None, 10).await.unwrap().len(), 2);
    clock.at("2026-10-25T01:30:00Z").await;
    clock.at("2026-10-25T23:00:00Z").await;
    assert_eq!(clock.log().await.len(), 3, "once");

    // It still goes on a day later; then it has ended, and nobody is there for a while.
    clock.at("2026-10-26T01:30:01Z").await;
    assert_eq!(clock.log().await[0], ("26 01:30".into(), "overlap".into(), "the crawl before it still goes on".into()));
    clock.end_runs().await;
    clock.restart();
    clock.at("2026-10-28T01:45:00Z").await;
    let log = clock.log().await;
    assert_eq!(log[0], ("28 01:30".into(), "started".into(), "15 min late".into()));
    assert_eq!((log[1].0.as_str(), log[1].1.as_str()), ("27 01:30", "missed"));
    // A second coordinator that decides the same has the same run.
    let runs = clock.store.runs(10).await.unwrap().len();
    clock.store.put_schedule_log(Vec::new()).await.unwrap();
    clock.restart();
    clock.at("2026-10-28T01:46:00Z").await;
    assert_eq!((clock.store.runs(10).await.unwrap().len(), clock.log().await), (runs, log));
    clock.end_runs().await;
    clock.at("2026-10-29T02:00:00Z").await;
    assert_eq!(clock.log().await[0].1, "missed", "half an hour is more than the grace");
    clock.engine.stop().await;
}

#[test]
fn schedules_are_checked_without_any_service() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("earshot.toml");
    let text = "[[schedule]]\nname = \"nightly\"\nportfolio = \"ours\"\ncron = \"30 2 * * *\"\n";
    std::fs::write(&file, text).unwrap();
    let check = |format: &str| {
        let arguments = ["schedule", "check", "--format", format, "--config", file.to_str().unwrap()];
        finish(bare().args(arguments).spawn_piped())
    };
    let output = check("text");
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    let said = talk(&output);
    assert!(said.contains("nightly: 30 2 * * * of portfolio ours"), "{said}");
    assert_eq!(said.matches(" 02:30 UTC").count(), 5, "{said}");
    assert_eq!(json(&check("json"))[0]["next"].as_array().unwrap().len(), 5);
    std::fs::write(&file, text.replace("30 2", "30 26")).unwrap();
    let output = check("text");
    assert_eq!(output.status.code(), Some(1));
    assert!(talk(&output).contains("schedule 'nightly': cron '30 26 * * *'"), "{}", talk(&output));
}
