use std::{fs, path::PathBuf, time::Duration};

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

/// A process with its parent and its command line.
struct Process {
    pid: Pid,
    parent: Pid,
    line: String,
}

fn processes() -> Vec<Process> {
    let names = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let process = |pid: i32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // pid (name) state ppid: the name may hold anything, also a parenthesis.
        let parent = stat.rsplit(") ").next()?.split(' ').nth(1)?.parse().ok()?;
        let line = fs::read_to_string(format!("/proc/{pid}/cmdline")).ok()?;
        Some(Process { pid: Pid::from_raw(pid), parent: Pid::from_raw(parent), line })
    };
    names.filter_map(|name| process(name.parse().ok()?)).collect()
}

/// The process of `browser`. Other tests have browsers of their own in this process.
async fn process_of(browser: &Browser) -> Pid {
    Pid::from_raw(browser.process_id().await.unwrap().try_into().unwrap())
}

fn is_there(pid: Pid) -> bool {
    processes().iter().any(|process| process.pid == pid)
}

/// What `browser` started in turn, to render pages.
fn renderers(browser: Pid) -> Vec<Pid> {
    let all = processes();
    let its = |process: &&Process| {
        let parent = |pid: Pid| all.iter().find(|process| process.pid == pid).map(|process| process.parent);
        std::iter::successors(Some(process.pid), |pid| parent(*pid)).any(|pid| pid == browser)
    };
    all.iter().filter(|process| process.line.contains("--type=renderer")).filter(its).map(|found| found.pid).collect()
}

/// Where `browser` keeps its files.
fn profile(browser: Pid) -> PathBuf {
    let process = processes().into_iter().find(|process| process.pid == browser).unwrap();
    process.line.split('\0').find_map(|argument| argument.strip_prefix("--user-data-dir=")).unwrap().into()
}

/// A page that is watched until something happens to the browser.
fn long() -> BrowserConfig {
    let minute = Duration::from_secs(60);
    BrowserConfig { dwell: Dwell { min: minute, max: minute, quiet: minute }, wall: 2 * minute, ..config() }
}

#[tokio::test]
async fn a_killed_browser_is_gone_for_its_visits_and_replaced_for_the_next() {
    let bench = Bench::start([("/page", html("<script>fetch('/log/here')</script>"))]).await;
    let browser = launch(long()).await;
    let killed = async {
        bench.first_logged().await;
        kill(process_of(&browser).await, Signal::SIGKILL).unwrap();
    };
    let url = bench.url("/page");
    let (visit_, ()) = tokio::join!(visit(&browser, &url), killed);
    let error = visit_.unwrap_err();
    assert!(matches!(error, BrowserError::Gone) && error.is_retryable(), "{error}");
    let closed = visit(&browser, &bench.url("/tls").replace("http:", "https:")).await.unwrap().visit;
    assert!(matches!(closed.outcome, Outcome::Unreachable { .. }), "{:?}", closed.outcome);
    let second = process_of(&browser).await;
    browser.close().await;
    assert!(!is_there(second));
}

#[tokio::test]
async fn a_dead_renderer_is_the_sites_failure() {
    let bench = Bench::start([("/page", html("<script>fetch('/log/here')</script>"))]).await;
    let browser = launch(long()).await;
    let killed = async {
        bench.first_logged().await;
        for renderer in renderers(process_of(&browser).await) {
            kill(renderer, Signal::SIGKILL).unwrap();
        }
    };
    let url = bench.url("/page");
    let (seen, ()) = tokio::join!(visit(&browser, &url), killed);
    let visit = seen.unwrap().visit;
    assert!(matches!(visit.outcome, Outcome::Crashed { .. }), "{:?}", visit.outcome);
    assert!(!visit.events.is_empty(), "what happened before is kept");
    browser.close().await;
}

#[tokio::test]
async fn traffic_is_attributed_to_its_visit() {
    let bench = Bench::start([("/page", html("<script>fetch('/log/' + location.hostname)</script>"))]).await;
    let browser = launch(config()).await;
    let urls = [bench.url("/page"), bench.elsewhere("/page")];
    let (one, other) = tokio::join!(visit(&browser, &urls[0]), visit(&browser, &urls[1]));
    for (seen, host) in [(one.unwrap(), "127.0.0.1"), (other.unwrap(), "localhost")] {
        assert_eq!(seen.ledger.hosts.keys().collect::<Vec<_>>(), [host]);
        assert!(seen.ledger.hosts[host].bytes_up > 0);
    }
    browser.close().await;
}

#[tokio::test]
async fn a_frozen_browser_is_killed_by_its_heartbeat() {
    let bench = Bench::start([("/page", html("<script>fetch('/log/here')</script>"))]).await;
    let browser = launch(long()).await;
    let frozen = async {
        bench.first_logged().await;
        kill(process_of(&browser).await, Signal::SIGSTOP).unwrap();
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
    let first = process_of(&browser).await;
    let directory = profile(first);
    let url = bench.url("/page");
    let visits = (0..5).map(|_| visit(&browser, &url));
    for seen in futures::future::join_all(visits).await {
        assert_eq!(seen.unwrap().visit.outcome, Outcome::Loaded { status: 200 });
    }
    let last = process_of(&browser).await;
    assert_ne!(last, first, "the first browser had its share of visits");
    let directories = [directory, profile(last)];
    browser.close().await;
    assert!(!is_there(first) && !is_there(last));
    assert!(directories.iter().all(|directory| !directory.exists()));
}

#[tokio::test]
async fn a_visit_that_is_given_up_leaves_no_tab_behind() {
    let bench = Bench::start([("/page", html("<script>fetch('/log/here')</script>")), ("/after", html("fine"))]).await;
    let browser = launch(BrowserConfig { tabs: 1, ..long() }).await;
    let url = bench.url("/page");
    tokio::select! {
        _ = visit(&browser, &url) => panic!("it is watched for a minute"),
        () = bench.first_logged() => {}
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
