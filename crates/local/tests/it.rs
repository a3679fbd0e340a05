//! The services, really started: `nats-server` and the engine, spoken to over their ports.

#[path = "it/engine.rs"]
mod engine;
#[path = "it/nats.rs"]
mod nats;
#[path = "it/orphan.rs"]
mod orphan;
#[path = "it/speak.rs"]
mod speak;

use std::path::PathBuf;

use earshot_local::{Engine, EngineCommand, EngineOptions, Found, Part, parts};

/// A part, or a failure that says how to get it.
fn part(part: Part) -> Found {
    parts::find(part, None).unwrap_or_else(|error| panic!("{error}"))
}

/// How to start the engine's process of this crate.
fn engine_command() -> EngineCommand {
    EngineCommand { exe: PathBuf::from(env!("CARGO_BIN_EXE_earshot-engine")), args: Vec::new() }
}

/// An engine on an empty directory, which lives as long as the second value.
async fn engine() -> (Engine, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    (engine_in(dir.path().into()).await, dir)
}

async fn engine_in(dir: PathBuf) -> Engine {
    let options = EngineOptions { library: part(Part::Clickhouse).path, dir, port: None };
    Engine::start(&engine_command(), options).await.unwrap()
}

/// Runs curl against the engine; its output, status line first if `-i` is among the arguments.
async fn curl(engine: &Engine, address: &str, args: &[&str]) -> String {
    let output = tokio::process::Command::new("curl")
        .args(["--silent", "--show-error", "--max-time", "30", "--user"])
        .arg(format!("{}:{}", Engine::USER, engine.password()))
        .arg(format!("{}{address}", engine.url()))
        .args(args)
        .output()
        .await
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}
