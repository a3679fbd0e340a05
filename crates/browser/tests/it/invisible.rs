//! A page cannot notice that it is watched: it finds the same in a browser that nobody watches.
//!
//! What is known to differ, and is not asked for here: a page whose own code runs inside a native call (the `toString` of
//! an argument) finds a frame more in the stacks made there, `ErrorEvent.filename` of an error that a native function
//! throws and nobody catches is the document's, and a page's `Error.prepareStackTrace` misses the native frame of
//! `Function.prototype.toString`.

use std::{
    collections::BTreeMap,
    process::{Child, Command, Stdio},
    time::Duration,
};

use earshot_browser::{BrowserConfig, Dwell};

use crate::{
    bench::{Bench, html, script},
    chromium::{config, executable, launch, visit},
};

const PAGE: &str = "<!doctype html><body><form><input id=field name=field></form><iframe id=frame src=/blank></iframe><script src=/page.js></script>";

/// A browser that nobody watches; ends with the test.
struct Unwatched(Child);

impl Unwatched {
    fn open(url: &str, profile: &std::path::Path) -> Self {
        let mut command = Command::new(executable());
        command.args([
            "--no-sandbox",
            "--no-first-run",
            "--disable-background-networking",
            "--remote-debugging-port=0",
        ]);
        command.args(["--disable-blink-features=AutomationControlled", "--disable-field-trial-config", "--mute-audio"]);
        command.arg(format!("--user-data-dir={}", profile.display())).arg(url);
        Self(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }
}

impl Drop for Unwatched {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn bench() -> Bench {
    let page =
        [("/page", html(PAGE)), ("/blank", html("<p>blank")), ("/page.js", script(include_str!("invisible.js")))];
    Bench::start(page).await
}

/// What the page found, by what it looked at.
fn found(bench: &Bench) -> BTreeMap<String, serde_json::Value> {
    serde_json::from_slice(&bench.logged()["/log/seen"].body).unwrap()
}

#[tokio::test]
async fn a_page_finds_what_it_finds_when_nobody_watches() {
    let (plain, watched) = (bench().await, bench().await);
    let profile = tempfile::tempdir().unwrap();
    let unwatched = Unwatched::open(&plain.url("/page"), profile.path());
    plain.first_logged().await;
    drop(unwatched);
    // The page is busy for a second or more before it tells.
    let dwell = Dwell { min: Duration::from_secs(5), max: Duration::from_secs(20), quiet: Duration::from_secs(3) };
    let browser = launch(BrowserConfig { dwell, ..config() }).await;
    let seen = visit(&browser, &watched.url("/page")).await.unwrap();
    browser.close().await;
    let (expected, found) = (found(&plain), found(&watched));
    assert!(expected.len() > 5_000, "the page looked at {} things only", expected.len());
    let noticed: Vec<_> = expected
        .iter()
        .filter(|(what, value)| found.get(*what) != Some(value))
        .map(|(what, value)| format!("{what}\n  nobody watches: {value}\n  watched: {:?}", found.get(what)))
        .collect();
    assert!(
        noticed.is_empty() && found.len() == expected.len(),
        "{} noticed:\n{}",
        noticed.len(),
        noticed[..noticed.len().min(10)].join("\n")
    );
    // It was watched.
    assert!(seen.visit.events.iter().any(|event| matches!(event.fact, earshot_model::Fact::FieldRead(_))));
}
