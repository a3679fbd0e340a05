//! Somebody types into the lab's pages, and the lab's own log says who heard it.

use std::collections::BTreeSet;
use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use earshot_lab::{Lab, PageTruth, Received};
use sha2::{Digest as _, Sha256};

use crate::browser::until;
use crate::chromium::{Chromium, Tab};
use crate::lab;

/// What is typed; a name and an address that nobody has.
const NAME: &str = "Maribel Okonkwo";
const MAIL: &str = "maribel.okonkwo@example.com";

/// What parties received, but for preflights.
fn sent(lab: &Lab) -> Vec<Received> {
    lab.received().into_iter().filter(|one| one.method != "OPTIONS").collect()
}

/// Opens a page and types into the fields that its truth names.
async fn fill(chromium: &mut Chromium, page: &PageTruth) -> Tab {
    let tab = chromium.open(&page.url).await;
    chromium.loaded(&tab).await;
    let fields: BTreeSet<&String> = page.keystrokes.values().flat_map(|fields| fields.keys()).collect();
    for field in fields {
        let text = if field == "email" { MAIL } else { NAME };
        chromium.type_into(&tab, &format!("[name={field}]"), text).await;
    }
    tab
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_shape_goes_over_every_transport() {
    let lab = lab(0).await;
    let mut chromium = Chromium::start(&lab).await;
    let truth = lab.web().truth_of("matrix.test").unwrap().clone();
    let mut plain = Vec::new();
    for page in truth.pages.iter().filter(|page| !page.keystrokes.is_empty()) {
        lab.clear_received();
        let tab = fill(&mut chromium, page).await;
        let sinks: BTreeSet<&String> = page.keystrokes.keys().collect();
        // While it is typed, each key gives a message, or more.
        let least = if page.path.starts_with("/typing") { NAME.len() } else { 1 };
        let heard = |sink: &String| sent(&lab).iter().filter(|one| one.host == *sink && is_there(one)).count();
        until(&lab, &page.url, || sinks.iter().all(|sink| heard(sink) >= least)).await;
        let received = sent(&lab);
        match page.path.as_str() {
            "/plain" => plain = received,
            "/gzip" => assert!(gunzipped(body(&received, "sink-fetch.test")).contains(MAIL)),
            "/sha256" => assert_eq!(body(&received, "sink-xhr.test"), hex(&Sha256::digest(MAIL)).as_bytes()),
            _ => {}
        }
        chromium.close(tab).await;
    }
    let text: Vec<_> = plain.iter().map(|one| (one.host.as_str(), is_told(one))).collect();
    assert_eq!(text.iter().filter(|(_, told)| *told).count(), 13, "each transport carries it: {text:?}");
    assert!(lab.refused_hosts().is_empty(), "{:?}", lab.refused_hosts());
    chromium.quit().await;
    lab.stop().await;
}

/// Types the same into every field of a page that takes text.
async fn fill_all(chromium: &mut Chromium, url: &str) -> Tab {
    let tab = chromium.open(url).await;
    chromium.loaded(&tab).await;
    for (selector, text) in [("[name=name]", NAME), ("[name=email]", MAIL), ("textarea[name=message]", NAME)] {
        let there = format!("document.querySelector({selector:?}) !== null");
        if chromium.evaluate(&tab, &there).await == true {
            chromium.type_into(&tab, selector, text).await;
        }
    }
    tab
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_sent_what_is_typed_where_the_truth_says_so() {
    let lab = lab(0).await;
    let mut chromium = Chromium::start(&lab).await;
    for page in ["look-alikes", "never-typed", "listens", "reads", "counts", "grows", "steady", "validate"] {
        let tab = fill_all(&mut chromium, &format!("https://quiet-keys.test/{page}")).await;
        chromium.leave(&tab).await;
    }
    // What is sent by the last of them follows what the others sent.
    until(&lab, "the site's own check", || checks(&lab).iter().any(|body| body.contains(MAIL))).await;
    let told = sent(&lab);
    for part in ["look-alikes", "never-typed", "counts", "grows", "steady"] {
        assert!(told.iter().any(|one| one.path == format!("/{part}")), "{part} sends something");
    }
    for one in told.iter().filter(|one| one.host == "watch.quiet-ear.test") {
        let text = String::from_utf8_lossy(&one.body).into_owned() + &one.query;
        for typed in [NAME, MAIL, &hex(&Sha256::digest(MAIL)), &hex(&Sha256::digest(NAME))] {
            assert!(!text.contains(typed), "{} {} holds {typed}", one.host, one.path);
        }
    }
    let lengths: Vec<u64> = told.iter().filter(|one| one.path == "/grows").map(|one| one.body_len).collect();
    assert!(lengths.last() >= lengths.first().map(|first| first + NAME.len() as u64).as_ref(), "{lengths:?}");
    chromium.quit().await;
    lab.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pixels_are_sent_digests_and_a_chat_what_is_not_sent_yet() {
    let lab = lab(0).await;
    let mut chromium = Chromium::start(&lab).await;
    let tab = fill_all(&mut chromium, "https://advanced-matching.test/contact").await;
    let digest = Sha256::digest(MAIL);
    let url = URL_SAFE_NO_PAD.encode(digest);
    for (host, sent) in [
        ("www.facebook.com", format!("udff%5Bem%5D={}", hex(&digest))),
        ("analytics.tiktok.com", format!("\"email\":\"{}\"", hex(&digest))),
        ("googleads.g.doubleclick.net", format!("em=tv.1~em.{url}")),
    ] {
        let holds = |one: &Received| one.query.contains(&sent) || String::from_utf8_lossy(&one.body).contains(&sent);
        until(&lab, host, || lab.received().iter().any(|one| one.host == host && holds(one))).await;
    }
    chromium.close(tab).await;
    let tab = chromium.open("https://sneak-peek.test/help").await;
    chromium.loaded(&tab).await;
    chromium.evaluate(&tab, "document.querySelector('[aria-controls=livechat]').click()").await;
    let open = |one: &Received| one.host == "api.livechatinc.com" && one.query == "organization_id=lab";
    until(&lab, "the chat's socket", || lab.received().iter().any(open)).await;
    // The page knows that its socket is open a little after the lab does: what is typed before is not peeked at.
    chromium.type_into(&tab, "[name=composer]", &format!("{NAME} {NAME} {NAME}")).await;
    let peeked = |one: &Received| String::from_utf8_lossy(&one.body).contains(&format!("\"{NAME} {NAME} {NAME}\""));
    until(&lab, "the chat's agent reads along", || lab.received().iter().any(peeked)).await;
    chromium.quit().await;
    lab.stop().await;
}

/// What `quiet-keys.test` sent to itself.
fn checks(lab: &Lab) -> Vec<String> {
    let to_itself = lab.received_by_sites("quiet-keys.test").into_iter().filter(|one| one.path == "/check");
    to_itself.map(|one| String::from_utf8_lossy(&one.body).into_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_with_fields_tells_what_was_pressed() {
    let lab = lab(0).await;
    let mut chromium = Chromium::start(&lab).await;
    let tab = fill_all(&mut chromium, "https://typing.test/fields").await;
    let counts = || lab.received_by_sites("typing.test").into_iter().filter(|one| one.path == "/count");
    let nothing = "page=fields&submit=0&enter=0&banner=0&send=0&buy=0";
    until(&lab, "the fields are told", || counts().filter(|one| one.query == nothing).count() >= 3).await;
    let body = counts().last().unwrap().body;
    let told: serde_json::Value = serde_json::from_slice(&body).unwrap();
    for event in ["keydown", "keypress", "input", "keyup"] {
        assert_eq!(told["email"][event], MAIL.len(), "{event}: {told}");
    }
    assert_eq!((&told["email"]["change"], &told["email"]["focusout"]), (&1.into(), &1.into()), "{told}");
    chromium.evaluate(&tab, "document.querySelector('button').click()").await;
    until(&lab, "a press is told", || counts().any(|one| one.query.contains("submit=1"))).await;
    chromium.quit().await;
    lab.stop().await;
}

/// Whether a request is the one that carries something: a frame's document and a handshake are not.
fn is_there(one: &Received) -> bool {
    match one.host.as_str() {
        "sink-frame.test" | "sink-socket.test" | "sink-worker.test" => one.body_len > 0,
        _ => true,
    }
}

/// Whether it holds the address, as text.
fn is_told(one: &Received) -> bool {
    let quoted = MAIL.replace('@', "%40");
    let has = |part: &str| part.contains(MAIL) || part.contains(&quoted);
    one.headers.get("x-matrix").is_some_and(|value| has(value))
        || has(&one.path)
        || has(&one.query)
        || has(&String::from_utf8_lossy(&one.body))
}

fn body<'a>(received: &'a [Received], host: &str) -> &'a [u8] {
    received.iter().find(|one| one.host == host).map(|one| &*one.body).unwrap()
}

fn gunzipped(body: &[u8]) -> String {
    let mut text = String::new();
    flate2::read::GzDecoder::new(body).read_to_string(&mut text).unwrap();
    text
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
