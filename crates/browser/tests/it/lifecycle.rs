use std::{collections::BTreeSet, fs, path::PathBuf, time::Duration};

use earshot_browser::{Browser, BrowserConfig, BrowserError, Dwell};
use earshot_model::Outcome;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::{
    bench::{Bench, html},
    chromium::{config, launch, open_egress, visit},
};

/// Processes that this test's process started and has not reaped, with their command lines.
fn children() -> Vec<(Pid, String)> {
    let own = std::process::id().to_string();
    let processes = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let child = |pid: String| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // pid (name) state ppid: the name may hold anything, also a parenthesis.
        let parent = stat.rsplit(") ").next()?.split(' ').nth(1)?;
        let line = fs::read_to_string(format!("/proc/{pid}/cmdline")).ok()?;
        (parent == own).then(|| (Pid::from_raw(pid.parse().unwrap()), line))
    };
    processes.filter(|name| name.parse::<u32>().is_ok()).filter_map(child).collect()
}

fn profiles() -> BTreeSet<PathBuf> {
    let profile = |(_, line): (Pid, String)| {
        let argument = line.split('\0').find_map(|argument| argument.strip_prefix("--user-data-dir="))?;
        Some(PathBuf::from(argument))
    };
    children().into_iter().filter_map(profile).collect()
}

/// A page that is watched until something happens to the browser.
fn long() -> BrowserConfig {
    let minute = Duration::from_secs(60);
    BrowserConfig { dwell: Dwell { min: minute, max: minute, quiet: minute }, wall: 2 * minute, ..config() }
}

#[tokio::test]
async fn a_killed_browser_is_gone_for_its_visits_and_replaced_for_the_next() {
    let bench = Bench::start([("/page", html("<script>fetch('/log/here')</script>")), ("/fine", html("fine"))]).await;
    let browser = launch(long()).await;
    let killed = async {
        while bench.logged().is_empty() {
            tokio::task::yield_now().await;
        }
        kill(children()[0].0, Signal::SIGKILL).unwrap();
    };
    let url = bench.url("/page");
    let (visit_, ()) = tokio::join!(visit(&browser, &url), killed);
    let error = visit_.unwrap_err();
    assert!(matches!(error, BrowserError::Gone) && error.is_retryable(), "{error}");
    let missing = visit(&browser, &bench.url("/missing-host").replace("127.0.0.1", "nowhere.invalid")).await.unwrap();
    assert!(matches!(missing.visit.outcome, Outcome::Unreachable { .. }), "{:?}", missing.visit.outcome);
    browser.close().await;
    assert_eq!(children(), []);
}

#[tokio::test]
async fn a_frozen_browser_is_killed_by_its_heartbeat() {
    let bench = Bench::start([("/page", html("<script>fetch('/log/here')</script>"))]).await;
    let browser = launch(long()).await;
    let frozen = async {
        while bench.logged().is_empty() {
            tokio::task::yield_now().await;
        }
        kill(children()[0].0, Signal::SIGSTOP).unwrap();
    };
    let url = bench.url("/page");
    let (visit_, ()) = tokio::join!(visit(&browser, &url), frozen);
    assert!(matches!(visit_, Err(BrowserError::Gone)));
    browser.close().await;
}

#[tokio::test]
async fn a_recycled_browser_drops_no_visit_and_leaves_nothing_behind() {
    let bench = Bench::start([("/page", html("fine"))]).await;
    let browser = launch(BrowserConfig { recycle_after: 2, ..config() }).await;
    let first = profiles();
    let url = bench.url("/page");
    let visits = (0..5).map(|_| visit(&browser, &url));
    for seen in futures::future::join_all(visits).await {
        assert_eq!(seen.unwrap().visit.outcome, Outcome::Loaded { status: 200 });
    }
    assert!(profiles().is_disjoint(&first), "the first browser had its share of visits");
    let last = profiles();
    browser.close().await;
    assert_eq!(children(), []);
    assert!(first.iter().chain(&last).all(|profile| !profile.exists()));
}

#[tokio::test]
async fn a_visit_that_is_given_up_leaves_no_tab_behind() {
    let bench = Bench::start([("/page", html("<script>fetch('/log/here')</script>")), ("/after", html("fine"))]).await;
    let browser = launch(BrowserConfig { tabs: 1, ..long() }).await;
    let url = bench.url("/page");
    tokio::select! {
        _ = visit(&browser, &url) => panic!("it is watched for a minute"),
        () = async { while bench.logged().is_empty() { tokio::task::yield_now().await } } => {}
    }
    let after = bench.url("/after").replace("http:", "https:");
    assert!(matches!(visit(&browser, &after).await.unwrap().visit.outcome, Outcome::Unreachable { .. }));
    browser.close().await;
}

#[tokio::test]
async fn what_is_no_chromium_is_an_error_that_says_so() {
    let launched = |executable: &str| {
        let config = BrowserConfig { executable: executable.into(), ..config() };
        async move { Browser::launch(config, open_egress()).await.err().unwrap() }
    };
    let missing = launched("/nonexistent/chromium").await;
    assert!(matches!(missing, BrowserError::Start { .. }) && !missing.is_retryable(), "{missing}");
    let other = launched("/bin/true").await;
    assert!(matches!(other, BrowserError::NotChromium { .. }) && !other.is_retryable(), "{other}");
}
