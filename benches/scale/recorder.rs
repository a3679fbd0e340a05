//! How fast the recorder's role takes visits off a real broker, judges them, keeps their evidence and fills the store: a process of
//! its own, as in a fleet.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::Stdio,
};

use earshot_corpus::scale::Drained;
use earshot_local::Engine;
use earshot_model::{Visit, wire};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::{
    Failed,
    broker::broker,
    host::{self, Host, ask},
    window,
};

/// Lets a recorder take visits that lie on the bus, and gives the folder in which all of it is. `None` if nobody says which program is
/// earshot.
pub async fn drain(visits: impl Iterator<Item = Visit>) -> Result<Option<(Drained, TempDir)>, Failed> {
    let Some(earshot) = program() else { return Ok(None) };
    let host = Host::start().await?;
    let store = host.store("earshot").await?;
    let (nats, bus) = broker(&host).await?;
    let (mut count, mut wire_bytes) = (0, 0);
    for visit in visits {
        wire_bytes += wire::encode(&visit).len() as u64;
        bus.publish_visit(&visit).await?;
        count += 1;
    }
    let published_cpu_s = host::cpu_s(nats.pid());
    let mut recorder = start(&earshot, &host, &nats.url())?;
    let processes = [recorder.id().unwrap_or_default(), host.engine.pid(), nats.pid()];
    let window = window::watch(&store, count, &processes, || alive(&mut recorder)).await?;
    let events: u64 = ask(&store, "SELECT sum(events) FROM visits FINAL").await?.trim().parse()?;
    let share = window.visits as f64 / count as f64;
    let of = |all: u64| (all as f64 * share) as u64;
    let drained = Drained {
        visits: window.visits,
        events: of(events),
        seconds: window.seconds,
        recorder_cpu_s: window.cpu_s[0],
        store_cpu_s: window.cpu_s[1],
        broker_cpu_s: published_cpu_s * share + window.cpu_s[2],
        wire_bytes: of(wire_bytes),
        evidence_bytes: of(size(&data(&host).join("evidence"))),
    };
    // Everything is recorded: nothing is lost with it.
    recorder.kill().await?;
    drop(bus);
    nats.stop().await;
    Ok(Some((drained, host.stop().await)))
}

/// Which program is earshot, if somebody says so.
pub fn program() -> Option<PathBuf> {
    let program = env::var_os("BENCH_EARSHOT").map(PathBuf::from);
    if program.is_none() {
        eprintln!("BENCH_EARSHOT names no program: the recorder's role is not measured");
    }
    program
}

/// A recorder, which ends when it is dropped.
pub fn start(earshot: &Path, host: &Host, nats: &str) -> io::Result<Child> {
    Command::new(earshot)
        .args(["run", "--role", "recorder", "--nats", nats, "--clickhouse", &host.engine.url(), "--data-dir"])
        .arg(data(host))
        .env("EARSHOT_CLICKHOUSE_USER", Engine::USER)
        .env("EARSHOT_CLICKHOUSE_PASSWORD", host.engine.password())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(fs::File::create(host.dir().join("recorder.log"))?)
        .kill_on_drop(true)
        .spawn()
}

/// The recorder's data directory.
pub fn data(host: &Host) -> PathBuf {
    host.dir().join("data")
}

/// Fails if the process has ended.
pub fn alive(process: &mut Child) -> Result<(), Failed> {
    match process.try_wait()? {
        Some(status) => Err(format!("a process that takes part ended: {status}").into()),
        None => Ok(()),
    }
}

fn size(path: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(path) else { return fs::metadata(path).map_or(0, |file| file.len()) };
    entries.flatten().map(|entry| size(&entry.path())).sum()
}
