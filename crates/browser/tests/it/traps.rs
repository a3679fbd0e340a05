//! Pages that are made to keep, to break or to fool a visitor: each ends within its wall, with the outcome that is right, and
//! the browser is fit for the next page.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use earshot_browser::{Browser, BrowserConfig};
use earshot_model::Outcome;
use futures::{StreamExt as _, stream};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::sleep,
};

use crate::{
    bench::{Answer, Bench, html, redirect, requests, script, typed},
    chromium::{alone, config, launch, visit},
};

/// No visit may take longer.
const WALL: Duration = Duration::from_secs(16);
/// A page that holds more is ended.
const PAGE_MEMORY: u64 = 700 << 20;
/// Traps that are open at once: as many as a small worker has tabs.
const TABS: usize = 6;
/// Between two bytes of what comes slowly.
const DRIP: Duration = Duration::from_millis(300);

/// What a trap may end as: where it depends on the moment at which it is ended, there are several.
type Right = &'static [&'static str];

const LOADED: Right = &["loaded"];
const SEEN: Right = &["loaded", "partial"];
const PARTIAL: Right = &["partial"];

/// A page of the bench, and what it may end as.
fn pages() -> Vec<(&'static str, Answer, Right)> {
    let scripted = |text: &str| html(format!("<p>Welcome</p><script>{text}</script>"));
    // What comes after it never comes, so that it is watched until it is ended.
    let hog = "<p>Welcome</p><script>keep = []; setInterval(() => keep.push(new Uint8Array(5e7).fill(keep.length + 1)), 20)</script><script src=/hang></script>";
    let frame = "<iframe src='/frames?' id=f></iframe><script>f.src = '/frames?' + Math.random()</script>";
    vec![
        (
            "/dialogs",
            scripted("onbeforeunload = e => e.preventDefault(); setInterval(() => { alert(1); print() })"),
            SEEN,
        ),
        ("/popups", scripted("setInterval(() => { for (let n = 0; n < 50; n++) open('/log/popup') })"), SEEN),
        ("/loop", scripted("for (;;);"), PARTIAL),
        (
            "/workers",
            scripted("for (let n = 0; n < 8; n++) new Worker(URL.createObjectURL(new Blob(['for (;;);'])))"),
            LOADED,
        ),
        (
            "/history",
            scripted("setInterval(() => { for (let n = 0; n < 500; n++) history.pushState(0, '', '?' + n) })"),
            SEEN,
        ),
        (
            "/hashes",
            scripted("setInterval(() => { for (let n = 0; n < 500; n++) location.hash = Math.random() })"),
            SEEN,
        ),
        ("/reloads", scripted("setTimeout(() => location.reload(), 20)"), SEEN),
        ("/wanders", scripted("setTimeout(() => location = '/wanders?' + Math.random(), 20)"), SEEN),
        ("/refresh", html("<meta http-equiv=refresh content=0><p>Welcome</p>"), SEEN),
        ("/frames", html(frame), SEEN),
        (
            "/nodes",
            scripted("for (let n = 0; n < 3e5; n++) document.body.append(document.createElement('b'))"),
            &["loaded", "partial", "crashed"],
        ),
        ("/hog", html(hog), &["crashed"]),
        (
            "/sockets",
            scripted(
                "setInterval(() => { for (let n = 0; n < 50; n++) new WebSocket('ws://' + location.host + '/ws') })",
            ),
            SEEN,
        ),
        (
            "/console",
            scripted("setInterval(() => { for (let n = 0; n < 20000; n++) console.log('x'.repeat(1e4), n) })"),
            SEEN,
        ),
        (
            "/saves",
            scripted(
                "for (let n = 0; n < 200; n++) { a = document.createElement('a'); a.download = 'a' + n; a.href = '/log/save'; a.click() }",
            ),
            SEEN,
        ),
        (
            "/save",
            typed("application/octet-stream", "x").header("content-disposition", "attachment; filename=a.exe"),
            &["not_a_page"],
        ),
        ("/login", html("no").status(401).header("www-authenticate", "Basic realm=\"x\""), &["blocked"]),
        (
            "/gate",
            html("no").status(407).header("proxy-authenticate", "Basic realm=\"x\""),
            &["blocked", "unreachable"],
        ),
        ("/circle", redirect("/circle"), &["unreachable", "not_a_page"]),
        ("/keeper", scripted("navigator.serviceWorker.register('/keeper.js')"), LOADED),
    ]
}

/// What is below HTTP, by the beginning of a path.
const RAW: &[(&str, Right)] = &[
    ("/onwards", &["unreachable", "not_a_page"]),
    ("/silent", &["timed_out"]),
    ("/slow-head", &["timed_out"]),
    ("/slow-body", PARTIAL),
    ("/endless", &["partial", "crashed"]),
    ("/head-bomb", &["unreachable"]),
    ("/many-heads", &["unreachable", "loaded"]),
    ("/garbage", &["unreachable", "loaded", "not_a_page"]),
    ("/hang-up", &["unreachable"]),
];

/// A server that keeps no rules.
async fn raw() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move { trap(stream).await.ok() });
        }
    });
    addr
}

/// Ends when the other side hangs up, which writing tells.
async fn trap(mut stream: TcpStream) -> std::io::Result<()> {
    let mut asked = vec![0; 8 * 1024];
    let read = stream.read(&mut asked).await?;
    let asked = String::from_utf8_lossy(&asked[..read]).into_owned();
    let target = asked.split(' ').nth(1).unwrap_or_default();
    let path = target.find("/").map_or("", |_| target.rsplit_once("://").map_or(target, |(_, rest)| rest));
    let path = path.find('/').map_or("", |at| &path[at..]);
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n";
    let drip = async |stream: &mut TcpStream, bytes: &[u8]| {
        loop {
            stream.write_all(bytes).await?;
            sleep(DRIP).await;
        }
        #[allow(unreachable_code)]
        std::io::Result::Ok(())
    };
    match path.split('?').next().unwrap_or_default() {
        "/onwards" => {
            let number: u32 = path.split('?').nth(1).and_then(|text| text.parse().ok()).unwrap_or_default();
            let to = format!(
                "HTTP/1.1 302 Found\r\nlocation: /onwards?{}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
                number + 1
            );
            stream.write_all(to.as_bytes()).await
        }
        "/silent" => stream.read_to_end(&mut Vec::new()).await.map(drop),
        "/slow-head" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nx-slow: ").await?;
            drip(&mut stream, b"x").await
        }
        "/slow-body" => {
            stream.write_all(format!("{head}\r\n<p>Welcome</p>").as_bytes()).await?;
            drip(&mut stream, b" ").await
        }
        "/endless" => {
            stream.write_all(format!("{head}\r\n").as_bytes()).await?;
            let much = "<p>more and more</p>".repeat(5_000);
            loop {
                stream.write_all(much.as_bytes()).await?;
                sleep(Duration::from_millis(50)).await;
            }
        }
        "/head-bomb" => stream.write_all(format!("{head}x-bomb: {}\r\n\r\n", "x".repeat(2_000_000)).as_bytes()).await,
        "/many-heads" => {
            stream.write_all(format!("{head}{}\r\n<p>Welcome</p>", "x-one: 1\r\n".repeat(20_000)).as_bytes()).await
        }
        "/garbage" => stream.write_all(&[0xff; 4096]).await,
        _ => Ok(()),
    }
}

/// Visits a trap; afterwards the same browser has to see a clean page as it is.
async fn ends(browser: &Browser, url: &str, clean: &str, right: Right) -> Option<String> {
    let seen = visit(browser, url).await.unwrap_or_else(|error| panic!("{url}: {error}")).visit;
    let took = Duration::from_millis(seen.took_ms.into());
    let outcome = (seen.outcome.as_str(), seen.outcome.detail());
    if !right.contains(&outcome.0) || took > WALL {
        return Some(format!("{url}: {outcome:?} after {took:.1?}, and not {right:?}"));
    }
    let after = visit(browser, clean).await.unwrap_or_else(|error| panic!("after {url}: {error}"));
    let heard = requests(&after).filter(|(_, request)| request.url.ends_with("/log/clean")).count();
    let well = after.visit.outcome == Outcome::Loaded { status: 200 } && heard == 1 && after.visit.gaps.is_empty();
    (!well).then(|| format!("after {url}: {:?}, {:?}", after.visit.outcome, after.visit.gaps))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_trap_ends_within_its_wall_and_the_next_page_is_seen() {
    alone();
    let (mut answers, mut traps) = (Vec::new(), Vec::new());
    for (path, answer, right) in pages() {
        answers.push((path, answer));
        traps.push((path, right));
    }
    answers.push(("/keeper.js", script("onfetch = event => event.respondWith(new Response('kept'))")));
    answers.push(("/clean", html("<p>Welcome</p><script>fetch('/log/clean')</script>")));
    let (bench, raw) = (Bench::start(answers).await, raw().await);
    let browser =
        launch(BrowserConfig { wall: WALL, tabs: TABS, max_page_memory: Some(PAGE_MEMORY), ..config() }).await;
    let clean = bench.url("/clean");
    let all = traps.iter().map(|(path, right)| (bench.url(path), *right));
    let all: Vec<_> = all.chain(RAW.iter().map(|(path, right)| (format!("http://{raw}{path}"), *right))).collect();
    let ended = stream::iter(&all).map(|(url, right)| ends(&browser, url, &clean, right)).buffer_unordered(TABS);
    let wrong: Vec<String> = ended.filter_map(async |wrong| wrong).collect().await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(browser.unparsed(), BTreeMap::new());
    // Who registered a service worker has it no more: the next visit begins as if there never had been one.
    let kept = visit(&browser, &bench.url("/keeper")).await.unwrap();
    assert_eq!(kept.visit.outcome, Outcome::Loaded { status: 200 });
    assert!(bench.hits().iter().filter(|hit| hit.target == "/keeper").count() >= 2, "both were asked of the server");
    browser.close().await;
}
