//! A real browser opens every page of the hand-written web, and the lab's own log must equal the truth beside the
//! sites: who was contacted, who was sent something, what was stored.

use std::collections::BTreeSet;
use std::time::Duration;

use earshot_lab::{Expected, Lab, PageTruth, Received, Sdk, SiteTruth, Web};

use crate::chromium::{Chromium, Tab};
use crate::lab;

/// Long enough for every tag that uploads by itself, the slowest recorder (Sentry, Mixpanel: 5 s) included.
const DWELL: Duration = Duration::from_secs(9);
/// Pages opened together.
const TABS: usize = 16;

/// Vendor ids that a host of the lab stands for, told by address alone.
fn vendors_at(web: &Web, received: &Received) -> Vec<String> {
    let url = format!("{}://{}{}?{}", received.scheme, received.host, received.path, received.query);
    if Sdk::has_host(&received.host) {
        let id = ["clarity", "posthog", "sentry", "openreplay", "mxpnl", "mixpanel"];
        let id = id.iter().find(|part| received.host.contains(*part)).unwrap();
        let id = match *id {
            "clarity" => "microsoft-clarity",
            "sentry" => "sentry-replay",
            "mxpnl" => "mixpanel",
            other => other,
        };
        return vec![id.to_owned()];
    }
    let host = |url: &str| url.split("://").nth(1).and_then(|rest| rest.split(['/', '?']).next()).map(str::to_owned);
    let mut found = BTreeSet::new();
    for vendor in web.vendors().iter() {
        let scripted = url.starts_with(&vendor.script);
        let called = vendor.call.iter().any(|call| host(&call.url).as_deref() == Some(&received.host));
        if scripted || (called && !url.contains("gtag/js")) {
            found.insert(vendor.id.clone());
            if scripted {
                found.extend(vendor.also.iter().cloned());
            }
        }
    }
    // Two vendors share a host only where one serves the other's script.
    found.into_iter().collect()
}

fn registrable(host: &str) -> String {
    let labels: Vec<&str> = host.rsplit('.').take(2).collect();
    labels.into_iter().rev().collect::<Vec<_>>().join(".")
}

/// The site in whose page something was sent; what a frame's own document sends counts for the page around it.
fn site_of(received: &Received) -> Option<String> {
    let from = received.headers.get("origin").or_else(|| received.headers.get("referer"))?;
    let host = from.split("://").nth(1)?.split('/').next()?;
    Some(match host {
        "embed.frame-widgets.test" => "frame.test".to_owned(),
        host => registrable(host),
    })
}

fn compare(web: &Web, truth: &SiteTruth, page: &PageTruth, received: &[Received]) -> Vec<String> {
    let mine: Vec<_> = received.iter().filter(|one| site_of(one).as_deref() == Some(&truth.domain)).collect();
    let mut wrong = Vec::new();
    let mut check = |what: &str, seen: BTreeSet<String>, expected: &BTreeSet<String>| {
        if seen != *expected {
            wrong.push(format!("{}: {what}: saw {seen:?}, truth says {expected:?}", page.url));
        }
    };
    let lab_host = |one: &&&Received| web.sites().iter().any(|site| site.host == one.host && site.third_party);
    let vendors = mine.iter().filter(|one| !lab_host(one)).flat_map(|one| vendors_at(web, one));
    check("vendors", vendors.collect(), &page.vendors);
    // Names with private addresses are hosts of the portfolio; that they are asked for is for a scanner to see.
    let private = |name: &&String| web.sites().iter().any(|site| site.host == **name && site.address.is_some());
    let unknown = page.unknown.iter().filter(|name| !private(name)).cloned().collect();
    check("unknown", mine.iter().filter(lab_host).map(|one| registrable(&one.host)).collect(), &unknown);
    let bodies = mine.iter().filter(|one| one.body_len > 0 && !lab_host(one));
    check("uploads", bodies.flat_map(|one| vendors_at(web, one)).collect(), &page.uploads);
    wrong
}

fn fits(pattern: &str, key: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == key, |prefix| key.starts_with(prefix))
}

/// Mixpanel's tabs agree by keys that are there for some ms, so that one may be met or not.
fn is_lock(key: &str) -> bool {
    key.starts_with("__mp") && [":X", ":Y", ":Z"].iter().any(|end| key.ends_with(end))
}

async fn compare_stored(chromium: &mut Chromium, tab: &Tab, truth: &SiteTruth, page: &PageTruth) -> Vec<String> {
    let mut wrong = Vec::new();
    let cookies = chromium.cookies(tab).await;
    let own = cookies.into_iter().filter(|(_, domain)| registrable(domain.trim_start_matches('.')) == truth.domain);
    let own: BTreeSet<_> = own.map(|(name, _)| name).collect();
    if own != page.cookies {
        wrong.push(format!("{}: cookies: saw {own:?}, truth says {:?}", page.url, page.cookies));
    }
    let keys = chromium.storage(tab).await;
    let known = |key: &&String| is_lock(key) || page.storage.iter().any(|pattern| fits(pattern, key));
    let extra = keys.iter().filter(|key| !known(key));
    let missing = page.storage.iter().filter(|pattern| !keys.iter().any(|key| fits(pattern, key)));
    wrong.extend(extra.map(|key| format!("{}: storage: {key} is not in the truth", page.url)));
    wrong.extend(missing.map(|pattern| format!("{}: storage: {pattern} was not written", page.url)));
    wrong
}

/// The site's page number `depth`, if a browser shows it and its truth is not that of the home page over again.
fn page_at(site: &SiteTruth, depth: usize) -> Option<&PageTruth> {
    let (home, page) = (site.pages.first()?, site.pages.get(depth)?);
    let seen = matches!(page.outcome, Expected::Loaded | Expected::Blocked);
    let other = (&page.vendors, &page.unknown, page.outcome) != (&home.vendors, &home.unknown, home.outcome);
    (seen && (depth == 0 || other)).then_some(page)
}

/// Opens pages of different sites together, waits, and compares.
async fn visit(lab: &Lab, chromium: &mut Chromium, pages: &[(&SiteTruth, &PageTruth)]) -> Vec<String> {
    lab.clear_received();
    let mut tabs = Vec::new();
    for (_, page) in pages {
        tabs.push(chromium.open(&page.url).await);
    }
    // Nothing announces that a page will send no more: the absence of an event needs time.
    tokio::time::sleep(DWELL).await;
    let received = lab.received();
    let mut wrong = Vec::new();
    for ((truth, page), tab) in pages.iter().zip(tabs) {
        wrong.extend(compare(lab.web(), truth, page, &received));
        wrong.extend(compare_stored(chromium, &tab, truth, page).await);
        chromium.close(tab).await;
    }
    wrong
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_collectors_receive_is_what_the_truth_says() {
    let lab = lab(12).await;
    let mut chromium = Chromium::start(&lab).await;
    let sites: Vec<_> = lab.web().truth().filter(|truth| !truth.hostile).cloned().collect();
    let mut wrong = Vec::new();
    // Home pages together, then the others one of a site at a time: a request names its site, not its page.
    for depth in 0..sites.iter().map(|site| site.pages.len()).max().unwrap_or(0) {
        let pages: Vec<_> = sites.iter().filter_map(|site| Some((site, page_at(site, depth)?))).collect();
        for batch in pages.chunks(TABS) {
            wrong.extend(visit(&lab, &mut chromium, batch).await);
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    chromium.quit().await;
    lab.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_transport_reaches_its_collector() {
    let lab = lab(0).await;
    let mut chromium = Chromium::start(&lab).await;
    let tab = chromium.open("https://workers.test/").await;
    let mut missing: BTreeSet<&str> = [
        "from a dedicated worker",
        "from a service worker",
        "text of a beacon",
        "{\"kind\":\"blob\"}",
        "kept alive",
        "by XMLHttpRequest",
        "text frame",
        "\u{1}\u{2}\u{3}\u{4}",
        "blob frame",
    ]
    .into();
    let arrive = async {
        while !missing.is_empty() {
            tokio::time::sleep(Duration::from_millis(50)).await;
            for one in lab.received() {
                missing.retain(|text| one.body != text.as_bytes());
            }
        }
    };
    let _ = tokio::time::timeout(Duration::from_secs(15), arrive).await;
    assert!(missing.is_empty(), "never arrived: {missing:?}");
    assert!(lab.received().iter().any(|one| one.path == "/events"));
    chromium.leave(&tab).await;
    let left = async {
        while !lab.received().iter().any(|one| one.path == "/leave") {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), left).await.expect("the beacon of leaving arrives");
    chromium.quit().await;
    lab.stop().await;
}

/// Longer than the slowest recorder waits with its first batch (OpenReplay: 30 s after the start).
const SLOWEST_RECORDER: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_real_recorder_uploads_what_it_recorded() {
    let lab = lab(0).await;
    let mut chromium = Chromium::start(&lab).await;
    let mut silent = vec![
        ("shop-clarity.test", "k.clarity.ms", "/collect"),
        ("blog-rrweb.test", "replay.recorder-demo.test", "/batch"),
        ("app-posthog.test", "us.i.posthog.com", "/s/"),
        ("app-sentry.test", "o1.ingest.sentry.io", "/api/1/envelope/"),
        ("app-mixpanel.test", "api-js.mixpanel.com", "/record/"),
        ("app-openreplay.test", "api.openreplay.com", "/ingest/v1/web/i"),
    ];
    let started = std::time::Instant::now();
    let mut tabs = Vec::new();
    for (site, ..) in &silent {
        tabs.push(chromium.open(&format!("https://{site}/")).await);
    }
    // PostHog's recorder holds its buffer until then; the others need no more than to be loaded.
    let loaded = || lab.received().iter().any(|one| one.path.ends_with("lazy-recorder.js"));
    while !loaded() && started.elapsed() < DWELL {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    while !silent.is_empty() && started.elapsed() < SLOWEST_RECORDER {
        for tab in &tabs {
            chromium.stir(tab).await;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        let received = lab.received();
        silent.retain(|(site, host, path)| {
            let recorded = |one: &&Received| one.host == *host && one.path == *path && one.decoded_len > 500;
            let found = received.iter().find(recorded);
            if let Some(one) = found {
                println!("{site}: {} bytes ({} decoded) after {:?}", one.body_len, one.decoded_len, started.elapsed());
            }
            found.is_none()
        });
    }
    assert!(silent.is_empty(), "never uploaded: {silent:?}");
    assert!(lab.refused_hosts().is_empty(), "hosts that the lab lacks: {:?}", lab.refused_hosts());
    chromium.quit().await;
    lab.stop().await;
}
