//! How the store grows and how fast it is: rows in, roll-ups, and every question of the dashboards, on a real engine over made-up
//! nights; and how fast the recorder's role takes visits from a real broker. All in one run: ratios hold where absolute numbers
//! drift.
//!
//! `BENCH_EVENTS` is the largest size (default 10,000,000), `BENCH_ONLY` names the parts (`insert`, `recorder`, `growth`),
//! `BENCH_EARSHOT` is the program that plays the recorder. What is measured goes to `benches/results/scale.json`.

#[path = "scale/growth.rs"]
mod growth;
#[path = "scale/host.rs"]
mod host;
#[path = "scale/insert.rs"]
mod insert;
#[path = "scale/questions.rs"]
mod questions;
#[path = "scale/recorder.rs"]
mod recorder;

use std::{env, fs, path::PathBuf};

use earshot_corpus::scale::{Measured, markdown};

type Failed = Box<dyn std::error::Error>;

/// The largest store if nobody says.
const EVENTS: u64 = 10_000_000;

fn main() -> Result<(), Failed> {
    // The engine is a child process of this program, as it is one of earshot.
    if env::args().nth(1).as_deref() == Some(host::ENGINE) {
        earshot_local::engine::child_main();
    }
    tokio::runtime::Runtime::new()?.block_on(measure())
}

async fn measure() -> Result<(), Failed> {
    let events = env::var("BENCH_EVENTS").ok().map_or(Ok(EVENTS), |number| number.replace('_', "").parse())?;
    let only = env::var("BENCH_ONLY").unwrap_or_default();
    let wanted = |part: &str| only.is_empty() || only.split(',').any(|name| name == part);
    let mut measured = read(&results())?;
    measured.machine = host::machine();
    if wanted("insert") {
        measured.insert = Some(insert::measure().await?);
    }
    if wanted("recorder") {
        measured.recorder = recorder::measure().await?.or(measured.recorder);
    }
    if wanted("growth") {
        measured.growth = growth::measure(events).await?;
    }
    fs::write(results(), serde_json::to_string_pretty(&measured)? + "\n")?;
    println!("{}", markdown(&measured));
    Ok(())
}

/// What an earlier run has measured: parts that are not asked for keep what they had.
fn read(path: &PathBuf) -> Result<Measured, Failed> {
    match fs::read(path) {
        Ok(text) => Ok(serde_json::from_slice(&text)?),
        Err(_) => Ok(Measured::default()),
    }
}

fn results() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../benches/results/scale.json"))
}
