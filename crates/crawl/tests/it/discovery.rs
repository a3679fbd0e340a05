use earshot_model::{Outcome, PageKind};

use crate::web::{Web, html, missing, pages, redirect, text, xml};

#[tokio::test]
async fn links_become_a_choice_of_kinds_with_the_start_first() {
    let web = Web::start(&[], &["shop.test"], |url| match url {
        "http://shop.test/" => html(&["/p/1", "/p/2", "/p/3", "about", "/contact#form", "/login", "/logout", "/x.pdf"]),
        "http://shop.test/robots.txt" => missing(),
        _ => html(&["/", "https://other.test/", "http://evilshop.test/contact"]),
    })
    .await;
    let crawl = web.crawl("http://shop.test", 5).await;
    assert_eq!(crawl.outcome, Outcome::Loaded { status: 200 });
    let base = "http://shop.test/";
    assert_eq!(pages(&crawl), ["", "contact", "login", "p/1", "about"].map(|path| format!("{base}{path}")));
    assert_eq!(crawl.pages[1].1, PageKind::Contact);
    assert_eq!(crawl.discovered, 7);
    assert_eq!(
        web.asked(),
        ["http://shop.test/robots.txt", "http://shop.test/"],
        "a kind for each page: no more reads"
    );
}

#[tokio::test]
async fn sitemaps_of_robots_txt_are_read_with_their_index() {
    let web = Web::start(&[], &["shop.test"], |url| match url {
        "http://shop.test/" => html(&[]),
        "http://shop.test/robots.txt" => text(200, "Sitemap: http://shop.test/index.xml\n"),
        "http://shop.test/index.xml" => xml("<sitemapindex><sitemap><loc>http://shop.test/one.xml</loc></sitemap>\
             <sitemap><loc>http://elsewhere.test/two.xml</loc></sitemap></sitemapindex>"),
        "http://shop.test/one.xml" => {
            xml("<urlset><url><loc>https://shop.test/contact</loc></url><url><loc>http://shop.test/a.pdf</loc></url>\
             <url><loc>http://other.test/</loc></url></urlset>")
        }
        "http://shop.test/contact" => html(&[]),
        _ => missing(),
    })
    .await;
    let crawl = web.crawl("http://shop.test", 4).await;
    assert_eq!(pages(&crawl), ["http://shop.test/", "http://shop.test/contact"]);
    assert!(
        !web.asked().iter().any(|url| url.contains("elsewhere") || url.contains("/sitemap.xml")),
        "{:?}",
        web.asked()
    );
}

#[tokio::test]
async fn the_default_sitemap_is_tried_and_dead_links_are_not_chosen() {
    let web = Web::start(&[], &["shop.test"], |url| match url {
        "http://shop.test/" => html(&["/gone", "/moved", "/file"]),
        "http://shop.test/moved" => redirect("/about"),
        "http://shop.test/about" => html(&[]),
        "http://shop.test/file" => text(200, "no page"),
        "http://shop.test/sitemap.xml" => xml("<urlset><url><loc>http://shop.test/terms</loc></url></urlset>"),
        "http://shop.test/terms" => html(&[]),
        _ => missing(),
    })
    .await;
    let crawl = web.crawl("http://shop.test", 9).await;
    assert_eq!(pages(&crawl), ["http://shop.test/", "http://shop.test/terms", "http://shop.test/about"]);
    assert_eq!(crawl.discovered, 3);
    assert_eq!(web.asked().iter().filter(|url| url.ends_with("/about")).count(), 1, "a redirect's target is read once");
}

#[tokio::test]
async fn the_start_may_redirect_within_the_site_and_tls_is_trusted_by_the_given_ca() {
    let web = Web::start(&["shop.test", "www.shop.test"], &[], |url| match url {
        "https://shop.test/" => redirect("https://www.shop.test/"),
        "https://www.shop.test/" => html(&["/contact", "https://shop.test/", "/", "http://www.shop.test/login"]),
        _ => missing(),
    })
    .await;
    let crawl = web.crawl("shop.test", 3).await;
    let expected = ["https://shop.test/", "https://www.shop.test/contact", "https://www.shop.test/login"];
    assert_eq!(pages(&crawl), expected, "the home page is not chosen twice");
    assert_eq!(crawl.start.as_str(), "https://shop.test/");
}

#[tokio::test]
async fn http_is_tried_when_nothing_answers_at_an_assumed_https() {
    let site = |url: &str| match url {
        "http://shop.test/" => html(&["/contact"]),
        _ => missing(),
    };
    let web = Web::start(&[], &["shop.test"], site).await;
    let crawl = web.crawl("shop.test", 2).await;
    assert_eq!(pages(&crawl), ["http://shop.test/", "http://shop.test/contact"]);
    assert_eq!(crawl.start.as_str(), "https://shop.test/", "the key of the crawl stays what was asked for");

    let crawl = web.crawl("https://shop.test", 2).await;
    assert!(matches!(crawl.outcome, Outcome::Unreachable { .. }), "a written scheme is meant: {:?}", crawl.outcome);
}

#[tokio::test]
async fn one_page_that_was_named_is_opened_and_nothing_else() {
    let web = Web::start(&[], &["shop.test"], |url| match url {
        "http://shop.test/private/x" => html(&["/contact"]),
        _ => text(200, "User-agent: *\nDisallow: /private"),
    })
    .await;
    let crawl = web.crawl("http://shop.test/private/x", 9).await;
    assert_eq!(pages(&crawl), ["http://shop.test/private/x"]);
    assert_eq!(crawl.outcome, Outcome::Loaded { status: 200 });
    assert_eq!(web.asked(), ["http://shop.test/private/x"]);
}

#[tokio::test]
async fn a_calendar_without_end_does_not_hide_the_rest() {
    let web = Web::start(&[], &["shop.test"], |url| match url.strip_prefix("http://shop.test/") {
        Some("") => html(&["/cal/1", "/cal/2", "/about", "/team"]),
        Some("team") => html(&["/jobs"]),
        Some("robots.txt" | "sitemap.xml") | None => missing(),
        Some(path) => match path.strip_prefix("cal/").and_then(|day| day.parse::<u64>().ok()) {
            Some(day) => html(&[&format!("/cal/{}", day + 1), &format!("/cal/{}", day * 2), "/cal/x/y/x/y/x/y"]),
            None => html(&[]),
        },
    })
    .await;
    let crawl = web.crawl("http://shop.test", 50).await;
    assert_eq!(crawl.outcome, Outcome::Loaded { status: 200 });
    let read = web.asked().iter().filter(|url| url.contains("/cal/")).count();
    assert_eq!(read, 2, "{:?}", web.asked());
    for path in ["about", "team", "jobs"] {
        assert!(pages(&crawl).contains(&format!("http://shop.test/{path}").as_str()), "{path}: {:?}", pages(&crawl));
    }
}
