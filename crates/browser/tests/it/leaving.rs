use std::collections::BTreeMap;

use earshot_browser::BrowserConfig;
use earshot_model::{GapKind, Witness};

use crate::{
    bench::{Bench, html, redirect, request, requests},
    chromium::{config, has_gap, launch, see, visit},
};

#[tokio::test]
async fn what_a_page_sends_on_leaving_is_seen_and_sent() {
    let hop = redirect("/log/landed");
    let bench = Bench::start([("/page", html(PAGE)), ("/frame", html(FRAME)), ("/hop", hop)]).await;
    let seen = see(&bench.url("/page")).await;
    let names =
        ["landed", "pagehide", "pagehide-blob", "pagehide-buffer", "hidden", "keepalive", "frame", "pixel?bye=1"];
    bench.assert_seen(&seen, &names);
    for name in names {
        let address = bench.url(&format!("/log/{name}"));
        let (event, request) = requests(&seen).find(|(_, request)| request.url == address).unwrap();
        assert!(request.on_leave, "{name}");
        let from = bench.url(if name == "frame" { "/frame" } else { "/page" });
        assert_eq!(event.frame, from, "{name}");
    }
    assert!(!request(&seen, "/log/early").on_leave);
    let (hop, _) = requests(&seen).find(|(_, request)| request.url.ends_with("/hop")).unwrap();
    assert_eq!(request(&seen, "/log/landed").redirect_of, Some(hop.seq));
    assert!(seen.visit.gaps.is_empty(), "{:?}", seen.visit.gaps);
}

/// A frame of another site: in the page's process it is heard, in one of its own it is known not to be.
#[tokio::test]
async fn what_a_foreign_frame_sends_on_leaving_is_seen_or_missed() {
    let page = "<script>
      const cross = document.createElement('iframe');
      cross.src = `http://localhost:${location.port}/frame`;
      document.documentElement.append(cross);
    </script>";
    for site_isolation in [false, true] {
        let large = FRAME.replace("'frame')", "'frame'.repeat(10000))");
        let bench = Bench::start([("/page", html(page)), ("/frame", html(large))]).await;
        let browser = launch(BrowserConfig { site_isolation, ..config() }).await;
        let seen = visit(&browser, &bench.url("/page")).await.unwrap();
        assert_eq!(browser.unparsed(), BTreeMap::new());
        browser.close().await;
        assert_eq!(has_gap(&seen, GapKind::LeaveUnseen), site_isolation, "{:?}", seen.visit.gaps);
        // What nobody told of, the egress door counted.
        assert_eq!(bench.logged()["/log/frame"].body.len(), 50_000);
        assert_eq!(has_gap(&seen, GapKind::UnobservedUpload), site_isolation, "{:?}", seen.visit.gaps);
        if !site_isolation {
            bench.assert_seen(&seen, &["frame"]);
            let (event, request) = requests(&seen).find(|(_, request)| request.url.ends_with("/log/frame")).unwrap();
            assert!(request.on_leave && event.seen_by.contains(Witness::Interception), "{event:?}");
        }
    }
}

const PAGE: &str = r#"<iframe src=/frame></iframe><script>
  navigator.sendBeacon('/log/early', 'early');
  addEventListener('pagehide', () => {
    navigator.sendBeacon('/log/pagehide', 'bye');
    navigator.sendBeacon('/hop', 'bye');
    navigator.sendBeacon('/log/pagehide-blob', new Blob([new Uint8Array([31, 139, 0, 255])]));
    navigator.sendBeacon('/log/pagehide-buffer', new Uint8Array([0, 1, 254]).buffer);
    new Image().src = '/log/pixel?bye=1';
    fetch('/log/keepalive', {method: 'POST', keepalive: true, body: 'kept'});
  });
  document.addEventListener('visibilitychange', () => navigator.sendBeacon('/log/hidden', document.visibilityState));
</script>"#;

const FRAME: &str =
    r#"<script>addEventListener('pagehide', () => navigator.sendBeacon('/log/frame', 'frame'))</script>"#;
