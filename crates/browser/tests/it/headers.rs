//! What is said beside a request, as it went over the wire.

use earshot_browser::Seen;
use earshot_egress::{Egress, EgressConfig};
use earshot_model::{Fact, Transport, Witness};

use crate::{
    bench::{Bench, html, redirect, request, requests},
    chromium::{config, has_gap, see, visit},
};

/// Headers that concern one connection only: our own door ends them, the browser tells them.
const OF_A_CONNECTION: &[&str] = &["connection", "proxy-connection", "keep-alive", "host"];

/// Planted as the value of a cookie.
const SECRET: &str = "s3cr3t-pl4nted-v4lue";

#[tokio::test]
async fn headers_are_those_that_the_server_received() {
    let page = r#"<script>
      document.cookie = 'id=SECRET';
      fetch('/log/upload', {method: 'POST', body: 'x', headers: {accept: 'application/x-clarity-gzip', 'x-custom': '1'}});
      fetch(`http://localhost:${location.port}/log/cross`, {method: 'POST', body: '{}',
        headers: {'content-type': 'application/json', accept: 'application/x-clarity-gzip'}});
      new Image().src = '/hop.png';
      new WebSocket(`ws://${location.host}/ws`);
    </script>"#;
    let page = html(page.replace("SECRET", SECRET));
    let bench = Bench::start([("/page", page), ("/hop.png", redirect("/log/pixel"))]).await;
    let seen = see(&bench.url("/page")).await;
    assert_eq!(request(&seen, "/log/upload").header("accept"), Some("application/x-clarity-gzip"));
    let mut compared = 0;
    for hit in bench.hits().iter().filter(|hit| hit.method != "OPTIONS" && !hit.target.ends_with("favicon.ico")) {
        let request = request(&seen, &hit.target);
        for (name, value) in &hit.headers {
            if OF_A_CONNECTION.contains(&name.as_str()) {
                continue;
            }
            let told = request.headers.iter().find(|header| header.name == name.as_str());
            let told = told.unwrap_or_else(|| panic!("{}: {name} is missing: {:#?}", hit.target, request.headers));
            let expected = (name != "cookie").then(|| value.to_str().unwrap());
            assert_eq!(told.value.as_deref(), expected, "{}: {name}", hit.target);
            compared += 1;
        }
    }
    assert!(compared > 30, "{compared}");
    assert!(bench.logged()["/log/upload"].headers.contains_key("cookie"));
    assert!(!format!("{:?}", seen.visit).contains(SECRET));
    let socket = requests(&seen).find(|(_, request)| request.transport == Transport::WebSocket).unwrap().1;
    assert!(socket.header("sec-websocket-key").is_some(), "{:?}", socket.headers);
}

#[tokio::test]
async fn a_preflight_belongs_to_the_request_that_it_asks_for() {
    let page = "<script>fetch(`http://localhost:${location.port}/log/cross`, {method: 'PUT', body: 'x'})</script>";
    let bench = Bench::start([("/page", html(page))]).await;
    let seen = see(&bench.url("/page")).await;
    let events: Vec<_> = seen.visit.events.iter().collect();
    let asked = |event: &&&earshot_model::Event, preflight: bool| matches!(&event.fact, Fact::Request(r) if r.url.ends_with("/log/cross") && r.is_preflight() == preflight);
    let real = events.iter().find(|event| asked(event, false)).unwrap();
    let preflight = events.iter().find(|event| asked(event, true)).unwrap();
    let Fact::Request(request) = &preflight.fact else { panic!("{preflight:?}") };
    assert_eq!(request.initiator.request, Some(real.seq), "{request:?}");
}

/// Three redirects over three hosts, and one within the browser: `google-analytics.com` is on Chromium's HSTS list.
#[tokio::test]
async fn every_hop_of_a_redirect_is_a_request_with_its_initiator() {
    let bench = Bench::start([
        ("/page", html("<script>function tag() { new Image().src = 'http://one.test/hop1' }\ntag()</script>")),
        ("/hop1", redirect("http://two.test/hop2")),
        ("/hop2", redirect("http://www.google-analytics.com/hop3")),
    ])
    .await;
    let egress = EgressConfig { upstream: Some(bench.proxy()), ..EgressConfig::default() };
    let browser = earshot_browser::Browser::launch(config(), Egress::new(egress).unwrap()).await.unwrap();
    let seen = visit(&browser, "http://shop.test/page").await.unwrap();
    browser.close().await;
    let hops: Vec<_> = requests(&seen).filter(|(_, request)| request.url.contains("/hop")).collect();
    let urls: Vec<_> = hops.iter().map(|(_, request)| request.url.as_str()).collect();
    let expected = [
        "http://one.test/hop1",
        "http://two.test/hop2",
        "http://www.google-analytics.com/hop3",
        "https://www.google-analytics.com/hop3",
    ];
    assert_eq!(urls, expected);
    for pair in hops.windows(2) {
        assert_eq!(pair[1].1.redirect_of, Some(pair[0].0.seq));
    }
    for (_, hop) in &hops {
        assert_eq!((hop.transport, hop.initiator.kind.as_str()), (Transport::Image, "script"), "{}", hop.url);
        assert_eq!(hop.initiator.stack[0].function, "tag", "{}", hop.url);
    }
    let hosts: Vec<_> = hops[..2].iter().map(|(_, hop)| hop.header("host").unwrap_or_default()).collect();
    assert_eq!(hosts, ["one.test", "two.test"]);
    assert_eq!(ends(&seen, hops[0].0.seq), ["302"]);
    assert_eq!(ends(&seen, hops[2].0.seq), ["307"]);
    assert_eq!(ends(&seen, hops[3].0.seq), ["net::ERR_TUNNEL_CONNECTION_FAILED"]);
    assert!(!has_gap(&seen, earshot_model::GapKind::UnobservedUpload), "{:?}", seen.visit.gaps);
}

#[tokio::test]
async fn each_event_says_who_saw_it() {
    let page = "<script>
      fetch('/log/now');
      addEventListener('pagehide', () => navigator.sendBeacon('/log/bye', 'bye'));
    </script>";
    let bench = Bench::start([("/page", html(page).header("set-cookie", "a=1"))]).await;
    let seen = see(&bench.url("/page")).await;
    let by = |target: &str| requests(&seen).find(|(_, r)| r.url.ends_with(target)).unwrap().0.seen_by;
    assert!(by("/log/now").contains(Witness::Browser));
    assert!(!by("/log/now").contains(Witness::Interception));
    assert!(by("/log/bye").contains(Witness::Interception));
    assert_eq!(request(&seen, "/log/bye").header("referer"), Some(bench.url("/page").as_str()));
    assert!(seen.visit.events.iter().all(|event| event.seen_by.iter().count() > 0));
}

/// Status or error by which a request ended.
fn ends(seen: &Seen, seq: u32) -> Vec<String> {
    let end = |fact: &Fact| match fact {
        Fact::Response(answer) if answer.request == seq => Some(answer.status.to_string()),
        Fact::Failed { request, error } if *request == seq => Some(error.clone()),
        _ => None,
    };
    seen.visit.events.iter().filter_map(|event| end(&event.fact)).collect()
}

#[tokio::test]
async fn what_a_preflight_was_not_granted_for_never_left() {
    let send = "fetch(`http://localhost:${location.port}/closed`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })
        .catch(() => fetch('/log/refused', { method: 'POST' }))";
    let bench =
        Bench::start([("/page", html(format!("<!doctype html><script>{send}</script>"))), ("/closed", html(""))]).await;
    let seen = see(&bench.url("/page")).await;
    request(&seen, "/log/refused");
    let hits: Vec<_> = bench.hits().into_iter().filter(|hit| hit.target == "/closed").map(|hit| hit.method).collect();
    assert_eq!(hits, ["OPTIONS"]);
    let (event, _) = requests(&seen).find(|(_, request)| request.url.ends_with("/closed")).unwrap();
    let failed = seen.visit.events.iter().find_map(|other| match &other.fact {
        Fact::Failed { request, error } if *request == event.seq => Some(error.as_str()),
        _ => None,
    });
    assert_eq!(failed, Some(Fact::PREFLIGHT_REFUSED));
}
