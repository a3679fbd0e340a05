//! How many pages a second go through bus, recorder and store where no browser is in the way: visits that browsers made of
//! the laboratory's pages are replayed by processes that stand for workers. Bus, recorder and store are the real ones.
//!
//! `BENCH_EARSHOT` is the program that plays the recorder, `BENCH_ONLY` names the parts (`drain`, `fleet`), `BENCH_WORKERS` the
//! numbers of workers (default `1,2,4,8`), `BENCH_FOLDER` where what is written goes: one in memory, where the disk would be measured
//! else. What is measured goes to `benches/results/replay.json`. The visits lie in
//! `benches/replay/visits.bin.gz`; `BENCH_TAPE=data/demo/evidence,data/demo-consent/evidence` makes that file anew, of the evidence
//! that `make demo` leaves, and measures nothing.

#[path = "scale/broker.rs"]
mod broker;
#[path = "replay/fleet.rs"]
mod fleet;
#[path = "scale/host.rs"]
mod host;
#[path = "scale/recorder.rs"]
mod recorder;
#[path = "replay/tape.rs"]
mod tape;
#[path = "scale/window.rs"]
mod window;
#[path = "replay/worker.rs"]
mod worker;

use std::{env, fs};

use earshot_corpus::replay::{Replayed, markdown};
use tape::Tape;
use tokio::runtime::Runtime;

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// Numbers of workers if nobody says.
const WORKERS: &str = "1,2,4,8";
/// How often each page is visited where the visits lie on the bus already.
const ROUNDS: u32 = 24;
/// And for each worker.
const ROUNDS_A_WORKER: u32 = 4;
/// Where all of it is written.
const RESULTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../benches/results/replay.json");

fn main() -> Result<(), Failed> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        // The engine is a child process of this program, as it is one of earshot.
        [host::ENGINE, ..] => earshot_local::engine::child_main(),
        [fleet::WORKER, nats, evidence] => Runtime::new()?.block_on(worker::work(nats, evidence)),
        _ => match env::var("BENCH_TAPE") {
            Ok(folders) => {
                println!("{} visits are on the tape", Tape::gather(&folders)?);
                Ok(())
            }
            Err(_) => Runtime::new()?.block_on(measure()),
        },
    }
}

async fn measure() -> Result<(), Failed> {
    let Some(earshot) = recorder::program() else { return Ok(()) };
    let only = env::var("BENCH_ONLY").unwrap_or_default();
    let wanted = |part: &str| only.is_empty() || only.split(',').any(|name| name == part);
    let tape = Tape::open()?;
    let known = fs::read(RESULTS).ok().map(|text| serde_json::from_slice(&text)).transpose()?;
    let mut replayed: Replayed = known.unwrap_or_default();
    replayed.machine = host::machine();
    let mut folders = Vec::new();
    if wanted("drain") {
        let visits: Vec<_> = tape.tasks(ROUNDS).map(|task| tape.visit(&task)).collect::<Result<_, _>>()?;
        if let Some((drained, folder)) = recorder::drain(visits.into_iter()).await? {
            replayed.drained = Some(drained);
            folders.push(folder);
        }
        write(&replayed)?;
    }
    if wanted("fleet") {
        replayed.fleets.clear();
        for workers in env::var("BENCH_WORKERS").unwrap_or_else(|_| WORKERS.to_owned()).split(',') {
            let workers: usize = workers.trim().parse()?;
            let rounds = ROUNDS_A_WORKER * u32::try_from(workers)?;
            let (fleet, folder) = fleet::replay(&earshot, &tape, workers, rounds).await?;
            replayed.fleets.push(fleet);
            folders.push(folder);
            write(&replayed)?;
        }
    }
    println!("{}", markdown(&replayed));
    Ok(())
}

fn write(replayed: &Replayed) -> Result<(), Failed> {
    Ok(fs::write(RESULTS, serde_json::to_string_pretty(replayed)? + "\n")?)
}
