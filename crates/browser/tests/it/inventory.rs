//! What is found at the end of the dwell, and what scrolling brings.

use earshot_browser::Seen;
use earshot_model::{Fact, GapKind, MarkKind, StorageArea, Witness};

use crate::{
    bench::{Bench, html, script},
    chromium::{has_gap, see},
};

const PAGE: &str = r#"<head>
<meta name="Generator" content="WordPress 6.5">
<script id="gtm-snippet">
  // loads https://www.googletagmanager.com/gtm.js and //cdn.shop.example/x.js
  var dataLayer = [];
  function gtag() {}
  window.google_tag_manager = {'GTM-ABC123': {}, 'G-XYZ789': {}, 'AW-1-x': {}, dataLayer: {}};
  window.utag = {data: {'ut.account': 'acme', 'ut.profile': 'main'}};
  window._satellite = {property: {name: 'Acme Web', id: 'PR1'}, buildInfo: {buildDate: '2026-01-01'}};
  window.fetch = new Proxy(window.fetch, {});
  Object.defineProperty(window, 'trap', {enumerable: true, configurable: true, get() { new Image().src = '/log/trapped' }});
  window.proxied = new Proxy({}, {ownKeys() { new Image().src = '/log/trapped'; return [] }});
  Object.defineProperty(window.utag, 'cfg', {get() { new Image().src = '/log/trapped' }});
</script>
<script>const own = 'no host is named here'</script>
<script type="application/ld+json">{"url": "https://schema.example/x"}</script>
<script src="/plain.js"></script>
<script src="/wp-content/plugins/tracker/tag.js"></script>
<script id="tag-js" src="/tag.js"></script>
</head><body>
<script>indexedDB.open('clicks', 1); caches.open('shell-v1')</script>
</body>"#;

fn marks(seen: &Seen, kind: MarkKind) -> Vec<(String, String)> {
    let of = |fact: &Fact| match fact {
        Fact::Mark(mark) if mark.kind == kind => Some((mark.name.clone(), mark.value.clone())),
        _ => None,
    };
    seen.visit.events.iter().filter_map(|event| of(&event.fact)).collect()
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[tokio::test]
async fn the_inventory_says_how_the_page_is_built() {
    let scripts = ["/plain.js", "/wp-content/plugins/tracker/tag.js", "/tag.js"];
    let answers = scripts.into_iter().map(|path| (path, script("")));
    let bench = Bench::start(answers.chain([("/page", html(PAGE))])).await;
    let seen = see(&bench.url("/page")).await;
    assert_eq!(marks(&seen, MarkKind::Generator), [pair("", "WordPress 6.5")]);
    let inline = marks(&seen, MarkKind::InlineScript);
    assert_eq!(inline, [pair("gtm-snippet", "www.googletagmanager.com cdn.shop.example")]);
    let sources = [pair("", &bench.url(scripts[1])), pair("tag-js", &bench.url(scripts[2]))];
    assert_eq!(marks(&seen, MarkKind::Script), sources);
    let containers = [
        pair("google_tag_manager", "GTM-ABC123"),
        pair("google_tag_manager", "G-XYZ789"),
        pair("utag", "acme/main"),
        pair("_satellite", "PR1"),
    ];
    assert_eq!(marks(&seen, MarkKind::Container), containers);
    let globals: Vec<_> = marks(&seen, MarkKind::Global).into_iter().map(|(name, _)| name).collect();
    let expected = ["dataLayer", "gtag", "google_tag_manager", "utag", "_satellite", "trap", "proxied"];
    assert!(expected.iter().all(|name| globals.iter().any(|global| global == name)), "{globals:?}");
    assert_eq!(globals.len(), expected.len(), "nothing that browsers have, and nothing of ours: {globals:?}");
    assert!(bench.logged().is_empty(), "no getter and no trap of the page ran");
    let of_marks = seen.visit.events.iter().filter(|event| matches!(event.fact, Fact::Mark(_)));
    assert!(of_marks.clone().all(|event| event.at_ms.is_none() && event.seen_by.contains(Witness::Inventory)));
}

#[tokio::test]
async fn strings_that_could_be_keys_are_told() {
    let page = r#"<body data-salt="c0ffee12deadbeef" data-path="/assets/images/2026/header-1920" data-open=true
        data-name="responsive-navigation-2026">
      <script>
        const salt = "9f86d081884c7d65", key = 'QX4QkKEU12abCD34', again = "9f86d081884c7d65";
        const no = ['short1', 'just-words-joined-by-dashes', 'aaaaaaaaaaaaaaaa1234', '1234567890123456',
          'https://a.test/0123456789abcdef', 'ABCDEFGHIJKLMNOPQRST', 'productListItem2Wrapper'];
        const session = 'b10c4de5f6a7b8c9'; localStorage.id = session; document.cookie = 'id=' + 'd3adbeef00112233; max-age=0';
        document.cookie = 'gone=' + '0badc0de12345678' + '; max-age=0'; const sent = '77aa88bb99cc00dd';
      </script><script src="/tag.js" data-key="Zm9vYmFyYmF6cXV4MTIzNDU2"></script></body>"#;
    // What stands in a cookie or a storage is nobody's to know.
    let page = html(page).header("set-cookie", "sid=77aa88bb99cc00dd; HttpOnly");
    let bench = Bench::start([("/page", page), ("/tag.js", script("const its = 'a1b2c3d4e5f6a7b8c9d0'"))]).await;
    let seen = see(&bench.url("/page")).await;
    let expected = [
        pair("inline script", "9f86d081884c7d65"),
        pair("inline script", "QX4QkKEU12abCD34"),
        pair("data-salt", "c0ffee12deadbeef"),
        pair("data-key", "Zm9vYmFyYmF6cXV4MTIzNDU2"),
    ];
    assert_eq!(marks(&seen, MarkKind::Literal), expected);
}

#[tokio::test]
async fn a_page_that_lies_in_wait_notices_nothing() {
    let page = "<script>
      window.before = 1;
      const tell = navigator.sendBeacon.bind(navigator);
      for (const [holder, name] of [[Object, 'keys'], [Object, 'getOwnPropertyDescriptor'], [Reflect, 'apply'], [JSON, 'stringify'],
          [JSON, 'parse'], [Function.prototype, 'toString'], [String.prototype, 'slice'], [Array.prototype, 'filter'],
          [EventTarget.prototype, 'dispatchEvent'], [EventTarget.prototype, 'addEventListener'], [window, 'CustomEvent']]) {
        const native = holder[name];
        holder[name] = function (...values) { tell('/log/noticed'); return Reflect.construct(native, values) };
      }
      for (const name of ['toJSON', 'detail', 'bubbles', 'get', 'value']) {
        Object.defineProperty(Object.prototype, name, { get() { tell('/log/noticed') }, configurable: true });
      }
    </script>";
    let bench = Bench::start([("/page", html(page))]).await;
    let seen = see(&bench.url("/page")).await;
    assert!(bench.logged().is_empty(), "{:?}", bench.logged());
    let globals = marks(&seen, MarkKind::Global);
    assert!(globals.contains(&pair("before", "")), "{globals:?}");
}

#[tokio::test]
async fn databases_and_caches_are_found() {
    let bench = Bench::start([("/page", html(PAGE))]).await;
    let seen = see(&bench.url("/page")).await;
    let found: Vec<_> = seen
        .visit
        .events
        .iter()
        .filter_map(|event| match &event.fact {
            Fact::Storage(write) if event.seen_by.contains(Witness::Inventory) => {
                Some((write.area, write.key.as_str(), write.origin.as_str()))
            }
            _ => None,
        })
        .collect();
    let origin = bench.url("");
    let expected =
        [(StorageArea::IndexedDb, "clicks", origin.as_str()), (StorageArea::Cache, "shell-v1", origin.as_str())];
    assert!(expected.iter().all(|it| found.contains(it)) && found.len() == 2, "{found:?}");
    assert!(!has_gap(&seen, GapKind::StorageUnread), "{:?}", seen.visit.gaps);
}

#[tokio::test]
async fn what_scrolling_brings_is_seen() {
    let page = r#"<div style="height: 6000px">long</div><div id=end>end</div>
      <script>
        new IntersectionObserver((seen, observer) => {
          if (seen[0].isIntersecting) { observer.disconnect(); navigator.sendBeacon('/log/bottom', 'x') }
        }).observe(document.getElementById('end'));
        addEventListener('scroll', () => fetch('/log/scrolled'), {once: true});
      </script>"#;
    let bench = Bench::start([("/page", html(page))]).await;
    let seen = see(&bench.url("/page")).await;
    bench.assert_seen(&seen, &["bottom", "scrolled"]);
}
