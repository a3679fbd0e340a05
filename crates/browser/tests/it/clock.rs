//! Generated visits: banners at random moments in several ways, trackers at others, choices by us. Each tracker says
//! where the visitor stands as the page knows it, and every phase that we write down must be the same.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use earshot_browser::{Browser, BrowserConfig, Dwell, Seen};
use earshot_lab::{Lab, LabConfig};
use earshot_model::{PageTask, Profile};
use futures::StreamExt as _;

use crate::{
    bench::requests,
    choice::chooser,
    chromium::{alone, config, task},
    lab::browser_through,
};

/// Visits if the environment says nothing; `make clocks` asks for many more.
const VISITS: u64 = 40;
/// Pages open at once: more only wait for each other.
const TOGETHER: usize = 8;
/// The trackers of a page are due within five seconds, those that are held back at its banner a little later.
const DWELL: Dwell =
    Dwell { min: Duration::from_secs(5), max: Duration::from_secs(8), quiet: Duration::from_millis(500) };

/// Phases that a moment can have.
const PHASES: usize = 6;
/// Ways in which a page shows its banner, never among them.
const WAYS: usize = 7;

/// What the trackers of some visits said, and what was written down of them.
#[derive(Default)]
struct Count {
    right: u64,
    wrong: Vec<String>,
    by_phase: BTreeMap<String, u64>,
    ways: BTreeSet<String>,
}

impl Count {
    fn visit(&mut self, task: &PageTask, seen: &Seen) {
        let said = |url: &str, name: &str| {
            let url = url::Url::parse(url).ok().filter(|url| url.host_str() == Some("tick.clock-sink.test"))?;
            url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
        };
        let unsure: BTreeSet<String> = requests(seen).filter_map(|(_, request)| said(&request.url, "unsure")).collect();
        for (event, request) in requests(seen).filter(|(_, request)| !unsure.contains(&request.url)) {
            let Some(phase) = said(&request.url, "phase") else { continue };
            self.ways.extend(said(&request.url, "way"));
            if phase == event.phase.as_str() {
                self.right += 1;
                *self.by_phase.entry(phase).or_default() += 1;
            } else {
                let (profile, page) = (task.profile.as_str(), task.page.as_str());
                let what =
                    format!("{page} {profile}: {} at {:?} ms is {}", request.url, event.at_ms, event.phase.as_str());
                self.wrong.push(what);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_phase_is_the_one_that_the_page_knows() {
    alone();
    let visits = std::env::var("EARSHOT_CLOCKS").map_or(VISITS, |count| count.parse().unwrap());
    let lab = Lab::start(LabConfig::default()).await.unwrap();
    let browser =
        browser_through(&lab, BrowserConfig { dwell: DWELL, tabs: TOGETHER, chooser: Some(chooser()), ..config() })
            .await;
    let tasks = (1..=visits).map(|seed| {
        let profile = Profile::ALL[seed as usize % Profile::ALL.len()];
        PageTask { profile, ..task(&format!("https://clock.test/?seed={seed}")) }
    });
    let mut count = Count::default();
    let mut seen = futures::stream::iter(tasks).map(|task| see(&browser, task)).buffer_unordered(TOGETHER);
    while let Some((task, seen)) = seen.next().await {
        count.visit(&task, &seen);
    }
    drop(seen);
    browser.close().await;
    eprintln!("{visits} visits, {} labels: {:?}", count.right, count.by_phase);
    assert!(count.wrong.is_empty(), "{} wrong:\n{}", count.wrong.len(), count.wrong.join("\n"));
    assert!(count.right > visits * 10, "only {} labels in {visits} visits", count.right);
    assert_eq!(count.by_phase.len(), PHASES, "{:?}", count.by_phase);
    assert_eq!(count.ways.len(), WAYS, "{:?}", count.ways);
}

async fn see(browser: &Browser, task: PageTask) -> (PageTask, Seen) {
    let seen = browser.visit(&task).await.unwrap();
    (task, seen)
}
