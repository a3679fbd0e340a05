//! A real browser opens every page of the hand-written web, and the lab's own log must equal the truth beside the
//! sites: who was contacted, who was sent something, what was stored.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::Mutex,
    time::Duration,
};

use earshot_lab::{Expected, Lab, PageTruth, Received, Sdk, SiteTruth, Web};
use futures::future::join_all;

use crate::chromium::{Chromium, Tab};
use crate::lab;

/// Long enough for every tag that comes or uploads by itself, the slowest (a tag 6 s after loading) included.
const DWELL: Duration = Duration::from_secs(9);
/// How long a page is left alone before it is scrolled, and how long is waited for what it says when it is left.
const BEFORE_SCROLL: Duration = Duration::from_secs(3);
const FAREWELL: Duration = Duration::from_secs(1);
/// Sites whose third parties hear nothing before somebody types.
const SPOKEN_TO: [&str; 1] = ["matrix.test"];
/// Cookies in which a consent platform keeps, for the site, that nobody has chosen yet: nobody else's business.
const OF_THE_SITE: [&str; 2] = ["OptanonConsent", "tarteaucitron"];
/// Pages opened together.
const TABS: usize = 16;
/// Labs, each with a browser, that share the pages: most of the time all wait.
const LABS: usize = 3;

/// Vendor ids that a host of the lab stands for, told by address alone.
pub fn vendors_at(web: &Web, received: &Received) -> Vec<String> {
    let url = format!("{}://{}{}?{}", received.scheme, received.host, received.path, received.query);
    if let Some(held) = web.vendors().held().find(|held| url.starts_with(&held.url)) {
        // Google's tag comes from the tag manager's host.
        let manager = url.contains("/gtag/js").then(|| "google-tag-manager".to_owned());
        return held.vendor.clone().into_iter().chain(manager).collect();
    }
    if received.host == "c.bing.com" {
        return vec!["microsoft-id-sync".to_owned()];
    }
    if Sdk::has_host(&received.host) {
        let id = ["clarity", "posthog", "sentry", "openreplay", "mxpnl", "mixpanel", "datadog", "nr-data", "amplitude"];
        let id = id.iter().find(|part| received.host.contains(*part)).unwrap();
        let id = match *id {
            "clarity" => "microsoft-clarity",
            "sentry" => "sentry-replay",
            "mxpnl" => "mixpanel",
            "datadog" => "datadog-rum",
            "nr-data" => "new-relic",
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
pub fn site_of(received: &Received) -> Option<String> {
    let from = received.headers.get("origin").or_else(|| received.headers.get("referer"))?;
    let host = from.split("://").nth(1)?.split('/').next()?;
    Some(match host {
        "embed.frame-widgets.test" => "frame.test".to_owned(),
        "embed.transport-frame.test" => "transports.test".to_owned(),
        "embed.typing-frame.test" | "embed.chat-draft.test" => "typing.test".to_owned(),
        "embed.clarity-partner.test" => "clarity-frames.test".to_owned(),
        "cdn.privacy-mgmt.com" => "consent-sourcepoint.test".to_owned(),
        host => registrable(host),
    })
}

fn compare(web: &Web, truth: &SiteTruth, page: &PageTruth, received: &[Received]) -> Vec<String> {
    let own = registrable(&truth.domain);
    let mine: Vec<_> = received.iter().filter(|one| site_of(one).as_deref() == Some(&own)).collect();
    let mut wrong = Vec::new();
    let mut check = |what: &str, seen: BTreeSet<String>, expected: &BTreeSet<String>| {
        if seen != *expected {
            wrong.push(format!("{}: {what}: saw {seen:?}, truth says {expected:?}", page.url));
        }
    };
    let lab_host = |one: &&&Received| web.sites().iter().any(|site| site.host == one.host && site.third_party);
    let nobodys = |one: &&&Received| {
        let url = format!("{}://{}{}", one.scheme, one.host, one.path);
        lab_host(one) || web.vendors().held().any(|held| held.vendor.is_none() && url.starts_with(&held.url))
    };
    let vendors = mine.iter().filter(|one| !lab_host(one)).flat_map(|one| vendors_at(web, one));
    check("vendors", vendors.collect(), &page.vendors);
    // Names with private addresses are hosts of the portfolio; that they are asked for is for a scanner to see.
    let private = |name: &&String| web.sites().iter().any(|site| site.host == **name && site.address.is_some());
    let unknown = page.unknown.iter().filter(|name| !private(name)).cloned().collect();
    let strangers = mine.iter().filter(nobodys).map(|one| registrable(&one.host)).filter(|name| *name != own);
    check("unknown", strangers.collect(), &unknown);
    let bodies = mine.iter().filter(|one| one.body_len > 0 && !lab_host(one));
    // What goes to a name of the site's own is held against its truth elsewhere.
    let uploads = page.uploads.iter().filter(|vendor| !page.disguised.contains_key(*vendor)).cloned().collect();
    check("uploads", bodies.flat_map(|one| vendors_at(web, one)).collect(), &uploads);
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
    let own = cookies
        .into_iter()
        .filter(|(_, domain)| registrable(domain.trim_start_matches('.')) == registrable(&truth.domain));
    let own: BTreeSet<_> = own.map(|(name, _)| name).filter(|name| !OF_THE_SITE.contains(&name.as_str())).collect();
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
    let what = |page: &PageTruth| (page.vendors.clone(), page.unknown.clone(), page.disguised.clone(), page.outcome);
    let other = what(page) != what(home);
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
    tokio::time::sleep(BEFORE_SCROLL).await;
    for tab in &tabs {
        chromium.scroll(tab).await;
    }
    tokio::time::sleep(DWELL - BEFORE_SCROLL).await;
    let mut wrong = Vec::new();
    for ((truth, page), tab) in pages.iter().zip(&tabs) {
        wrong.extend(compare_stored(chromium, tab, truth, page).await);
        chromium.leave(tab).await;
    }
    tokio::time::sleep(FAREWELL).await;
    let received = lab.received();
    for ((truth, page), tab) in pages.iter().zip(tabs) {
        wrong.extend(compare(lab.web(), truth, page, &received));
        chromium.close(tab).await;
    }
    wrong
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_collectors_receive_is_what_the_truth_says() {
    let labs: [Lab; LABS] = [lab(12).await, lab(12).await, lab(12).await];
    let seen = |site: &&SiteTruth| !site.hostile && !SPOKEN_TO.contains(&site.domain.as_str());
    let sites: Vec<_> = labs[0].web().truth().filter(seen).collect();
    // Home pages together, then the others one of a site at a time: a request names its site, not its page.
    let mut batches = VecDeque::new();
    for depth in 0..sites.iter().map(|site| site.pages.len()).max().unwrap_or(0) {
        let pages: Vec<_> = sites.iter().filter_map(|site| Some((*site, page_at(site, depth)?))).collect();
        batches.extend(pages.chunks(TABS).map(<[_]>::to_vec));
    }
    let batches = Mutex::new(batches);
    let next = || batches.lock().unwrap().pop_front();
    let compared = labs.iter().map(async |lab| {
        let mut chromium = Chromium::start(lab).await;
        let mut wrong = Vec::new();
        while let Some(batch) = next() {
            wrong.extend(visit(lab, &mut chromium, &batch).await);
        }
        chromium.quit().await;
        wrong
    });
    let wrong = join_all(compared).await.concat();
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    join_all(labs.into_iter().map(Lab::stop)).await;
}

/// Bodies that must reach a collector from one page.
const TRANSPORTS: [(&str, &[&[u8]]); 3] = [
    (
        "https://workers.test/",
        &[
            b"from a dedicated worker",
            b"from a service worker",
            b"text of a beacon",
            b"{\"kind\":\"blob\"}",
            b"kept alive",
            b"by XMLHttpRequest",
            b"text frame",
            b"\x01\x02\x03\x04",
            b"blob frame",
        ],
    ),
    (
        "https://transports.test/",
        &[
            b"by fetch",
            b"by keepalive fetch",
            b"Blob by fetch",
            b"\x00\x9f\x92\x96",
            b"beacon of text",
            b"beacon of a Blob",
            b"frame of text",
            b"\xde\xad\xbe\xef",
            b"frame of a Blob",
            b"by a dedicated worker",
            b"by a shared worker",
            b"by a service worker",
        ],
    ),
    ("https://transports.test/contact", &[b"from a frame", b"Blob from a frame", b"sent=by+a+form"]),
];

/// How long anything may take to arrive.
const PATIENCE: Duration = Duration::from_secs(15);

/// Waits until something that the lab received is as wanted.
async fn arrives(lab: &Lab, what: &str, wanted: impl Fn(&Received) -> bool) {
    until(lab, what, || lab.received().iter().any(&wanted)).await;
}

/// Looks at each arrival whether `condition` holds by now.
pub async fn until(lab: &Lab, what: &str, condition: impl Fn() -> bool) {
    let mut arrivals = lab.arrivals();
    let hold = async {
        while !condition() {
            arrivals.changed().await.unwrap();
        }
    };
    tokio::time::timeout(PATIENCE, hold).await.unwrap_or_else(|_| panic!("{what}: not within {PATIENCE:?}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_transport_reaches_its_collector() {
    let lab = lab(0).await;
    let mut chromium = Chromium::start(&lab).await;
    for (page, bodies) in TRANSPORTS {
        let tab = chromium.open(page).await;
        for body in bodies {
            arrives(&lab, &format!("{page}: {}", String::from_utf8_lossy(body)), |one| one.body == *body).await;
        }
        chromium.leave(&tab).await;
    }
    for path in ["/leave", "/pixel.gif", "/form", "/form-multipart"] {
        arrives(&lab, path, |one| one.path == path).await;
    }
    for sink in ["stream.socket-sink.test", "ingest.transport-sink.test"] {
        arrives(&lab, sink, |one| one.host == sink && one.path == "/events").await;
    }
    let parts = |one: &Received| one.path == "/form-multipart" && one.body.ends_with(b"--\r\n");
    arrives(&lab, "the form of parts", |one| parts(one) && has(&one.body, b"by a form of parts")).await;
    chromium.quit().await;
    lab.stop().await;
}

fn has(body: &[u8], text: &[u8]) -> bool {
    body.windows(text.len()).any(|part| part == text)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_leaves_is_announced_by_every_means_and_nobody_before() {
    let lab = lab(0).await;
    let mut chromium = Chromium::start(&lab).await;
    let tab = chromium.open("https://unload.test/").await;
    chromium.loaded(&tab).await;
    assert!(lab.received().is_empty(), "{:?}", lab.received());
    chromium.leave(&tab).await;
    for path in ["/beacon-text", "/beacon-blob", "/keepalive", "/pixel.gif", "/hidden"] {
        arrives(&lab, path, |one| one.host == "collect.farewell-sink.test" && one.path == path).await;
    }
    chromium.quit().await;
    lab.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wary_page_notices_nothing_in_a_browser_that_nobody_touched() {
    let lab = lab(0).await;
    let mut chromium = Chromium::start(&lab).await;
    chromium.open("https://wary.test/").await;
    chromium.open("https://wary.test/thorough").await;
    let reports = || lab.received_by_sites("wary.test").into_iter().filter(|one| one.path == "/report");
    until(&lab, "both pages and the worker report", || reports().count() >= 3).await;
    let told: BTreeSet<String> = reports().map(|one| one.query).collect();
    let nothing = ["in=thorough&noticed=", "in=worker&noticed=", "noticed="];
    assert_eq!(told, nothing.map(str::to_owned).into());
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
    arrives(&lab, "PostHog's recorder", |one| one.path.ends_with("lazy-recorder.js")).await;
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
