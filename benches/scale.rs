//! How the store grows and how fast it is: rows in, roll-ups, and every question of the dashboards, on a real engine over made-up
//! nights; and how fast the recorder's role takes visits from a real broker. All in one run: ratios hold where absolute numbers
//! drift.
//!
//! `BENCH_SIZES` names the sizes in events (default `1M,10M`), `BENCH_ONLY` the parts (`insert`, `recorder`, `growth`),
//! `BENCH_EARSHOT` is the program that plays the recorder. What is measured goes to `benches/results/scale.json` as soon as it is;
//! what is not asked for keeps what it had there.

#[path = "scale/broker.rs"]
mod broker;
#[path = "scale/growth.rs"]
mod growth;
#[path = "scale/host.rs"]
mod host;
#[path = "scale/insert.rs"]
mod insert;
#[path = "scale/memory.rs"]
mod memory;
#[path = "scale/questions.rs"]
mod questions;
#[path = "scale/recorder.rs"]
mod recorder;
#[path = "scale/settle.rs"]
mod settle;
#[path = "scale/window.rs"]
mod window;

use std::{env, fs, path::PathBuf};

use earshot_corpus::{
    Corpus,
    scale::{Measured, markdown},
};

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// Events of the stores that are filled if nobody says.
const SIZES: &str = "1M,10M";
/// How many visits lie on the bus for the recorder: some twenty of its batches.
const VISITS: usize = 1_280;

fn main() -> Result<(), Failed> {
    // The engine is a child process of this program, as it is one of earshot.
    if env::args().nth(1).as_deref() == Some(host::ENGINE) {
        earshot_local::engine::child_main();
    }
    tokio::runtime::Runtime::new()?.block_on(measure())
}

async fn measure() -> Result<(), Failed> {
    let sizes = env::var("BENCH_SIZES").unwrap_or_else(|_| SIZES.to_owned());
    let sizes = sizes.split(',').map(|size| events(size.trim())).collect::<Result<Vec<u64>, Failed>>()?;
    let only = env::var("BENCH_ONLY").unwrap_or_default();
    let wanted = |part: &str| only.is_empty() || only.split(',').any(|name| name == part);
    let mut measured = read(&results())?;
    measured.machine = host::machine();
    if wanted("insert") {
        measured.insert = Some(insert::measure().await?);
        write(&measured)?;
    }
    if wanted("recorder") {
        let corpus = Corpus { seed: 9, sites: VISITS / 4, nights: 1, copy: VISITS, ..Corpus::default() };
        let visits = corpus.judged(0)?.into_iter().map(|judged| judged.visit);
        measured.recorder = recorder::drain(visits).await?.map(|(drained, _)| drained).or(measured.recorder);
        write(&measured)?;
    }
    if wanted("growth") {
        for events in sizes {
            measured.keep(growth::measure(events).await?);
            write(&measured)?;
        }
    }
    println!("{}", markdown(&measured));
    Ok(())
}

/// `1M` is a million.
fn events(size: &str) -> Result<u64, Failed> {
    let (digits, times) = match size.strip_suffix('M') {
        Some(millions) => (millions, 1_000_000),
        None => (size, 1),
    };
    let number: u64 = digits.parse().map_err(|error| format!("BENCH_SIZES: {size:?}: {error}"))?;
    Ok(number * times)
}

/// What an earlier run has measured: parts that are not asked for keep what they had.
fn read(path: &PathBuf) -> Result<Measured, Failed> {
    match fs::read(path) {
        Ok(text) => Ok(serde_json::from_slice(&text)?),
        Err(_) => Ok(Measured::default()),
    }
}

fn write(measured: &Measured) -> Result<(), Failed> {
    Ok(fs::write(results(), serde_json::to_string_pretty(measured)? + "\n")?)
}

fn results() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../benches/results/scale.json"))
}
