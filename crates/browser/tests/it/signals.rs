//! What the consent interfaces of a page say.

use earshot_browser::{BrowserConfig, Dwell, Seen};
use earshot_model::{ConsentStep, GapKind};
use serde_json::{Value, json};

use crate::{
    banner::steps,
    bench::{Bench, html},
    chromium::{alone, config, has_gap, launch, visit},
};

/// Long enough for functions that are asked once a second, and for what has to answer within eight.
const DWELL: Dwell = Dwell {
    min: std::time::Duration::from_secs(10),
    max: std::time::Duration::from_secs(14),
    quiet: std::time::Duration::from_millis(300),
};

async fn visited(script: &str) -> (Bench, Seen) {
    let bench = Bench::start([("/page", html(format!("<script>{script}</script>")))]).await;
    let browser = launch(BrowserConfig { dwell: DWELL, ..config() }).await;
    let seen = visit(&browser, &bench.url("/page")).await.unwrap();
    browser.close().await;
    (bench, seen)
}

fn said<'a>(seen: &'a Seen, source: &str) -> Vec<&'a str> {
    let signals = steps(seen, ConsentStep::Signal).into_iter();
    signals.filter(|(_, signal)| signal.source == source).map(|(_, signal)| signal.value.as_str()).collect()
}

fn read(seen: &Seen, source: &str) -> Vec<Value> {
    said(seen, source).into_iter().map(|value| serde_json::from_str(value).unwrap()).collect()
}

#[tokio::test]
async fn interfaces_are_read_and_read_again_when_they_change() {
    alone();
    let (bench, seen) = visited(
        "const listeners = [];
        let tc = { tcString: 'CP-first', eventStatus: 'cmpuishown', gdprApplies: true, cmpId: 7 };
        window.__tcfapi = (command, version, callback) => {
          if (command === 'addEventListener') { listeners.push(callback); callback({ ...tc, listenerId: 1 }, true) }
        };
        window.__gpp = (command, callback) => callback({ eventName: 'listenerRegistered', pingData: { gppString: 'DBABLA~BVAUAAAAAg.QA', cmpStatus: 'loaded' } }, true);
        window.__uspapi = (command, version, callback) => (window.stack || fetch('/log/asked'), window.stack ??= new Error().stack) && callback({ version: 1, uspString: '1YNN' }, true);
        window.google_tag_data = { ics: { entries: { ad_storage: { default: false }, analytics_storage: { default: false, implicit: true } } } };
        window.OnetrustActiveGroups = ',C0001,';
        window.Cookiebot = { hasResponse: false, consent: { necessary: true, statistics: false, stamp: 'x', method: null } };
        window.tarteaucitron = { state: { gtag: 'wait', youtube: false } };
        window.CookieConsent = { getUserPreferences: () => ({ acceptedCategories: ['necessary'], rejectedCategories: ['ads'] }), validConsent: () => true };
        window.Shopify = { customerPrivacy: { currentVisitorConsent: () => ({ marketing: 'no', analytics: '', sale_of_data: 'yes' }) } };
        const before = performance.now();
        setTimeout(() => {
          tc = { tcString: 'CP-second' }; for (const listener of listeners) listener(tc, true);
          google_tag_data.ics.entries.ad_storage.update = true;
          OnetrustActiveGroups = ',C0001,C0002,';
          Cookiebot.hasResponse = true;
          fetch('/log/changed');
        }, 2000);
        setTimeout(() => fetch('/log/printed', { method: 'POST', body: listeners.map(String).join() + window.stack }), 2500);",
    )
    .await;
    assert_eq!(said(&seen, "tcf"), ["CP-first", "CP-second"]);
    assert_eq!(said(&seen, "gpp"), ["DBABLA~BVAUAAAAAg.QA"]);
    assert_eq!(said(&seen, "usp"), ["1YNN"]);
    let implied = json!({ "default": "denied", "implicit": "granted" });
    let expected = [
        json!({ "ad_storage": { "default": "denied" }, "analytics_storage": implied }),
        json!({ "ad_storage": { "default": "denied", "update": "granted" }, "analytics_storage": implied }),
    ];
    assert_eq!(read(&seen, "google_consent_mode"), expected);
    let expected = [json!({ "purposes": { "C0001": true } }), json!({ "purposes": { "C0001": true, "C0002": true } })];
    assert_eq!(read(&seen, "onetrust"), expected);
    let bot = |answered: bool| json!({ "purposes": { "necessary": true, "statistics": false }, "answered": answered });
    assert_eq!(read(&seen, "cookiebot"), [bot(false), bot(true)]);
    assert_eq!(read(&seen, "tarteaucitron"), [json!({ "purposes": { "youtube": false } })]);
    let preferences = json!({ "purposes": { "necessary": true, "ads": false }, "answered": true });
    assert_eq!(read(&seen, "cookieconsent"), [preferences]);
    assert_eq!(read(&seen, "shopify"), [json!({ "purposes": { "marketing": false, "sale_of_data": true } })]);
    assert!(!has_gap(&seen, GapKind::SignalUnread), "{:?}", seen.visit.gaps);
    // A change is seen soon, and who is told of it sees nothing of ours.
    let changed = crate::bench::requests(&seen).find(|(_, it)| it.url.ends_with("/log/changed")).unwrap().0.at_ms;
    let (event, _) = steps(&seen, ConsentStep::Signal).into_iter().find(|(_, it)| it.value == "CP-second").unwrap();
    assert!((event.at_ms.unwrap() - changed.unwrap()).abs() < 20.0, "{:?} {changed:?}", event.at_ms);
    let printed = String::from_utf8(bench.logged()["/log/printed"].body.clone()).unwrap();
    let stack = printed.strip_prefix("function () { [native code] }").unwrap();
    assert_eq!(stack.lines().count(), 2, "{stack}");
    let by = &crate::bench::request(&seen, "/log/asked").initiator.stack;
    assert!(by.iter().all(|frame| frame.url == bench.url("/page")), "{by:?}");
}

#[tokio::test]
async fn commands_are_read_where_no_tag_came_and_what_does_not_answer_is_a_gap() {
    let (_, seen) = visited(
        "window.dataLayer = []; function gtag() { dataLayer.push(arguments) }
        gtag('consent', 'default', { ad_storage: 'denied', wait_for_update: 500 });
        gtag('consent', 'default', { analytics_storage: 'granted', region: ['US'] });
        gtag('consent', 'update', { ad_storage: 'granted' });
        window.__tcfapi = () => {}; window.__gpp = () => { throw new Error('x') };
        addEventListener('error', () => fetch('/log/noticed'));",
    )
    .await;
    let expected = [json!({ "ad_storage": { "default": "denied", "update": "granted" } })];
    assert_eq!(read(&seen, "google_consent_mode"), expected);
    let unread: Vec<_> = seen.visit.gaps.iter().filter(|gap| gap.kind == GapKind::SignalUnread).collect();
    let unread: Vec<_> = unread.iter().map(|gap| gap.detail.as_str()).collect();
    assert_eq!(unread, ["gpp: no answer", "tcf: no answer"]);
    assert!(!crate::bench::requests(&seen).any(|(_, request)| request.url.ends_with("/log/noticed")));
}
