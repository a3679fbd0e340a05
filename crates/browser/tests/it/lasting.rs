//! A worker runs for months: what one visit leaves behind is there ten thousand times in the end. These tests run in
//! processes of their own, whose descriptors and children nobody else's tests touch.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use earshot_browser::{BrowserConfig, Dwell};
use earshot_model::OutcomeClass;

use crate::{
    bench::{Bench, html, until},
    chromium::{busy, config, launch, visit},
    devtools,
    processes::{descriptors, process_of, scratch, strays},
};

/// Visits, of which every fifth is given up half-way.
const VISITS: u64 = 150;
/// What is printed when a browser runs.
const READY: &str = "the browser runs in ";

/// This test binary once more, for one test, with a directory of its own for temporary files.
fn alone(test: &str, temporary: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored", "--nocapture"]).env("TMPDIR", temporary).stdout(Stdio::piped());
    command
}

fn is_empty(directory: &Path) -> bool {
    std::fs::read_dir(directory).unwrap().next().is_none()
}

#[test]
fn many_visits_leave_nothing_behind() {
    busy();
    let temporary = tempfile::tempdir().unwrap();
    let output = alone("lasting::many_visits", temporary.path()).output().unwrap();
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    assert!(output.status.success(), "{}", said.join("\n"));
    assert!(is_empty(temporary.path()), "{:?}", std::fs::read_dir(temporary.path()).unwrap().collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by many_visits_leave_nothing_behind"]
async fn many_visits() {
    let moment = |ms| Duration::from_millis(ms);
    let dwell = Dwell { min: moment(20), max: moment(300), quiet: moment(20) };
    let bench = Bench::start([("/page", html("<script>fetch('/log/here')</script>"))]).await;
    let browser = launch(BrowserConfig { dwell, tabs: 8, screenshot: false, recycle_after: 60, ..config() }).await;
    let url = bench.url("/page");
    let one = |number: u64| {
        let (browser, url) = (&browser, &url);
        async move {
            // Given up at every stage: while the context is made, while it is set up, while it is watched.
            if number.is_multiple_of(5) {
                return drop(tokio::time::timeout(moment(number * 13 % 700), visit(browser, url)).await);
            }
            // On a busy machine it may not be parsed within so short a dwell.
            assert_eq!(visit(browser, url).await.unwrap().visit.outcome.class(), OutcomeClass::Seen);
        }
    };
    let many = |numbers: std::ops::Range<u64>| async {
        futures::StreamExt::for_each_concurrent(futures::stream::iter(numbers), 8, one).await;
    };
    many(0..20).await;
    let rest = |process| async move { devtools::open(&scratch(process)).await };
    let before = descriptors();
    many(20..VISITS).await;
    let last = process_of(&browser).await;
    until("every context is closed", || async { rest(last).await == (0, 0) }).await;
    until("every process is gone", || async { strays(Some(last)).is_empty() }).await;
    // A few connections of the bench and the DevTools socket of the last look may be there or not.
    until("descriptors are given back", || async { descriptors() <= before + 8 }).await;
    println!("descriptors: {before} after 20 visits, {} after {VISITS}", descriptors());
    browser.close().await;
    assert_eq!(strays(None), [""; 0]);
}

#[tokio::test]
async fn what_a_killed_process_left_behind_is_removed_by_the_next() {
    let temporary = tempfile::tempdir().unwrap();
    let start = || {
        let mut child = alone("lasting::a_browser_runs", temporary.path()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let said = lines.filter_map(|line| line.split_once(READY).map(|(_, path)| path.to_owned())).next();
        (child, std::path::PathBuf::from(said.unwrap()))
    };
    let killed = |mut child: Child| {
        child.kill().unwrap();
        child.wait().unwrap();
    };
    let (first, left) = start();
    let (beside, living) = start();
    killed(first);
    assert!(left.exists() && living.exists());
    let (next, own) = start();
    assert!(!left.exists(), "its owner is dead");
    assert!(living.exists() && own.exists(), "their owners live");
    killed(next);
    killed(beside);
}

#[tokio::test]
#[ignore = "run by what_a_killed_process_left_behind_is_removed_by_the_next"]
async fn a_browser_runs() {
    let browser = launch(config()).await;
    println!("{READY}{}", scratch(process_of(&browser).await).display());
    std::future::pending::<()>().await;
}
