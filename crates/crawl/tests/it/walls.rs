use earshot_crawl::{CrawlError, crawl};
use earshot_egress::{Egress, EgressConfig};
use earshot_model::{BlockReason, Outcome, RefusalReason};
use tokio::net::TcpListener;

use crate::web::{Reply, Web, config, html, missing, pages, redirect, task, text};

#[tokio::test]
async fn walls_errors_and_downloads_are_told_and_the_start_is_kept() {
    let web = Web::start(&[], &["a.test", "b.test", "c.test", "d.test", "e.test"], |url| match url {
        "http://a.test/" => text(403, "go away"),
        "http://b.test/" => Reply(403, vec![("cf-mitigated", "challenge".into())], String::new()),
        "http://c.test/" => text(404, "nothing"),
        "http://d.test/" => Reply(200, vec![("content-type", "application/pdf".into())], "%PDF".into()),
        "http://e.test/" => redirect("https://parked.example/"),
        _ => missing(),
    })
    .await;
    for (start, outcome) in [
        ("http://a.test/", Outcome::Blocked { status: 403, reason: BlockReason::Status }),
        ("http://b.test/", Outcome::Blocked { status: 403, reason: BlockReason::Challenge }),
        ("http://c.test/", Outcome::HttpError { status: 404 }),
        ("http://d.test/", Outcome::NotAPage { detail: "application/pdf".into() }),
        ("http://e.test/", Outcome::OffSite { status: 301, to: "parked.example".into() }),
    ] {
        let crawl = web.crawl(start, 3).await;
        assert_eq!((&crawl.outcome, pages(&crawl), crawl.discovered), (&outcome, vec![start], 1), "{start}");
    }
    assert!(!web.asked().iter().any(|url| url.contains("parked")));
}

#[tokio::test]
async fn what_is_not_public_is_refused_over_both_schemes() {
    let web = Web::start(&[], &[], |_| html(&[])).await;
    for target in ["http://127.0.0.1", "https://169.254.169.254/latest/meta-data/", "[::1]", "localhost", "2130706433"]
    {
        let crawl = web.crawl(target, 3).await;
        assert_eq!(crawl.outcome, Outcome::Refused { reason: RefusalReason::PrivateAddress }, "{target}");
        assert!(crawl.pages.is_empty(), "{target}");
    }
    assert!(web.asked().is_empty());
}

#[tokio::test]
async fn a_redirect_into_the_private_is_not_followed() {
    let web = Web::start(&[], &["shop.test"], |url| match url {
        "http://shop.test/" => redirect("http://169.254.169.254/latest/"),
        _ => missing(),
    })
    .await;
    let crawl = web.crawl("http://shop.test", 3).await;
    assert_eq!(crawl.outcome, Outcome::OffSite { status: 301, to: "169.254.169.254".into() });
    assert_eq!(web.asked().len(), 2);
}

#[tokio::test]
async fn a_dead_host_has_no_pages_and_the_reason() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let egress = Egress::new(EgressConfig { allow_private: true, ..EgressConfig::default() }).unwrap();
    let door = egress.open().await.unwrap();
    for scheme in ["http", "https"] {
        let task = task(&format!("{scheme}://127.0.0.1:{port}"), 3);
        let crawled = crawl(&config(&door, None), &task).await.unwrap().crawl;
        assert_eq!(crawled.outcome, Outcome::Unreachable { error: "connect-failed".into() }, "{scheme}");
        assert!(crawled.pages.is_empty());
    }

    let web = Web::start(&[], &[], |_| html(&[])).await;
    let crawled = web.crawl("nowhere.test", 3).await;
    assert_eq!(crawled.outcome, Outcome::Unreachable { error: "upstream-status 502".into() });
    assert!(crawled.pages.is_empty());
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_the_sites_failure() {
    let web = Web::start(&["shop.test"], &[], |_| html(&[])).await;
    let crawled = crawl(&config(&web.door, None), &task("https://shop.test", 3)).await.unwrap().crawl;
    let Outcome::Unreachable { error } = &crawled.outcome else { panic!("{:?}", crawled.outcome) };
    assert!(error.to_lowercase().contains("certificate"), "{error}");
    assert!(web.asked().is_empty());
}

#[tokio::test]
async fn our_own_failures_are_errors() {
    let web = Web::start(&[], &[], |_| html(&[])).await;
    let missing_file = config(&web.door, Some("no/such/ca.pem".into()));
    assert!(matches!(crawl(&missing_file, &task("http://shop.test", 1)).await, Err(CrawlError::CaFile { .. })));

    let config = config(&web.door, None);
    web.door.close().await;
    assert!(matches!(crawl(&config, &task("http://shop.test", 1)).await, Err(CrawlError::Door(_))));
}
