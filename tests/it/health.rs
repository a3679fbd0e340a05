//! A role alone against services elsewhere: who sets them up, and what it says of itself while one of them is away.

use std::{
    io::{BufRead as _, BufReader},
    net::TcpListener,
    process::Command,
};

use earshot_local::{Engine, EngineCommand, EngineOptions, Nats, NatsOptions, Part, parts};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::Value;

use super::{
    earshot::{Earshot, Piped as _, bare, finish, talk, until},
    roles::stopped_well,
};

#[test]
fn the_web_role_alone_is_ready_only_while_bus_and_store_are_there() {
    let earshot = Earshot::new();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let part = |part| parts::find(part, None).unwrap_or_else(|error| panic!("{error}")).path;
    let start_nats = |port| {
        let options = NatsOptions { dir: earshot.dir().join("nats"), port };
        runtime.block_on(Nats::start(&part(Part::Nats), options)).unwrap()
    };
    let nats = start_nats(None);
    let command = EngineCommand { exe: env!("CARGO_BIN_EXE_earshot").into(), args: vec!["engine".into()] };
    let options = EngineOptions { library: part(Part::Clickhouse), dir: earshot.dir().join("clickhouse"), port: None };
    let engine = runtime.block_on(Engine::start(&command, options)).unwrap();
    let (bus, store, data) = (nats.url(), engine.url(), earshot.dir().join("data"));
    let there = |arguments: &[&str]| -> Command {
        let mut command = bare();
        command.args(arguments).args(["--nats", &bus, "--clickhouse", &store, "--data-dir"]).arg(&data);
        command.env("EARSHOT_CLICKHOUSE_USER", Engine::USER).env("EARSHOT_CLICKHOUSE_PASSWORD", engine.password());
        command
    };

    // This role sets nothing up: what `migrate` has set up is enough for it.
    let output = finish(there(&["migrate", "--bus"]).spawn_piped());
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    assert!(talk(&output).contains("the bus is set up"), "{}", talk(&output));
    let health = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let web = ["run", "--role", "web", "--listen", "127.0.0.1:0", "--health", &health];
    let mut web = there(&web).spawn_piped();
    let mut lines = BufReader::new(web.stderr.take().unwrap()).lines().map_while(Result::ok);
    let api = lines.find_map(|line| line.strip_prefix("API at ").map(str::to_owned)).expect("no API");
    std::thread::spawn(move || lines.for_each(drop));
    let ask = |url: &str| {
        runtime.block_on(async {
            let answer = reqwest::get(url).await.ok()?;
            Some((answer.status().as_u16(), answer.text().await.ok()?))
        })
    };
    let ready = || {
        let (status, body) = ask(&format!("http://{health}/readyz"))?;
        let said: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(said["ready"], status == 200, "{said}");
        Some((status, said["checks"].clone()))
    };
    let becomes = |what: &str, status: u16| {
        let mut checks = Value::Null;
        until(what, || ready().is_some_and(|(found, said)| (checks = said, found == status).1));
        checks
    };
    becomes("ready", 200);
    assert_eq!(ask(&format!("{api}/runs")).unwrap().0, 200);

    let port = nats.port();
    runtime.block_on(nats.stop());
    let checks = becomes("not ready without the bus", 503);
    assert_eq!((&checks["bus"], &checks["store"]), (&"not connected".into(), &"ok".into()));
    let nats = start_nats(Some(port));
    becomes("ready again with the bus", 200);

    let store = Pid::from_raw(engine.pid().cast_signed());
    kill(store, Signal::SIGSTOP).unwrap();
    let checks = becomes("not ready without the store", 503);
    assert_eq!((&checks["bus"], &checks["store"]), (&"ok".into(), &"no answer for 3 s".into()));
    assert_eq!(ask(&format!("http://{health}/livez")).unwrap().0, 200, "it need not be started again for that");
    kill(store, Signal::SIGCONT).unwrap();
    becomes("ready again with the store", 200);

    stopped_well(web);
    runtime.block_on(async {
        nats.stop().await;
        engine.stop().await;
    });
}
