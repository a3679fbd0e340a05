//! The engine's process: how it starts, ends, and dies with its parent; what survives.

use std::{path::Path, time::Duration};

use earshot_local::{Checkup, Engine, EngineOptions, LocalError, Part, Status, parts};

use crate::{curl, engine, engine_command, engine_in, part};

#[tokio::test]
async fn what_was_written_is_there_after_a_stop_and_after_a_kill() {
    let (first, dir) = engine().await;
    let create = "CREATE TABLE t (n UInt64) ENGINE = MergeTree ORDER BY n";
    assert_eq!(curl(&first, "/", &["-d", create]).await, "");
    assert_eq!(curl(&first, "/?query=INSERT%20INTO%20t%20FORMAT%20CSV", &["-d", "1"]).await, "");
    assert!(first.stop().await.status.unwrap().success(), "SIGTERM ends it in order");

    let second = engine_in(dir.path().into()).await;
    assert_eq!(curl(&second, "/?query=INSERT%20INTO%20t%20FORMAT%20CSV", &["-d", "2"]).await, "");
    // Killed, not stopped; and the next one waits until it is gone.
    drop(second);

    let third = engine_in(dir.path().into()).await;
    assert_eq!(curl(&third, "/", &["-d", "SELECT n FROM t ORDER BY n"]).await, "1\n2\n");
    third.stop().await;
}

#[tokio::test]
async fn what_is_no_library_is_told_with_the_loaders_words() {
    let dir = tempfile::tempdir().unwrap();
    let library = dir.path().join("libchdb.so");
    std::fs::write(&library, "not ELF").unwrap();
    let options = EngineOptions { library: library.clone(), dir: dir.path().join("data"), port: None };
    let error = Engine::start(&engine_command(), options).await.unwrap_err();
    assert!(matches!(error, LocalError::EndedEarly { .. }), "{error:?}");
    assert!(error.to_string().contains("cannot load") && error.to_string().contains("too short"), "{error}");

    let checkup = parts::inspect(Part::Clickhouse, Some(&library), &engine_command()).await;
    assert_eq!(checkup.status, Status::Broken);
    assert!(checkup.advice.contains("cannot load"), "{}", checkup.advice);
}

#[tokio::test]
async fn every_part_says_its_version() {
    for which in Part::ALL {
        part(which);
        let checkup = parts::inspect(which, None, &engine_command()).await;
        assert_eq!((checkup.status, checkup.advice.as_str()), (Status::Ok, ""), "{checkup:?}");
        assert!(checkup.version.is_some_and(|version| version.contains('.')));
    }
    let missing: Checkup = parts::inspect(Part::Nats, Some(Path::new("/nonexistent")), &engine_command()).await;
    assert_eq!(missing.status, Status::Missing);
}

#[tokio::test]
async fn a_query_that_runs_when_the_engine_is_stopped_is_finished() {
    let (engine, _dir) = engine().await;
    let slow = curl(&engine, "/", &["-d", "SELECT sum(sleepEachRow(0.5)) FROM numbers(3) SETTINGS max_block_size = 1"]);
    let started = async {
        loop {
            let running =
                curl(&engine, "/", &["-d", "SELECT count() FROM system.processes WHERE query LIKE '%sleepEachRow%'"])
                    .await;
            if running.trim() > "1" {
                break;
            }
            tokio::task::yield_now().await;
        }
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(engine.pid().cast_signed()), nix::sys::signal::SIGTERM)
            .unwrap();
    };
    let (answer, started) = tokio::join!(slow, tokio::time::timeout(Duration::from_secs(20), started));
    started.unwrap();
    assert_eq!(answer, "0\n");
    assert!(engine.exited().await.status.unwrap().success());
}
