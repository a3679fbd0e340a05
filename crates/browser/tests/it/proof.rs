//! What a visit brings home besides events: pictures, and who answered.

use earshot_browser::BrowserConfig;
use earshot_lab::{Lab, LabConfig};
use earshot_model::PictureKind;

use crate::{
    bench::{Bench, html},
    chromium::{config, launch, see, task},
    lab::browser_through,
};

#[tokio::test]
async fn a_banner_has_a_picture_of_its_own_and_the_server_a_name() {
    let banner = "<div style='position:fixed;left:0;right:0;bottom:0;height:120px;background:#eee'>We use cookies.
        <button>Accept all</button> <button>Reject all</button></div>";
    let bench = Bench::start([("/page", html(format!("<!doctype html><body><h1>A shop</h1>{banner}")))]).await;
    let seen = see(&bench.url("/page")).await;
    let kinds: Vec<_> = seen.shots.iter().map(|shot| shot.kind).collect();
    assert_eq!(kinds, [PictureKind::Banner, PictureKind::End]);
    assert!(seen.shots[0].at_ms < seen.shots[1].at_ms);
    for shot in &seen.shots {
        assert!(shot.jpeg.starts_with(&[0xff, 0xd8]) && shot.jpeg.len() > 1_000, "{:?}", shot.kind);
    }
    let served = &seen.visit.served;
    assert_eq!(served.address.as_deref(), bench.url("").strip_prefix("http://").map(|url| url.trim_end_matches('/')));
    assert_eq!(served.certificate, None, "http has none");
    assert_eq!(seen.visit.identity.egress, "direct");
}

#[tokio::test]
async fn a_document_of_ours_is_printed_without_any_network() {
    let bench = Bench::start([]).await;
    let browser = launch(config()).await;
    let html = format!(
        "<!doctype html><title>A report</title><h1>A report</h1><img src='{}'><p style='break-before:page'>Its second page",
        bench.url("/log/picture")
    );
    let pdf = browser.pdf(&html).await.unwrap();
    browser.close().await;
    assert!(pdf.starts_with(b"%PDF-") && pdf.len() > 1_000);
    let text = String::from_utf8_lossy(&pdf);
    assert!(text.contains("/Count 2"), "two pages");
    assert!(bench.hits().is_empty(), "{:?}", bench.hits());
}

#[tokio::test]
async fn who_answers_over_tls_is_told_by_the_certificate() {
    let lab = Lab::start(LabConfig::default()).await.unwrap();
    let browser = browser_through(&lab, BrowserConfig { screenshot: false, ..config() }).await;
    let seen = browser.visit(&task("https://clean.test/")).await.unwrap();
    browser.close().await;
    assert!(seen.shots.is_empty());
    let certificate = seen.visit.served.certificate.unwrap();
    assert!(certificate.protocol.starts_with("TLS 1."), "{certificate:?}");
    assert!(certificate.sha256.len() == 64 && certificate.sha256.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert!(certificate.valid_from < seen.visit.started_at && seen.visit.started_at < certificate.valid_until);
    assert_eq!(seen.visit.served.address, None, "the proxy connects");
    assert!(seen.visit.identity.egress.starts_with("proxy 127.0.0.1:"), "{}", seen.visit.identity.egress);
}
