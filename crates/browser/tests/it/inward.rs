//! A page on a public address that turns to private ones, by every way that a page has: nobody there hears of it.

use std::collections::BTreeSet;

use earshot_browser::{Browser, BrowserConfig};
use earshot_egress::{Egress, EgressConfig};
use earshot_lab::{Lab, LabConfig};
use earshot_model::{GapKind, Outcome};

use crate::{
    bench::{Bench, html, redirect, script},
    chromium::{config, has_gap, visit},
};

/// Each way has an address of its own, so that the refusals tell them apart.
const PAGE: &str = r#"
    <link rel=prefetch href=http://10.0.0.1/prefetch>
    <link rel=preconnect href=http://10.0.0.2/>
    <link rel=stylesheet href=http://10.0.0.3/style>
    <img src=/redirect>
    <img src=http://10.0.0.5/image>
    <iframe src=http://10.0.0.6/frame></iframe>
    <script src=http://10.0.0.7/script></script>
    <script>
        fetch('http://10.0.0.8/fetch', { mode: 'no-cors' }).catch(() => 0);
        navigator.sendBeacon('http://10.0.0.9/beacon', 'x');
        new WebSocket('ws://10.0.0.10/socket');
        new Worker('/worker.js');
        new EventSource('http://10.0.0.12/events');
        fetch('http://localhost:8099/name', { mode: 'no-cors' }).catch(() => 0);
        fetch('http://0xa9fea9fe/metadata', { mode: 'no-cors' }).catch(() => 0);
        fetch('http://[fd00::1]/six', { mode: 'no-cors' }).catch(() => 0);
    </script>"#;
const WORKER: &str = "fetch('http://10.0.0.11/worker', { mode: 'no-cors' }).catch(() => 0)";

#[tokio::test]
async fn whatever_a_page_asks_of_private_addresses_is_refused() {
    let answers =
        [("/page", html(PAGE)), ("/redirect", redirect("http://10.0.0.4/redirected")), ("/worker.js", script(WORKER))];
    let bench = Bench::start(answers).await;
    // As an upstream the bench is every host that is admitted, and would be told of every one that is not refused.
    let egress = EgressConfig { upstream: Some(bench.proxy()), ..EgressConfig::default() };
    let browser = Browser::launch(config(), Egress::new(egress).unwrap()).await.unwrap();
    let seen = visit(&browser, "http://shop.test/page").await.unwrap();
    browser.close().await;
    assert_eq!(seen.visit.outcome, Outcome::Loaded { status: 200 });
    assert!(has_gap(&seen, GapKind::PrivateAddress));
    let refused: BTreeSet<&str> = seen.ledger.refused.iter().map(|refusal| refusal.host.as_str()).collect();
    // A preconnection speaks no HTTP, so over a proxy it does not happen.
    let tried = (1..=12).filter(|last| *last != 2).map(|last| format!("10.0.0.{last}"));
    let tried = tried.chain(["localhost", "169.254.169.254", "[fd00::1]"].map(str::to_owned));
    for host in tried {
        assert!(refused.contains(host.as_str()), "{host} was not refused: {refused:?}");
    }
    let heard: Vec<String> = bench.hits().into_iter().map(|hit| hit.target).collect();
    let ours = |target: &String| {
        ["/page", "/redirect", "/worker.js", "/favicon.ico"].iter().any(|path| target.ends_with(path))
    };
    assert!(heard.iter().all(ours), "{heard:?}");
}

/// A service worker makes requests of its own, and those of pages that it controls pass through it. Only a page that came
/// over TLS may have one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_worker_reaches_no_private_address_either() {
    const PAGE: &str = "<p>Welcome</p><script>
        navigator.serviceWorker.register('/keeper.js').then(() => navigator.serviceWorker.ready);
        navigator.serviceWorker.addEventListener('controllerchange', () => {
            fetch('/passed-on', { mode: 'no-cors' }).catch(() => 0);
        });
        </script>";
    const KEEPER: &str = "
        const ask = address => fetch(address, { mode: 'no-cors' });
        ask('https://10.0.0.1/own').catch(() => 0);
        ask('http://localhost:8099/name').catch(() => 0);
        onactivate = event => event.waitUntil(clients.claim());
        onfetch = event => {
            if (event.request.url.endsWith('/passed-on')) event.respondWith(ask('https://10.0.0.2/passed-on'));
        };";
    let made = [("keeper.test", PAGE), ("keeper.test/keeper.js", KEEPER)];
    let made = made.map(|(address, text)| (address.to_owned(), text.to_owned())).into();
    let lab = Lab::start(LabConfig { made, ..LabConfig::default() }).await.unwrap();
    let egress = EgressConfig {
        upstream: Some(lab.proxy_url().parse().unwrap()),
        dns: Some(lab.dns_addr()),
        ..EgressConfig::default()
    };
    let config = BrowserConfig { ca_spki: Some(lab.ca_spki_sha256_base64().to_owned()), ..config() };
    let browser = Browser::launch(config, Egress::new(egress).unwrap()).await.unwrap();
    let seen = visit(&browser, "https://keeper.test/").await.unwrap();
    browser.close().await;
    let received: Vec<_> = lab.received().into_iter().map(|received| received.host).collect();
    lab.stop().await;
    assert_eq!(seen.visit.outcome, Outcome::Loaded { status: 200 });
    assert!(has_gap(&seen, GapKind::PrivateAddress), "{:?}", seen.visit.gaps);
    let refused: BTreeSet<&str> = seen.ledger.refused.iter().map(|refusal| refusal.host.as_str()).collect();
    for host in ["10.0.0.1", "10.0.0.2", "localhost"] {
        assert!(refused.contains(host), "{host} was not refused: {refused:?}");
    }
    assert!(received.iter().all(|host| host == "keeper.test"), "{received:?}");
}
