//! What a visit under Global Privacy Control says, and what others do not.

use earshot_browser::Seen;
use earshot_model::{ConsentStep, GapKind, PageTask, Phase, Profile};

use crate::{
    banner::steps,
    bench::{Bench, html, requests, script, typed},
    chromium::{config, has_gap, launch, task},
};

const PAGE: &str = "<script>
    const say = (what, how) => fetch(`/log/${what}/${how.globalPrivacyControl}`, { method: 'POST' });
    say('page', navigator);
    navigator.sendBeacon('/log/beacon', 'x');
    new Image().src = '/log/image';
    new Worker('/worker.js');
    new WebSocket(`ws://${location.host}/ws`);
    </script><iframe src=/frame></iframe><script>
    const other = document.createElement('iframe'); other.src = `http://localhost:${location.port}/frame`; document.body.append(other);
    </script>";

const POLICY: &str = r#"{ "gpc": true, "lastUpdate": "2026-01-01" }"#;

async fn visited(profile: Profile, policy: Option<&str>) -> (Bench, Seen) {
    let say = "fetch('/log/NAME/' + navigator.globalPrivacyControl, { method: 'POST' })";
    let mut answers = vec![
        ("/page", html(PAGE)),
        ("/frame", html(format!("<script>{}</script>", say.replace("NAME", "frame")))),
        ("/worker.js", script(say.replace("NAME", "worker"))),
    ];
    answers.extend(policy.map(|policy| ("/.well-known/gpc.json", typed("application/json", policy))));
    let bench = Bench::start(answers).await;
    let browser = launch(config()).await;
    let task = PageTask { profile, ..task(&bench.url("/page")) };
    let seen = browser.visit(&task).await.unwrap();
    browser.close().await;
    (bench, seen)
}

/// What was said by signals, with its source.
fn signals(seen: &Seen) -> Vec<(String, String)> {
    let signals = steps(seen, ConsentStep::Signal).into_iter();
    signals.map(|(_, signal)| (signal.source.clone(), signal.value.clone())).collect()
}

#[tokio::test]
async fn everything_that_goes_out_opts_out() {
    let (bench, seen) = visited(Profile::Gpc, Some(POLICY)).await;
    let logged = bench.logged();
    for target in ["/log/page/true", "/log/frame/true", "/log/worker/true", "/log/beacon", "/log/image"] {
        assert!(logged.contains_key(target), "{target}: {:?}", logged.keys());
    }
    // Who asks for the policy is us.
    for hit in bench.hits().iter().filter(|hit| !hit.target.contains("gpc.json")) {
        assert_eq!(hit.headers.get("sec-gpc").map(|value| value.as_bytes()), Some(b"1".as_slice()), "{}", hit.target);
    }
    let expected = [("gpc", "1"), ("gpc.json", POLICY)].map(|(source, value)| (source.to_owned(), value.to_owned()));
    assert_eq!(signals(&seen), expected);
    assert!(seen.visit.events.iter().all(|event| event.phase == Phase::Gpc));
    // What we ask for is no request of the page.
    assert!(!requests(&seen).any(|(_, request)| request.url.contains("gpc.json")));
    let asked: Vec<_> = bench.hits().into_iter().filter(|hit| hit.target.contains("gpc.json")).collect();
    assert!(asked.len() == 1 && !asked[0].headers.contains_key("cookie"), "{asked:?}");
    assert!(!has_gap(&seen, GapKind::SignalUnread) && !has_gap(&seen, GapKind::UnobservedUpload));
}

#[tokio::test]
async fn a_site_without_a_policy_says_nothing_and_nobody_else_opts_out() {
    let (_, seen) = visited(Profile::Gpc, None).await;
    assert_eq!(signals(&seen)[1], ("gpc.json".to_owned(), String::new()));
    let (bench, seen) = visited(Profile::Untouched, Some(POLICY)).await;
    assert!(bench.hits().iter().all(|hit| !hit.headers.contains_key("sec-gpc")));
    assert!(bench.logged().contains_key("/log/worker/undefined"), "{:?}", bench.logged().keys());
    assert!(!bench.hits().iter().any(|hit| hit.target.contains("gpc.json")));
    assert!(signals(&seen).is_empty());
}
