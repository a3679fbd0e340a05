use std::time::Duration;

use earshot_crawl::{CrawlConfig, crawl};
use earshot_model::{Outcome, RefusalReason};

use crate::web::{Web, html, missing, pages, task, text};

#[tokio::test]
async fn robots_txt_decides_what_is_read_and_what_is_chosen() {
    let web = Web::start(&[], &["shop.test", "blog.shop.test", "secret.shop.test"], |url| match url {
        "http://shop.test/robots.txt" => text(200, "User-agent: *\nDisallow: /login\nDisallow: /*?sort="),
        "http://secret.shop.test/robots.txt" => text(200, "User-agent: earshot\nDisallow: /"),
        "http://blog.shop.test/robots.txt" => missing(),
        "http://shop.test/" => html(&[
            "/login",
            "/products?sort=asc",
            "/contact",
            "http://secret.shop.test/cart",
            "http://blog.shop.test/news",
        ]),
        _ => html(&[]),
    })
    .await;
    let crawl = web.crawl("http://shop.test", 9).await;
    assert_eq!(pages(&crawl), ["http://shop.test/", "http://shop.test/contact", "http://blog.shop.test/news"]);
    let trespass = ["/login", "sort=", "secret.shop.test/cart"];
    assert!(!web.asked().iter().any(|url| trespass.iter().any(|word| url.contains(word))), "{:?}", web.asked());
}

#[tokio::test]
async fn a_start_that_robots_txt_forbids_is_refused_and_not_visited() {
    let web = Web::start(&[], &["shop.test"], |_| text(200, "User-agent: *\nDisallow: /")).await;
    let crawl = web.crawl("http://shop.test", 3).await;
    assert_eq!(crawl.outcome, Outcome::Refused { reason: RefusalReason::Robots });
    assert_eq!((pages(&crawl), crawl.discovered), (vec![], 0));
    assert_eq!(web.asked(), ["http://shop.test/robots.txt"]);
}

#[tokio::test]
async fn a_robots_txt_that_fails_forbids_the_crawl_and_the_outcome_says_so() {
    let web = Web::start(&[], &["shop.test"], |url| match url {
        "http://shop.test/robots.txt" => text(500, "oops"),
        _ => html(&["/contact"]),
    })
    .await;
    let crawl = web.crawl("http://shop.test", 3).await;
    assert_eq!(crawl.outcome, Outcome::HttpError { status: 500 });
    assert_eq!(pages(&crawl), ["http://shop.test/"]);
    assert_eq!(web.asked(), ["http://shop.test/robots.txt"]);
}

#[tokio::test]
async fn requests_keep_their_distance_and_a_longer_crawl_delay_wins() {
    const DELAY: Duration = Duration::from_millis(100);
    /// The clocks of both ends differ by a little.
    const SLACK: Duration = Duration::from_millis(20);
    let web = Web::start(&[], &["quick.test", "slow.test"], |url| match url {
        "http://quick.test/robots.txt" => text(200, "User-agent: *\nCrawl-delay: 0\n"),
        "http://slow.test/robots.txt" => text(200, "User-agent: *\nCrawl-delay: 0.3\n"),
        _ => html(&["/a"]),
    })
    .await;
    let config = CrawlConfig { delay: DELAY, ..web.config() };
    for (host, least) in [("quick.test", DELAY), ("slow.test", 3 * DELAY)] {
        let crawled = crawl(&config, &task(&format!("http://{host}"), 9)).await.unwrap();
        assert_eq!(crawled.gap.is_some(), least > DELAY, "{host}: visits have to keep it too");
        let gaps = web.gaps(host);
        assert!(gaps.len() >= 3 && gaps.iter().all(|gap| *gap + SLACK >= least), "{host}: {gaps:?}");
    }
}

#[tokio::test]
async fn who_says_that_we_ask_too_fast_is_asked_more_slowly() {
    let web = Web::start(&[], &["busy.test", "shut.test"], |url| match url {
        "http://busy.test/" => html(&["/a", "/b", "/c"]),
        "http://busy.test/a" => text(429, "later"),
        "http://shut.test/" => {
            let mut answer = text(503, "later");
            answer.1.push(("retry-after", "77".into()));
            answer
        }
        _ => missing(),
    })
    .await;
    let crawled = crawl(&web.config(), &task("http://busy.test", 9)).await.unwrap();
    assert_eq!(crawled.crawl.outcome, Outcome::Loaded { status: 200 });
    assert!(crawled.gap.is_some_and(|gap| gap >= Duration::from_secs(1)), "{:?}", crawled.gap);
    let gaps = web.gaps("busy.test");
    assert!(gaps.last().is_some_and(|gap| *gap >= Duration::from_millis(900)), "{gaps:?}");
    let crawled = crawl(&web.config(), &task("http://shut.test", 9)).await.unwrap();
    assert_eq!(crawled.retry_after, Some(Duration::from_secs(77)));
}

#[tokio::test]
async fn fetches_and_time_are_bounded() {
    let web = Web::start(&[], &["shop.test"], |url| match url {
        "http://shop.test/" => html(&["/a", "/b", "/c", "/d", "/e", "/f"]),
        _ => html(&[]),
    })
    .await;
    let config = CrawlConfig { max_fetches: 4, ..web.config() };
    let crawled = crawl(&config, &task("http://shop.test", 9)).await.unwrap().crawl;
    assert_eq!((web.asked().len(), crawled.pages.len()), (4, 7));
    assert_eq!(crawled.outcome, Outcome::Loaded { status: 200 });

    let hurried = CrawlConfig { delay: Duration::from_millis(300), timeout: Duration::from_millis(700), ..config };
    let crawled = crawl(&hurried, &task("http://shop.test", 9)).await.unwrap().crawl;
    assert!(matches!(crawled.outcome, Outcome::TimedOut { after_ms: ..2_000 }), "{:?}", crawled.outcome);
    assert_eq!(pages(&crawled)[..2], ["http://shop.test/", "http://shop.test/a"], "what was found is kept");
}

#[tokio::test]
async fn a_large_page_is_read_up_to_the_limit() {
    let web = Web::start(&[], &["shop.test"], |url| match url {
        "http://shop.test/" => {
            let mut page = html(&["/early"]);
            page.2 =
                page.2.replace("</body>", &format!("{}<a href='/late'>x</a></body>", "<p>text</p>".repeat(20_000)));
            page
        }
        _ => missing(),
    })
    .await;
    let config = CrawlConfig { max_page_bytes: 10_000, max_fetches: 2, ..web.config() };
    let crawled = crawl(&config, &task("http://shop.test", 9)).await.unwrap().crawl;
    assert_eq!(pages(&crawled), ["http://shop.test/", "http://shop.test/early"]);
    assert!(web.door.ledger().hosts["shop.test"].bytes_down > 0);
}
