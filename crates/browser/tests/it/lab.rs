use std::collections::BTreeMap;

use earshot_browser::{Browser, BrowserConfig, Seen, Typing};
use earshot_egress::{Egress, EgressConfig};
use earshot_lab::{Lab, LabConfig, Received, Via};
use earshot_model::{Fact, GapKind, Outcome, Request, Witness};

use crate::{
    bench::requests,
    chromium::{alone, config, has_gap, visit},
    typing::{entries, fast, untyped},
};

/// Real SDKs, workers, sockets, redirects and hostile pages, over TLS: what the hosts of the lab received is what the
/// visits saw, with the same bytes, and every message of the browser was understood.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_labs_hosts_received_was_seen() {
    alone();
    let lab = Lab::start(LabConfig::default()).await.unwrap();
    let browser = browser_in(&lab).await;
    let domains: Vec<String> = lab.web().truth().map(|site| site.domain.clone()).collect();
    assert!(!domains.is_empty());
    let visits = domains.iter().map(|domain| see(&browser, domain));
    let visits: Vec<Seen> = futures::future::join_all(visits).await;
    assert_eq!(browser.unparsed(), BTreeMap::new());
    browser.close().await;

    // What went to hosts of which the browser told nothing would be an upload that we missed.
    let unobserved: Vec<_> = visits
        .iter()
        .zip(lab.web().truth())
        .filter(|(_, site)| !site.hostile)
        .flat_map(|(seen, site)| seen.visit.gaps.iter().map(move |gap| (&site.domain, gap)))
        .filter(|(_, gap)| gap.kind == GapKind::UnobservedUpload)
        .collect();
    assert!(unobserved.is_empty(), "{unobserved:#?}");

    let received = lab.received();
    assert!(received.len() > domains.len(), "{}", received.len());
    let missed: Vec<_> = received
        .iter()
        .filter(|received| received.method != "OPTIONS" && !visits.iter().any(|seen| saw(seen, received)))
        .map(|received| (received.via, &received.method, &received.host, &received.path, received.body_len))
        .collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

/// A browser whose web is the lab.
async fn browser_in(lab: &Lab) -> Browser {
    browser_with(lab, None).await
}

async fn browser_with(lab: &Lab, typing: Option<Typing>) -> Browser {
    browser_through(lab, BrowserConfig { typing, ..config() }).await
}

/// A browser with that configuration whose web is the lab.
pub async fn browser_through(lab: &Lab, config: BrowserConfig) -> Browser {
    let egress = EgressConfig {
        upstream: Some(lab.proxy_url().parse().unwrap()),
        dns: Some(lab.dns_addr()),
        allow_private: true,
    };
    let config = BrowserConfig { ca_spki: Some(lab.ca_spki_sha256_base64().to_owned()), ..config };
    Browser::launch(config, Egress::new(egress).unwrap()).await.unwrap()
}

/// Sites whose pages ask third parties for a few things, so that these do not wait for each other in the browser.
const PUNCTUAL: &[&str] = &[
    "app-mixpanel.test",
    "app-openreplay.test",
    "app-posthog.test",
    "app-sentry.test",
    "blog-rrweb.test",
    "forms.test",
    "frame.test",
    "listeners.test",
    "proxied.test",
    "scroll.test",
    "segment.test",
    "tealium.test",
];

/// How far first contacts may be off the server's own clock, at the median.
const MEDIAN_MS: f64 = 20.0;

/// One at a time, since a page that waits for the processor is late at the server for another reason.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn first_contacts_are_dated_as_the_server_dates_them() {
    alone();
    let lab = Lab::start(LabConfig::default()).await.unwrap();
    let browser = browser_in(&lab).await;
    let mut off = Vec::new();
    for domain in PUNCTUAL {
        lab.clear_received();
        let seen = see(&browser, domain).await;
        let started_ms = seen.visit.started_at.as_microsecond() as f64 / 1_000.0;
        for received in lab.received().iter().filter(|it| it.via == Via::Http) {
            // Those that were asked for once: which of several arrived when, nobody can say.
            let asked: Vec<_> = requests(&seen).filter(|(_, request)| is_of(request, received)).collect();
            if let [(event, _)] = asked[..] {
                off.push((started_ms + event.at_ms.unwrap() - received.time_ms as f64).abs());
            }
        }
    }
    browser.close().await;
    lab.stop().await;
    off.sort_by(f64::total_cmp);
    assert!(off.len() >= 20, "{off:?}");
    assert!(off[off.len() / 2] <= MEDIAN_MS, "{off:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cloaked_host_is_told_with_its_chain() {
    let lab = Lab::start(LabConfig::default()).await.unwrap();
    let browser = browser_in(&lab).await;
    let seen = see(&browser, "cloaked.test").await;
    browser.close().await;
    lab.stop().await;
    let aliases: Vec<_> = seen
        .visit
        .events
        .iter()
        .filter_map(|event| match &event.fact {
            Fact::Alias(alias) => Some((event, alias)),
            _ => None,
        })
        .collect();
    let metrics = aliases.iter().find(|(_, alias)| alias.host == "metrics.cloaked.test").unwrap();
    assert_eq!(metrics.1.chain, ["cloakedtest.sc.omtrdc.net", "labcorp.sc.omtrdc.net"]);
    assert!(metrics.0.seen_by.contains(Witness::Dns) && metrics.0.at_ms.is_none());
    assert!(!aliases.iter().any(|(_, alias)| alias.host == "cloaked.test"), "{aliases:?}");
    assert!(!has_gap(&seen, GapKind::AliasUnknown), "{:?}", seen.visit.gaps);
}

/// What is typed into and chosen on each page of the lab's site with every kind of field.
const TYPED: &[(&str, usize, usize)] = &[
    ("/fields", 10, 0),
    ("/choices", 1, 2),
    ("/shadow", 2, 0),
    ("/frames", 2, 0),
    ("/booking", 2, 0),
    ("/editable", 3, 0),
    ("/chat", 1, 0),
    ("/draft", 1, 0),
    ("/banner", 2, 0),
    ("/inner", 1, 0),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_fields_of_the_lab_are_typed_into_and_nothing_is_pressed() {
    let lab = Lab::start(LabConfig::default()).await.unwrap();
    let browser = browser_with(&lab, Some(fast())).await;
    let urls: Vec<String> = TYPED.iter().map(|(path, ..)| format!("https://typing.test{path}")).collect();
    let visits = futures::future::join_all(urls.iter().map(|url| visit(&browser, url))).await;
    browser.close().await;
    let asked = lab.received_by_sites("typing.test");
    lab.stop().await;
    for (seen, (path, typed, chosen)) in visits.into_iter().zip(TYPED) {
        let seen = seen.unwrap();
        let entries = entries(&seen);
        let texts = entries.iter().filter(|(_, entry)| entry.kind.is_typed()).count();
        assert_eq!((texts, entries.len() - texts), (*typed, *chosen), "{path}: {entries:?} {:?}", untyped(&seen));
        assert!(entries.iter().all(|(_, entry)| entry.kept && entry.blurred_ms.is_some()), "{path}: {entries:?}");
    }
    let counts: Vec<_> = asked.iter().filter(|asked| asked.path == "/count").map(|asked| &asked.query).collect();
    assert!(counts.len() > 20, "only {} fields were left", counts.len());
    let pressed: Vec<_> =
        counts.iter().filter(|query| !query.ends_with("submit=0&enter=0&banner=0&send=0&buy=0")).collect();
    assert!(pressed.is_empty(), "{pressed:?}");
}

/// A site that does not speak TLS is asked without it, as the crawler does.
async fn see(browser: &Browser, domain: &str) -> Seen {
    let seen = visit(browser, &format!("https://{domain}/")).await.unwrap();
    if !matches!(seen.visit.outcome, Outcome::Unreachable { .. }) {
        return seen;
    }
    visit(browser, &format!("http://{domain}/")).await.unwrap()
}

fn saw(seen: &Seen, received: &Received) -> bool {
    let told = |excerpt: &[u8]| excerpt == received.body.as_ref();
    if received.via == Via::SocketFrame {
        // Frames sent from a Blob are a gap, since the browser does not tell their bytes.
        return has_gap(seen, GapKind::BodyUnread)
            || seen
                .visit
                .events
                .iter()
                .any(|event| matches!(&event.fact, Fact::SocketFrame(f) if told(&f.body.excerpt)));
    }
    requests(seen).any(|(_, request)| {
        let body = request.body.as_ref().map(|body| body.excerpt.as_slice()).unwrap_or_default();
        is_of(request, received) && told(body)
    })
}

/// Whether a request has the address and method of what was received. A socket's handshake is received as plain HTTP.
fn is_of(request: &Request, received: &Received) -> bool {
    let query = if received.query.is_empty() { String::new() } else { format!("?{}", received.query) };
    let url = format!("{}://{}{}{query}", received.scheme, received.host, received.path);
    let asked = request.url.strip_prefix("ws").map_or_else(|| request.url.clone(), |rest| format!("http{rest}"));
    asked == url && request.method == received.method
}
