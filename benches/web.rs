//! How fast the web role answers: the real program, on a real engine full of made-up nights and a real broker. Many read reports at
//! once, many watch one run, and each page is asked for over ten thousand sites.
//!
//! `BENCH_EARSHOT` is the program, `BENCH_ONLY` names the parts (`readers`, `watchers`, `pages`), `BENCH_SITES` the sites that the
//! pages are over. What is measured goes to `benches/results/web.json` as soon as it is; what is not asked for keeps what it had there.

#[path = "scale/broker.rs"]
mod broker;
#[path = "scale/host.rs"]
mod host;
#[path = "web/pages.rs"]
mod pages;
#[path = "web/readers.rs"]
mod readers;
#[path = "web/role.rs"]
mod role;
#[path = "scale/settle.rs"]
mod settle;
#[path = "web/watchers.rs"]
mod watchers;

use std::{env, fs, path::PathBuf};

use earshot_corpus::reading::{Measured, markdown};

type Failed = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failed> {
    // The engine is a child process of this program, as it is one of earshot.
    if env::args().nth(1).as_deref() == Some(host::ENGINE) {
        earshot_local::engine::child_main();
    }
    tokio::runtime::Runtime::new()?.block_on(measure())
}

async fn measure() -> Result<(), Failed> {
    let earshot = env::var_os("BENCH_EARSHOT").map(PathBuf::from).ok_or("BENCH_EARSHOT names no program")?;
    let only = env::var("BENCH_ONLY").unwrap_or_default();
    let wanted = |part: &str| only.is_empty() || only.split(',').any(|name| name == part);
    let mut measured: Measured = match fs::read(results()) {
        Ok(text) => serde_json::from_slice(&text)?,
        Err(_) => Measured::default(),
    };
    measured.machine = host::machine();
    if wanted("readers") {
        measured.readers = Some(readers::measure(&earshot).await?);
        write(&measured)?;
    }
    if wanted("watchers") {
        measured.watchers = Some(watchers::measure(&earshot).await?);
        write(&measured)?;
    }
    if wanted("pages") {
        measured.pages = Some(pages::measure(&earshot).await?);
        write(&measured)?;
    }
    println!("{}", markdown(&measured));
    Ok(())
}

fn write(measured: &Measured) -> Result<(), Failed> {
    Ok(fs::write(results(), serde_json::to_string_pretty(measured)? + "\n")?)
}

fn results() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../benches/results/web.json"))
}
