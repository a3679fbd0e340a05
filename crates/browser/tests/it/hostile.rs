use std::{collections::BTreeMap, time::Duration};

use earshot_browser::{BrowserConfig, Dwell};
use earshot_model::{GapKind, Outcome, OutcomeClass};

use crate::{
    bench::{Answer, Bench, html, requests},
    chromium::{DWELL, busy, config, has_gap, launch, visit},
};

/// No visit of these tests may take longer.
const WALL: Duration = Duration::from_secs(20);
/// How long a page may stay that is gone as soon as it has said enough.
const LONG: Duration = Duration::from_secs(10);

/// Visits a hostile page with a neighbour beside it; the neighbour must not notice.
async fn beside_a_neighbour(page: Answer) -> earshot_browser::Seen {
    beside_a_neighbour_of(page, BrowserConfig { wall: WALL, ..config() }).await
}

async fn beside_a_neighbour_of(page: Answer, config: BrowserConfig) -> earshot_browser::Seen {
    let wall = config.wall;
    let neighbour = "<script>addEventListener('pagehide', () => navigator.sendBeacon('/log/bye'))</script>";
    let bench = Bench::start([("/hostile", page), ("/neighbour", html(neighbour))]).await;
    let browser = launch(config).await;
    let (hostile, neighbour) = (bench.url("/hostile"), bench.url("/neighbour"));
    let (hostile, neighbour) = tokio::join!(visit(&browser, &hostile), visit(&browser, &neighbour));
    let (hostile, neighbour) = (hostile.unwrap(), neighbour.unwrap());
    assert_eq!(neighbour.visit.outcome, Outcome::Loaded { status: 200 });
    assert!(neighbour.visit.gaps.is_empty() && !neighbour.shots.is_empty(), "{:?}", neighbour.visit.gaps);
    assert!(bench.logged().contains_key("/log/bye"));
    assert!(u128::from(hostile.visit.took_ms) <= wall.as_millis(), "{} ms", hostile.visit.took_ms);
    // And the browser is as good as new.
    assert_eq!(visit(&browser, &bench.url("/neighbour")).await.unwrap().visit.outcome, Outcome::Loaded { status: 200 });
    assert_eq!(browser.unparsed(), BTreeMap::new());
    browser.close().await;
    hostile
}

/// What comes after a script that never ends, or never comes, was not seen.
fn assert_not_parsed(seen: &earshot_browser::Seen) {
    let detail = "the document was not parsed in time".to_owned();
    assert_eq!(seen.visit.outcome, Outcome::Partial { status: 200, detail });
    assert!(has_gap(seen, GapKind::CutShort), "{:?}", seen.visit.gaps);
}

const LOADED: Outcome = Outcome::Loaded { status: 200 };

#[tokio::test]
async fn dialogs_are_answered() {
    let page = "<script>alert(1); const said = confirm('?'); prompt('?'); fetch('/log/said-' + said)</script>";
    let seen = beside_a_neighbour(html(page)).await;
    assert_eq!(seen.visit.outcome, LOADED);
    assert!(requests(&seen).any(|(_, request)| request.url.ends_with("/log/said-false")), "nothing is confirmed");
}

#[tokio::test]
async fn endless_dialogs_are_ended() {
    assert_eq!(beside_a_neighbour(html("<script>for (;;) alert(1)</script>")).await.visit.outcome, LOADED);
}

#[tokio::test]
async fn an_endless_loop_is_ended() {
    let seen = beside_a_neighbour(html("<script>fetch('/log/before'); for (;;);</script>")).await;
    assert_not_parsed(&seen);
    assert!(requests(&seen).any(|(_, request)| request.url.ends_with("/log/before")));
}

#[tokio::test]
async fn a_console_flood_stays_in_its_page() {
    let flood = "const line = 'x'.repeat(10000);
        setInterval(() => { for (let n = 0; n < 20000; n++) { console.log(line, n); console.error(line) } }, 1)";
    let page = format!("<script>{flood}</script><iframe srcdoc=\"<script>{flood}</script>\"></iframe>");
    assert_eq!(beside_a_neighbour(html(page)).await.visit.outcome, LOADED);
}

#[tokio::test]
async fn a_subresource_that_never_comes_does_not_hold_the_visit() {
    let seen = beside_a_neighbour(html("<img src=/hang><script src=/hang defer></script>")).await;
    assert_not_parsed(&seen);
}

#[tokio::test]
async fn a_flood_of_requests_ends_at_the_budget() {
    busy();
    let flood = "<script>setInterval(() => { for (let n = 0; n < 500; n++) fetch('/log/' + Math.random()) })</script>";
    // The visit is over once it holds all that it may, and a slow machine takes its time for that.
    let dwell = Dwell { min: LONG, max: LONG, ..DWELL };
    let seen = beside_a_neighbour_of(html(flood), BrowserConfig { dwell, wall: WALL + LONG, ..config() }).await;
    assert_eq!(seen.visit.outcome, LOADED);
    assert!(has_gap(&seen, GapKind::EventBudget));
}

#[tokio::test]
async fn popups_are_told_and_closed_before_they_ask_for_anything() {
    let page = "<script>for (let n = 0; n < 3; n++) open('/log/popup' + n); fetch('/log/after')</script>";
    let bench = Bench::start([("/page", html(page))]).await;
    let browser = launch(config()).await;
    let seen = visit(&browser, &bench.url("/page")).await.unwrap();
    browser.close().await;
    assert_eq!(seen.visit.outcome, LOADED);
    let popups = seen.visit.gaps.iter().filter(|gap| gap.kind == GapKind::TargetUnwatched);
    assert_eq!(popups.filter(|gap| gap.detail.starts_with("popup 127.0.0.1/log/popup")).count(), 3);
    assert_eq!(bench.logged().keys().collect::<Vec<_>>(), ["/log/after"]);
}

#[tokio::test]
async fn endless_popups_are_ended() {
    busy();
    let page = "<script>for (;;) open('about:blank')</script>";
    // Whether the rest of the document is reached depends on when the loop is ended.
    let outcome = beside_a_neighbour(html(page)).await.visit.outcome;
    assert_eq!((outcome.class(), outcome.status()), (OutcomeClass::Seen, Some(200)));
}
