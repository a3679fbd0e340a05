//! Whose an address is.

use earshot_detect::{FirstParty, Party, attribute};
use earshot_model::{PageUrl, Site};

use crate::visit::{CATALOGUE, page};

fn whose(url: &str, page_host: &str) -> Option<String> {
    let first = FirstParty::site(Site::of_host(page_host).unwrap());
    attribute(url, &first, &CATALOGUE).map(|party| match party {
        Party::FirstParty => "first".to_owned(),
        Party::Vendor(vendor) => vendor.id.clone(),
        Party::Unknown(site) => format!("? {site}"),
    })
}

#[test]
fn real_addresses_find_their_vendor() {
    for (url, vendor) in [
        ("https://www.clarity.ms/tag/abc", "microsoft-clarity"),
        ("https://k.clarity.ms/collect", "microsoft-clarity"),
        ("https://c.bing.com/c.gif?x", "microsoft-id-sync"),
        ("https://bat.bing.com/action/0?ti=1", "bing-uet"),
        ("wss://ws.hotjar.com/api/v2/client/ws", "hotjar"),
        ("https://us-assets.i.posthog.com/static/array.js", "posthog"),
        ("https://o1.ingest.us.sentry.io/api/2/envelope/?x", "sentry-replay"),
        ("https://browser-intake-datadoghq.eu/api/v2/replay", "datadog-rum"),
        ("https://bam.eu01.nr-data.net/1/x", "new-relic"),
        ("https://api-js.mixpanel.com/record/?format=gzip", "mixpanel"),
        ("https://stats.agency.test/matomo.php?idsite=1", "matomo"),
        ("https://www.facebook.com/tr/?id=1&ev=PageView", "meta-pixel"),
        ("https://connect.facebook.net/en_US/fbevents.js", "meta-pixel"),
        ("https://www.googletagmanager.com/gtag/js?id=G-1", "google-tag-manager"),
        ("https://region1.google-analytics.com/g/collect?v=2", "google-analytics"),
        ("https://stats.g.doubleclick.net/g/collect", "google-analytics"),
        ("https://googleads.g.doubleclick.net/pagead/viewthroughconversion/1/", "google-ads"),
        ("https://www.google.com/pagead/1p-user-list/1/", "google-ads"),
        ("https://www.google.com/recaptcha/api.js", "google-recaptcha"),
        ("https://www.gstatic.com/recaptcha/releases/x.js", "google-recaptcha"),
        ("https://www.gstatic.com/charts/loader.js", "google-static"),
        ("https://fonts.gstatic.com/s/inter.woff2", "google-fonts"),
        ("https://px.ads.linkedin.com/collect/?pid=1", "linkedin-insight"),
        ("https://www.redditstatic.com/ads/pixel.js", "reddit-pixel"),
        ("https://t.co/i/adsct?x", "x-pixel"),
        ("https://nexus-websocket-a.intercom.io/pubsub/x", "intercom"),
    ] {
        assert_eq!(whose(url, "shop.test").as_deref(), Some(vendor), "{url}");
    }
}

#[test]
fn what_no_vendor_owns_is_first_party_or_unknown() {
    for (url, party) in [
        ("https://cdn.shop.test/app.js", "first"),
        ("https://shop.test./app.js", "first"),
        ("https://www.facebook.com/shop", "? facebook.com"),
        ("https://t.co/abc", "? t.co"),
        ("https://a.b.tracker.co.uk/x", "? tracker.co.uk"),
        ("https://notclarity.ms/", "? notclarity.ms"),
        ("http://203.0.113.7/x", "? 203.0.113.7"),
        ("https://github.io/", "? github.io"),
    ] {
        assert_eq!(whose(url, "shop.test").as_deref(), Some(party), "{url}");
    }
}

#[test]
fn what_leaves_nobodys_computer_is_nobodys() {
    for url in [
        "data:image/gif;base64,R0",
        "blob:https://shop.test/1",
        "about:blank",
        "chrome-extension://x/y",
        "",
        "https://",
    ] {
        assert_eq!(whose(url, "shop.test"), None, "{url}");
    }
}

#[test]
fn a_vendor_at_home_is_first_party() {
    assert_eq!(whose("https://us.i.posthog.com/e/", "posthog.com").as_deref(), Some("first"));
    assert_eq!(whose("https://mc.yandex.ru/watch/1", "yandex.ru").as_deref(), Some("first"));
    assert_eq!(whose("https://connect.facebook.net/x.js", "facebook.com").as_deref(), Some("meta-pixel"));
    assert_eq!(whose("https://shop.test/matomo.php", "shop.test").as_deref(), Some("first"));
}

#[test]
fn a_moved_site_is_one_party() {
    let mut visit = page("https://shop.test/");
    visit.final_url = Some(PageUrl::parse("https://www.shop.example/").unwrap());
    let first = FirstParty::of(&visit);
    for (url, own) in [("https://a.shop.test/", true), ("https://shop.example/x", true), ("https://other.test/", false)]
    {
        assert_eq!(attribute(url, &first, &CATALOGUE) == Some(Party::FirstParty), own, "{url}");
    }
}
