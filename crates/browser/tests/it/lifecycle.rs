use std::time::{Duration, Instant};

use earshot_browser::{Browser, BrowserConfig, BrowserError, Dwell};
use earshot_model::Outcome;
use nix::sys::signal::{Signal, kill};

use crate::{
    bench::{Bench, html, until},
    chromium::{config, launch, open_egress, visit},
    processes::{is_there, process_of, renderers, scratch},
};

const LOADED: Outcome = Outcome::Loaded { status: 200 };

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

/// How long a frozen browser may go unnoticed: one heartbeat, and what it may take to answer it.
const NOTICED: Duration = Duration::from_secs(15);

#[tokio::test]
async fn a_frozen_browser_is_killed_in_time_and_replaced() {
    let bench = Bench::start([("/page", html("<script>fetch('/log/here')</script>")), ("/after", html("fine"))]).await;
    let browser = launch(BrowserConfig { wall: Duration::from_secs(30), ..long() }).await;
    let first = process_of(&browser).await;
    let frozen = async {
        bench.first_logged().await;
        kill(first, Signal::SIGSTOP).unwrap();
        Instant::now()
    };
    let url = bench.url("/page");
    let (seen, since) = tokio::join!(visit(&browser, &url), frozen);
    let error = seen.unwrap_err();
    assert!(matches!(error, BrowserError::Gone) && error.is_retryable(), "{error}");
    assert!(since.elapsed() < NOTICED + Duration::from_secs(2), "{:?}", since.elapsed());
    // The next visit meets another browser, at once.
    let replaced = Instant::now();
    let closed = visit(&browser, &bench.url("/after").replace("http:", "https:")).await.unwrap().visit;
    assert!(matches!(closed.outcome, Outcome::Unreachable { .. }), "{:?}", closed.outcome);
    assert!(replaced.elapsed() < NOTICED, "{:?}", replaced.elapsed());
    assert!(!is_there(first) && process_of(&browser).await != first);
    browser.close().await;
}

#[tokio::test]
async fn a_frozen_tab_ends_at_its_wall_and_its_browser_lives_on() {
    let bench = Bench::start([("/page", html("<script>fetch('/log/here')</script>"))]).await;
    let wall = Duration::from_secs(14);
    let browser = launch(BrowserConfig { wall, ..long() }).await;
    let process = process_of(&browser).await;
    let frozen = async {
        bench.first_logged().await;
        let frozen = renderers(process);
        frozen.iter().for_each(|renderer| kill(*renderer, Signal::SIGSTOP).unwrap());
        frozen
    };
    let url = bench.url("/page");
    let (seen, frozen) = tokio::join!(visit(&browser, &url), frozen);
    let seen = seen.unwrap().visit;
    assert!(matches!(seen.outcome, Outcome::Partial { status: 200, .. }), "{:?}", seen.outcome);
    let late = wall + Duration::from_secs(1);
    assert!(u128::from(seen.took_ms) <= late.as_millis(), "{} ms", seen.took_ms);
    let closed = visit(&browser, &bench.url("/after").replace("http:", "https:")).await.unwrap().visit;
    assert!(matches!(closed.outcome, Outcome::Unreachable { .. }), "{:?}", closed.outcome);
    assert_eq!(process_of(&browser).await, process, "one tab is not worth a browser");
    browser.close().await;
    assert!(!frozen.is_empty() && !frozen.into_iter().any(is_there));
}

#[tokio::test]
async fn a_browser_that_holds_too_much_is_replaced_and_a_page_that_does_is_ended() {
    // 300 MB outside of the script's own heap, all of it touched.
    let hog = "<script>keep = []; for (let n = 0; n < 30; n++) keep.push(new Uint8Array(1e7).fill(n)); fetch('/log/full')</script>";
    let bench = Bench::start([("/hog", html(hog)), ("/page", html("fine"))]).await;
    let limit = Some(250 << 20);
    let browser = launch(BrowserConfig { max_page_memory: limit, tabs: 2, ..long() }).await;
    let seen = visit(&browser, &bench.url("/hog")).await.unwrap().visit;
    assert!(matches!(seen.outcome, Outcome::Crashed { .. }), "{:?}", seen.outcome);
    browser.close().await;

    let browser = launch(BrowserConfig { max_memory: Some(400 << 20), tabs: 2, ..config() }).await;
    let (first, hog) = (process_of(&browser).await, bench.url("/hog"));
    let next = async {
        until("the page fills the memory", async || browser.memory() >= 400 << 20).await;
        let seen = visit(&browser, &bench.url("/page")).await.unwrap().visit;
        assert_ne!(process_of(&browser).await, first);
        seen.outcome
    };
    let (hog, next) = tokio::join!(visit(&browser, &hog), next);
    assert_eq!((hog.unwrap().visit.outcome, next), (LOADED, LOADED), "the old browser ends with its last visit");
    assert!(!is_there(first));
    browser.retire().await;
    browser.close().await;
}

#[tokio::test]
async fn a_recycled_browser_drops_no_visit_and_leaves_nothing_behind() {
    let bench = Bench::start([("/page", html("fine"))]).await;
    let browser = launch(BrowserConfig { recycle_after: 2, ..config() }).await;
    let first = process_of(&browser).await;
    let directory = scratch(first);
    let url = bench.url("/page");
    let visits = (0..5).map(|_| visit(&browser, &url));
    for seen in futures::future::join_all(visits).await {
        assert_eq!(seen.unwrap().visit.outcome, Outcome::Loaded { status: 200 });
    }
    let last = process_of(&browser).await;
    assert_ne!(last, first, "the first browser had its share of visits");
    let directories = [directory, scratch(last)];
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
