//! Killed with SIGKILL, a program cannot tidy up; its services must end all the same.

use std::{fs::File, path::Path, process::Stdio, time::Duration};

use earshot_local::{DataDir, Lock, Nats, NatsOptions, Part};
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::{engine_in, part};

const DIR: &str = "EARSHOT_TEST_ORPHAN_DIR";

/// The program that is killed: this test binary again, with the one test below.
#[tokio::test]
#[ignore = "the other half of children_die_with_a_parent_that_is_killed"]
async fn parent() {
    let Some(dir) = std::env::var_os(DIR) else { return };
    let dir = DataDir::open(dir).unwrap();
    let Lock::Held(_held) = dir.lock().unwrap() else { panic!("nobody else holds it") };
    let nats = Nats::start(&part(Part::Nats).path, NatsOptions { dir: dir.nats(), port: None }).await.unwrap();
    let engine = engine_in(dir.clickhouse()).await;
    println!("\nready");
    tokio::join!(nats.exited(), engine.exited());
}

#[tokio::test]
async fn children_die_with_a_parent_that_is_killed() {
    let temp = tempfile::tempdir().unwrap();
    let mut parent = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["orphan::parent", "--exact", "--ignored", "--nocapture"])
        .env(DIR, temp.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(parent.stdout.take().unwrap()).lines();
    while lines.next_line().await.unwrap().expect("the parent should get ready") != "ready" {}
    let dir = DataDir::open(temp.path()).unwrap();
    let locks = [dir.nats().join("lock"), dir.clickhouse().join("lock")];
    assert!(locks.iter().all(|lock| File::open(lock).unwrap().try_lock().is_err()), "both children hold their locks");
    assert!(matches!(dir.lock().unwrap(), Lock::Busy { pid: Some(pid), .. } if Some(pid) == parent.id()));

    parent.kill().await.unwrap();
    for lock in locks {
        tokio::time::timeout(Duration::from_secs(20), freed(&lock)).await.expect("the child should be gone");
    }
    assert!(matches!(dir.lock().unwrap(), Lock::Held(_)));
}

/// A child's lock is free as soon as, and only when, it is gone.
async fn freed(lock: &Path) {
    let file = File::open(lock).unwrap();
    tokio::task::spawn_blocking(move || file.lock().unwrap()).await.unwrap();
}
