use std::time::Duration;

use earshot_browser::{Browser, BrowserConfig, Seen};
use earshot_egress::{Egress, EgressConfig};
use earshot_model::{BlockReason, Fact, GapKind, Outcome, RefusalReason};

use crate::{
    bench::{Bench, html, redirect, typed},
    chromium::{config, has_gap, launch, see, visit},
};

#[tokio::test]
async fn a_sites_answer_is_its_outcome() {
    let bench = Bench::start([
        ("/forbidden", html("no").status(403)),
        ("/broken", html("oops").status(500)),
        ("/challenge", html("<title>Just a moment...</title>")),
        ("/mitigated", html("<title>x</title>").status(403).header("cf-mitigated", "challenge")),
        ("/download", typed("application/zip", "PK").header("content-disposition", "attachment")),
        ("/nothing", html("").status(204)),
        ("/moved", redirect("/moved-on")),
        ("/moved-on", redirect("/there")),
        ("/there", html("here")),
        ("/script-moved", html("<script>location.href = '/forbidden'</script>")),
    ])
    .await;
    let browser = launch(config()).await;
    let blocked = |reason| Outcome::Blocked { status: 403, reason };
    for (path, outcome) in [
        ("/forbidden", blocked(BlockReason::Status)),
        ("/broken", Outcome::HttpError { status: 500 }),
        ("/missing", Outcome::HttpError { status: 404 }),
        ("/challenge", Outcome::Blocked { status: 200, reason: BlockReason::Challenge }),
        ("/mitigated", blocked(BlockReason::Challenge)),
        ("/nothing", Outcome::NotAPage { detail: "HTTP 204".into() }),
        ("/there", Outcome::Loaded { status: 200 }),
        ("/script-moved", blocked(BlockReason::Status)),
    ] {
        assert_eq!(visit(&browser, &bench.url(path)).await.unwrap().visit.outcome, outcome, "{path}");
    }
    let download = visit(&browser, &bench.url("/download")).await.unwrap().visit.outcome;
    assert!(matches!(&download, Outcome::NotAPage { detail } if detail.starts_with("a download")), "{download:?}");
    let moved = visit(&browser, &bench.url("/moved")).await.unwrap().visit;
    assert_eq!(moved.final_url.unwrap().as_str(), bench.url("/there"));
    browser.close().await;
}

#[tokio::test]
async fn who_does_not_answer_is_unreachable_or_timed_out() {
    let bench = Bench::start([]).await;
    let browser = launch(BrowserConfig { wall: Duration::from_secs(4), ..config() }).await;
    let silent = visit(&browser, &bench.url("/hang")).await.unwrap().visit.outcome;
    assert!(matches!(silent, Outcome::TimedOut { after_ms: 2_000.. }), "{silent:?}");
    let address = bench.url("/");
    drop(bench);
    // Over plain HTTP our own proxy answers for whom it cannot reach; that is no answer of the site.
    let gone = visit(&browser, &address).await.unwrap().visit.outcome;
    assert_eq!(gone, Outcome::Unreachable { error: "connect-failed".into() });
    let gone = visit(&browser, &address.replace("http:", "https:")).await.unwrap().visit.outcome;
    assert_eq!(gone, Outcome::Unreachable { error: "net::ERR_TUNNEL_CONNECTION_FAILED".into() });
    browser.close().await;
}

#[tokio::test]
async fn private_addresses_are_refused() {
    let bench = Bench::start([("/page", html("never"))]).await;
    let egress = Egress::new(EgressConfig::default()).unwrap();
    let browser = Browser::launch(config(), egress).await.unwrap();
    let refused = Outcome::Refused { reason: RefusalReason::PrivateAddress };
    for url in [
        bench.url("/page"),
        bench.elsewhere("/page"),
        "http://169.254.169.254/".into(),
        "http://[::1]/".into(),
        "https://10.0.0.1/".into(),
    ] {
        let seen = visit(&browser, &url).await.unwrap();
        assert_eq!(seen.visit.outcome, refused, "{url}");
        assert!(has_gap(&seen, GapKind::PrivateAddress), "{url}");
        assert_eq!(
            seen.ledger.refused.first().map(|refusal| refusal.host.as_str()),
            seen.visit.task.page.url().host_str()
        );
    }
    assert!(bench.hits().is_empty());
    browser.close().await;
}

#[tokio::test]
async fn what_our_own_proxy_answers_for_a_host_is_a_failure() {
    let page = "<img src=http://10.0.0.1/refused><img src=http://shop.test/log/reached>";
    let bench = Bench::start([("/page", html(page))]).await;
    // As an upstream the bench is every host that is admitted.
    let egress = EgressConfig { upstream: Some(bench.url("/").parse().unwrap()), ..EgressConfig::default() };
    let browser = Browser::launch(config(), Egress::new(egress).unwrap()).await.unwrap();
    let seen = visit(&browser, "http://shop.test/page").await.unwrap();
    browser.close().await;
    assert_eq!(seen.visit.outcome, Outcome::Loaded { status: 200 });
    assert_eq!(ends(&seen, "/refused"), ["net::ERR_TUNNEL_CONNECTION_FAILED"]);
    assert_eq!(ends(&seen, "/log/reached"), ["204"]);
    assert!(has_gap(&seen, GapKind::PrivateAddress) && !has_gap(&seen, GapKind::UnobservedUpload));

    let nobody = Bench::start([]).await.elsewhere("/nobody");
    let page = format!("<img src={nobody}><img src=http://gone.invalid/nowhere>");
    let bench = Bench::start([("/page", html(page))]).await;
    let seen = see(&bench.url("/page")).await;
    for target in ["/nobody", "/nowhere"] {
        assert_eq!(ends(&seen, target), ["net::ERR_TUNNEL_CONNECTION_FAILED"], "{target}");
    }
}

/// Status or error by which requests of this target ended.
fn ends(seen: &Seen, target: &str) -> Vec<String> {
    let asked = |seq: u32| matches!(&seen.visit.events[seq as usize].fact, Fact::Request(r) if r.url.ends_with(target));
    let end = |fact: &Fact| match fact {
        Fact::Response(answer) if asked(answer.request) => Some(answer.status.to_string()),
        Fact::Failed { request, error } if asked(*request) => Some(error.clone()),
        _ => None,
    };
    seen.visit.events.iter().filter_map(|event| end(&event.fact)).collect()
}
