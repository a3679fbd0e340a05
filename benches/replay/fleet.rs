//! A fleet of so many workers, each a process of its own, before a real broker, a recorder and a store.

use std::{env, path::Path, process::Stdio};

use earshot_corpus::replay::Fleet;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::{
    Failed,
    broker::broker,
    host::Host,
    recorder::{self, alive},
    tape::Tape,
    window,
};

/// The argument by which this program is told to be a worker.
pub const WORKER: &str = "be-a-worker";

/// Has a fleet with so many workers replay each page of the tape so often, and gives the folder in which all of it is.
pub async fn replay(earshot: &Path, tape: &Tape, workers: usize, rounds: u32) -> Result<(Fleet, TempDir), Failed> {
    let host = Host::start().await?;
    let store = host.store("earshot").await?;
    let (nats, bus) = broker(&host).await?;
    let tasks: Vec<_> = tape.tasks(rounds).collect();
    bus.publish_pages(&tasks).await?;
    let mut fleet = vec![recorder::start(earshot, &host, &nats.url())?];
    for _ in 0..workers {
        fleet.push(worker(&nats.url(), &recorder::data(&host).join("evidence"))?);
    }
    let ids = |process: &Child| process.id().unwrap_or_default();
    let processes: Vec<u32> = [host.engine.pid(), nats.pid()].into_iter().chain(fleet.iter().map(ids)).collect();
    let all_alive = || fleet.iter_mut().try_for_each(alive);
    let window = window::watch(&store, tasks.len() as u64, &processes, all_alive).await?;
    for process in &mut fleet {
        process.kill().await?;
    }
    drop(bus);
    nats.stop().await;
    let replayed = Fleet {
        workers,
        visits: window.visits,
        seconds: window.seconds,
        store_cpu_s: window.cpu_s[0],
        broker_cpu_s: window.cpu_s[1],
        recorder_cpu_s: window.cpu_s[2],
        workers_cpu_s: window.cpu_s[3..].iter().sum(),
    };
    Ok((replayed, host.stop().await))
}

fn worker(nats: &str, evidence: &Path) -> Result<Child, Failed> {
    let command = &mut Command::new(env::current_exe()?);
    Ok(command.arg(WORKER).arg(nats).arg(evidence).stdin(Stdio::null()).kill_on_drop(true).spawn()?)
}
