use crate::{
    bench::{Bench, html, request},
    chromium::see,
};

#[tokio::test]
async fn what_a_page_sends_on_leaving_is_seen_and_sent() {
    let bench = Bench::start([("/page", html(PAGE)), ("/frame", html(FRAME))]).await;
    let seen = see(&bench.url("/page")).await;
    let names = ["pagehide", "pagehide-blob", "hidden", "keepalive", "frame"];
    bench.assert_seen(&seen, &names);
    for name in names {
        assert!(request(&seen, &format!("/log/{name}")).on_leave, "{name}");
    }
    assert!(!request(&seen, "/log/early").on_leave);
    assert!(seen.visit.gaps.is_empty(), "{:?}", seen.visit.gaps);
}

const PAGE: &str = r#"<iframe src=/frame></iframe><script>
  navigator.sendBeacon('/log/early', 'early');
  addEventListener('pagehide', () => {
    navigator.sendBeacon('/log/pagehide', 'bye');
    navigator.sendBeacon('/log/pagehide-blob', new Blob([new Uint8Array([31, 139, 0, 255])]));
    fetch('/log/keepalive', {method: 'POST', keepalive: true, body: 'kept'});
  });
  document.addEventListener('visibilitychange', () => navigator.sendBeacon('/log/hidden', document.visibilityState));
</script>"#;

const FRAME: &str =
    r#"<script>addEventListener('pagehide', () => navigator.sendBeacon('/log/frame', 'frame'))</script>"#;
