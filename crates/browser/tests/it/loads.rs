//! Pages that do too much: they end within their wall, in bounded memory, and say what was capped.

use std::time::Duration;

use earshot_browser::{BrowserConfig, Dwell, Seen};
use earshot_model::{Direction, Fact, GapKind, Outcome, Transport, wire};

use crate::{
    bench::{Answer, Bench, html, requests},
    chromium::{alone, config, has_gap, launch, visit},
};

/// No visit of these tests may take longer.
const WALL: Duration = Duration::from_secs(90);

/// Long enough for a loaded machine to get through thousands of requests.
const DWELL: Dwell =
    Dwell { min: Duration::from_millis(1_000), max: Duration::from_secs(75), quiet: Duration::from_millis(1_500) };

/// How much more memory this process may use at the end of a load than before: a visit's budget of 24 MiB several times
/// over, since events exist as messages, as facts and encoded, and other tests run beside.
const MEMORY: u64 = 400 * 1024 * 1024;

/// Visits a page with a neighbour beside it, which must not notice.
async fn loaded(page: Answer, more: impl IntoIterator<Item = (&'static str, Answer)>) -> (Seen, Bench) {
    alone();
    let neighbour = html("<script>fetch('/log/neighbour')</script>");
    let bench = Bench::start([("/page", page), ("/neighbour", neighbour)].into_iter().chain(more)).await;
    let browser = launch(BrowserConfig { wall: WALL, dwell: DWELL, ..config() }).await;
    let before = resident();
    let (page, neighbour) = (bench.url("/page"), bench.url("/neighbour"));
    let (seen, neighbour) = tokio::join!(visit(&browser, &page), visit(&browser, &neighbour));
    let (seen, neighbour) = (seen.unwrap(), neighbour.unwrap());
    assert!(resident().saturating_sub(before) < MEMORY, "{} KB", resident().saturating_sub(before) / 1024);
    assert_eq!(browser.unparsed(), std::collections::BTreeMap::new());
    browser.close().await;
    assert_eq!(neighbour.visit.outcome, Outcome::Loaded { status: 200 });
    assert!(neighbour.visit.gaps.is_empty(), "{:?}", neighbour.visit.gaps);
    assert!(u128::from(seen.visit.took_ms) <= WALL.as_millis(), "{} ms", seen.visit.took_ms);
    assert!(wire::encode(&seen.visit).len() < wire::MAX_MESSAGE);
    (seen, bench)
}

/// Bytes of memory of this process that are in use.
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_thousand_requests_are_all_recorded() {
    let page = html(
        "<script>
        let next = 0;
        const one = async () => {
          while (next < 5000) {
            const n = next++;
            await fetch('/log/' + n, {method: 'POST', body: 'request ' + n}).catch(() => {});
          }
        };
        for (let n = 0; n < 100; n++) one();
        </script>",
    );
    let (seen, bench) = loaded(page, []).await;
    assert!(matches!(seen.visit.outcome, Outcome::Loaded { .. }), "{:?}", seen.visit.outcome);
    let logged = requests(&seen).filter(|(_, request)| request.url.contains("/log/")).count();
    assert_eq!((logged, bench.logged().len()), (5_000, 5_001), "{:?}", seen.visit.gaps);
    let whole =
        requests(&seen).filter(|(_, r)| r.body.as_ref().is_some_and(|body| body.excerpt.starts_with(b"request")));
    assert_eq!(whole.count(), 5_000);
    assert!(!has_gap(&seen, GapKind::EventBudget), "{:?}", seen.visit.gaps);
    let answers = seen.visit.events.iter().filter(|event| matches!(event.fact, Fact::Response(_))).count();
    assert!(answers >= 5_000, "{answers}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_than_a_visit_holds_is_told() {
    let page = html(
        "<script>
        const long = 'x'.repeat(4000);
        setInterval(() => { for (let n = 0; n < 100; n++) fetch('/log/' + n + '?' + long).catch(() => {}) }, 20);
        </script>",
    );
    let (seen, _) = loaded(page, []).await;
    let gaps: Vec<_> = seen.visit.gaps.iter().filter(|gap| gap.kind == GapKind::EventBudget).collect();
    assert!(gaps.iter().any(|gap| gap.detail.contains("of the kind 'request' were dropped")), "{gaps:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_frames_are_seen() {
    let page = html(
        "<script>
        for (let n = 0; n < 200; n++) {
          const frame = document.createElement('iframe');
          frame.src = '/frame?' + n;
          document.documentElement.append(frame);
        }
        </script>",
    );
    let frame = html("<script>fetch('/log/' + location.search.slice(1))</script>");
    let (seen, _) = loaded(page, [("/frame", frame)]).await;
    assert!(matches!(seen.visit.outcome, Outcome::Loaded { .. }), "{:?}", seen.visit.outcome);
    assert_eq!(requests(&seen).filter(|(_, request)| request.url.contains("/log/")).count(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_sockets_are_told() {
    let page = html(
        "<script>
        for (let n = 0; n < 500; n++) {
          const socket = new WebSocket(`ws://${location.host}/ws`);
          socket.onopen = () => { socket.send('frame ' + n); fetch('/log/open') };
        }
        </script>",
    );
    let (seen, _) = loaded(page, []).await;
    let sockets = requests(&seen).filter(|(_, request)| request.transport == Transport::WebSocket).count();
    // Chromium lets a page have 255; the others never leave it.
    assert_eq!(sockets, 255, "{:?}", seen.visit.gaps);
    let capped = |gap: &earshot_model::Gap| gap.kind == GapKind::EventBudget && gap.detail.contains("255 WebSockets");
    assert!(seen.visit.gaps.iter().any(capped), "{:?}", seen.visit.gaps);
    let sent = seen.visit.events.iter().filter(
        |event| matches!(&event.fact, Fact::SocketFrame(f) if f.direction == Direction::Sent && f.body.excerpt.starts_with(b"frame")),
    );
    assert!(sent.count() >= 100, "it opens 128 at a time through one proxy");
}
