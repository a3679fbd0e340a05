//! How fast the recorder's role takes visits off a real broker, judges them, keeps their evidence and fills the store: a process of
//! its own, as in a fleet.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use earshot_bus::{Bus, BusConfig};
use earshot_corpus::{Corpus, scale::Drained};
use earshot_local::{Engine, Nats, NatsOptions, Part, parts};
use earshot_model::wire;
use earshot_store::Store;

use crate::{
    Failed,
    host::{self, Host, ask},
};

/// How many visits lie on the bus: some twenty batches of the recorder.
const VISITS: usize = 1_280;
/// How long they may take.
const PATIENCE: Duration = Duration::from_secs(180);
/// How often the store is asked how far they are.
const LOOK: Duration = Duration::from_millis(100);

/// `None` if nobody says which program is earshot.
pub async fn measure() -> Result<Option<Drained>, Failed> {
    let Some(earshot) = env::var_os("BENCH_EARSHOT").map(PathBuf::from) else {
        eprintln!("BENCH_EARSHOT names no program: the recorder's role is not measured");
        return Ok(None);
    };
    let host = Host::start().await?;
    let store = host.store("earshot").await?;
    let nats = parts::find(Part::Nats, None)?.path;
    let nats = Nats::start(&nats, NatsOptions { dir: host.dir().join("nats"), port: None }).await?;
    let bus = Bus::connect(BusConfig::at(nats.url())).await?;
    bus.ensure_topology().await?;
    let (visits, wire_bytes) = publish(&bus).await?;
    let published_cpu_s = host::cpu_s(nats.pid());
    let mut recorder = recorder(&earshot, &host, &nats.url())?;
    let cpu = |recorder: &Child| [recorder.id(), host.engine.pid(), nats.pid()].map(host::cpu_s);
    // What it has recorded by the time it is first seen to work is no part of what is measured: it has started meanwhile.
    let done = first(&store, &mut recorder).await?;
    let (began, before) = (Instant::now(), cpu(&recorder));
    while recorded(&store).await? < visits {
        alive(&mut recorder)?;
        if began.elapsed() > PATIENCE {
            return Err("the recorder took too long".into());
        }
        tokio::time::sleep(LOOK).await;
    }
    let (seconds, after) = (began.elapsed().as_secs_f64(), cpu(&recorder));
    let events: u64 = ask(&store, "SELECT sum(events) FROM visits FINAL").await?.trim().parse()?;
    let share = (visits - done) as f64 / visits as f64;
    let of = |all: u64| (all as f64 * share) as u64;
    let drained = Drained {
        visits: visits - done,
        events: of(events),
        seconds,
        recorder_cpu_s: after[0] - before[0],
        store_cpu_s: after[1] - before[1],
        broker_cpu_s: published_cpu_s * share + after[2] - before[2],
        wire_bytes: of(wire_bytes),
        evidence_bytes: of(size(&host.dir().join("data/evidence"))),
    };
    // Everything is recorded and acknowledged: nothing is lost with it.
    recorder.kill()?;
    recorder.wait()?;
    drop(bus);
    nats.stop().await;
    host.engine.stop().await;
    Ok(Some(drained))
}

async fn publish(bus: &Bus) -> Result<(u64, u64), Failed> {
    let corpus = Corpus { seed: 9, sites: VISITS / 4, nights: 1, copy: VISITS, ..Corpus::default() };
    let (mut count, mut bytes) = (0, 0);
    for judged in corpus.judged(0)? {
        bytes += wire::encode(&judged.visit).len() as u64;
        bus.publish_visit(&judged.visit).await?;
        count += 1;
    }
    Ok((count, bytes))
}

fn recorder(earshot: &Path, host: &Host, nats: &str) -> io::Result<Child> {
    Command::new(earshot)
        .args(["run", "--role", "recorder", "--nats", nats, "--clickhouse", &host.engine.url(), "--data-dir"])
        .arg(host.dir().join("data"))
        .env("EARSHOT_CLICKHOUSE_USER", Engine::USER)
        .env("EARSHOT_CLICKHOUSE_PASSWORD", host.engine.password())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(fs::File::create(host.dir().join("recorder.log"))?)
        .spawn()
}

/// Waits until it has recorded something, and says how much.
async fn first(store: &Store, recorder: &mut Child) -> Result<u64, Failed> {
    let began = Instant::now();
    loop {
        let done = recorded(store).await?;
        if done > 0 {
            return Ok(done);
        }
        alive(recorder)?;
        if began.elapsed() > PATIENCE {
            return Err("the recorder records nothing".into());
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn alive(recorder: &mut Child) -> Result<(), Failed> {
    match recorder.try_wait()? {
        Some(status) => Err(format!("the recorder ended: {status}").into()),
        None => Ok(()),
    }
}

async fn recorded(store: &Store) -> Result<u64, Failed> {
    Ok(ask(store, "SELECT uniqExact(visit_id) FROM visits").await?.trim().parse()?)
}

fn size(path: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(path) else { return fs::metadata(path).map_or(0, |file| file.len()) };
    entries.flatten().map(|entry| size(&entry.path())).sum()
}
