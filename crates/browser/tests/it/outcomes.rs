use std::time::Duration;

use earshot_browser::{Browser, BrowserConfig, Seen};
use earshot_egress::{Egress, EgressConfig};
use earshot_lab::{Lab, LabConfig};
use earshot_model::{BlockReason, Fact, FailureCause, GapKind, Outcome, RefusalReason};
use tokio::io::AsyncReadExt;

use crate::{
    bench::{Bench, html, redirect, script, typed},
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
    assert_eq!(gone, Outcome::Unreachable { error: "connect-failed".into() });
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

/// A browser for which the bench is every host over plain HTTP.
async fn with_names(bench: &Bench) -> Browser {
    let egress = EgressConfig { upstream: Some(bench.proxy()), ..EgressConfig::default() };
    Browser::launch(config(), Egress::new(egress).unwrap()).await.unwrap()
}

#[tokio::test]
async fn an_address_that_leads_elsewhere_is_off_site() {
    let bench = Bench::start([
        ("/page", html("here")),
        ("/www", redirect("http://www.shop.test/page")),
        ("/away", redirect("http://other.test/page")),
        ("/script", html("<script>location.href = 'http://www.other.test/page'</script>")),
        ("/meta", html("<meta http-equiv=refresh content='0; url=http://other.test/page'>")),
        ("/wall", redirect("http://other.test/forbidden")),
        ("/forbidden", html("no").status(403)),
    ])
    .await;
    let browser = with_names(&bench).await;
    let off_site = |status| Outcome::OffSite { status, to: "other.test".into() };
    for (path, outcome) in [
        ("/page", Outcome::Loaded { status: 200 }),
        ("/www", Outcome::Loaded { status: 200 }),
        ("/away", off_site(200)),
        ("/script", off_site(200)),
        ("/meta", off_site(200)),
        ("/wall", off_site(403)),
    ] {
        let seen = visit(&browser, &format!("http://shop.test{path}")).await.unwrap();
        assert_eq!(seen.visit.outcome, outcome, "{path}");
    }
    browser.close().await;
}

#[tokio::test]
async fn a_parked_domain_is_told_by_two_signs() {
    let theirs = "<script src=http://d38psrni17bvxu.cloudfront.net/scripts/js3.js></script>";
    let content = format!("{theirs}<p>{}</p>", "A shop with a lot to say. ".repeat(100));
    let bench = Bench::start([
        ("/scripts/js3.js", script("")),
        ("/parked", html(format!("<title>shop.test</title>{theirs}<p>Related searches</p>"))),
        ("/content", html(content)),
        ("/sale", html("<title>shop.test - This website is for sale!</title><p>Buy it.</p>")),
        ("/article", html("<title>How we sold our domain: is for sale enough?</title><p>Well.</p>")),
    ])
    .await;
    let browser = with_names(&bench).await;
    let outcome = async |path: &str| visit(&browser, &format!("http://shop.test{path}")).await.unwrap().visit.outcome;
    for path in ["/parked", "/sale"] {
        let outcome = outcome(path).await;
        assert!(matches!(&outcome, Outcome::Parked { status: 200, .. }), "{path}: {outcome:?}");
    }
    for path in ["/content", "/article"] {
        assert_eq!(outcome(path).await, Outcome::Loaded { status: 200 }, "{path}");
    }
    browser.close().await;
}

#[tokio::test]
async fn a_captcha_in_place_of_the_page_is_a_wall_and_beside_it_is_not() {
    let frame = "<iframe src=http://newassets.hcaptcha.com/captcha/v1/x/static/hcaptcha.html></iframe>";
    let login = format!("<h1>Sign in</h1><form><input name=user><input type=password name=pass>{frame}</form>");
    let bench = Bench::start([
        ("/captcha/v1/x/static/hcaptcha.html", html("I am human")),
        ("/wall", html(format!("<p>One more step</p>{frame}")).status(403)),
        ("/soft", html(format!("<p>One more step</p>{frame}"))),
        ("/login", html(login)),
    ])
    .await;
    let browser = with_names(&bench).await;
    let captcha = |status| Outcome::Blocked { status, reason: BlockReason::Captcha };
    for (path, outcome) in
        [("/wall", captcha(403)), ("/soft", captcha(200)), ("/login", Outcome::Loaded { status: 200 })]
    {
        let seen = visit(&browser, &format!("http://shop.test{path}")).await.unwrap();
        assert_eq!(seen.visit.outcome, outcome, "{path}");
    }
    browser.close().await;
}

#[tokio::test]
async fn a_page_that_the_wall_cuts_short_is_partial() {
    let bench = Bench::start([
        ("/busy", html("<script>setInterval(() => fetch('/log/again'), 100)</script>")),
        ("/unparsed", html("<script src=/hang></script>")),
    ])
    .await;
    let long = Duration::from_secs(60);
    let dwell = earshot_browser::Dwell { min: long, max: long, quiet: long };
    let browser = launch(BrowserConfig { wall: Duration::from_secs(5), dwell, ..config() }).await;
    for (path, missing) in [("/busy", "the page was quiet"), ("/unparsed", "the document was parsed")] {
        let seen = visit(&browser, &bench.url(path)).await.unwrap();
        let detail = format!("the wall was reached before {missing}");
        assert_eq!(seen.visit.outcome, Outcome::Partial { status: 200, detail }, "{path}");
        assert!(has_gap(&seen, GapKind::CutShort), "{path}");
    }
    browser.close().await;
}

/// A server that takes a connection, reads what it is sent first, and ends it: by closing, or by a reset.
async fn hangs_up(reset: bool) -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
            if reset {
                stream.set_zero_linger().unwrap();
            }
        }
    });
    port
}

#[tokio::test]
async fn the_step_that_failed_is_told() {
    let lab = Lab::start(LabConfig::default()).await.unwrap();
    let bench = Bench::start([]).await;
    let (empty, reset) = (hangs_up(false).await, hangs_up(true).await);
    let nobody = Bench::start([]).await.url("/");
    let egress = EgressConfig { dns: Some(lab.dns_addr()), allow_private: true, ..EgressConfig::default() };
    let browser = Browser::launch(config(), Egress::new(egress).unwrap()).await.unwrap();
    let secure = |url: &str| url.replace("http:", "https:");
    use FailureCause::{Connection, Dns, Tls};
    for (url, error, cause) in [
        ("http://nowhere.test/".to_owned(), "name-not-resolved", Dns),
        ("https://nowhere.test/".to_owned(), "name-not-resolved", Dns),
        (nobody.clone(), "connect-failed", Connection),
        (secure(&nobody), "connect-failed", Connection),
        (format!("http://127.0.0.1:{empty}/"), "no-answer", Connection),
        (format!("https://127.0.0.1:{empty}/"), "net::ERR_CONNECTION_CLOSED", Connection),
        (format!("http://127.0.0.1:{reset}/"), "no-answer", Connection),
        (format!("https://127.0.0.1:{reset}/"), "net::ERR_CONNECTION_CLOSED", Connection),
        // It speaks, but no TLS.
        (secure(&bench.url("/")), "net::ERR_SSL_PROTOCOL_ERROR", Tls),
    ] {
        let outcome = visit(&browser, &url).await.unwrap().visit.outcome;
        assert_eq!(outcome, Outcome::Unreachable { error: error.into() }, "{url}");
        assert_eq!(outcome.failure(), Some(cause), "{url}");
    }
    browser.close().await;
    // The lab's certificates are good for those who trust it.
    let egress = EgressConfig { upstream: Some(lab.proxy_url().parse().unwrap()), ..EgressConfig::default() };
    let browser = Browser::launch(config(), Egress::new(egress).unwrap()).await.unwrap();
    let outcome = visit(&browser, "https://clean.test/").await.unwrap().visit.outcome;
    browser.close().await;
    assert_eq!(outcome, Outcome::Unreachable { error: "net::ERR_CERT_AUTHORITY_INVALID".into() });
    assert_eq!(outcome.failure(), Some(Tls));
    lab.stop().await;
}
