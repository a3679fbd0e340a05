//! Whose account a vendor works for.

use earshot_model::{Body, Fact, Transport};

use crate::visit::{about, add, ask, judged, page, post, request};

#[test]
fn accounts_are_read_from_every_request() {
    let mut visit = page("https://shop.test/");
    let gtm = "https://www.googletagmanager.com";
    for path in ["/gtm.js?id=GTM-B2", "/gtm.js?id=GTM-A1", "/gtm.js?id=GTM-A1&x", "/gtag/js?id=G-1", "/gtm.js?id=no"] {
        ask(&mut visit, 10.0, &format!("{gtm}{path}"), Transport::Script);
    }
    assert_eq!(
        about(&judged(&visit), "google-tag-manager").traits.accounts,
        ["container:GTM-A1", "container:GTM-B2", "tag:G-1"]
    );
}

#[test]
fn accounts_are_read_from_bodies() {
    let mut visit = page("https://shop.test/");
    let body = br#"{"batch":[{"writeKey":"k1"}]}"#;
    post(&mut visit, 10.0, "https://api.segment.io/v1/b", br#"{"writeKey":"k2","anonymousId":"a"}"#);
    post(&mut visit, 20.0, "https://api.segment.io/v1/b", body);
    let cut = Body { size: 9_999, excerpt: br#"{"writeKey":"k3","batch":[{"a":"#.to_vec() };
    add(&mut visit, 30.0, Fact::Request(request("https://api.segment.io/v1/b", Transport::Fetch, Some(cut))));
    assert_eq!(about(&judged(&visit), "segment").traits.accounts, ["write_key:k1", "write_key:k2", "write_key:k3"]);
}

#[test]
fn what_stands_deep_in_a_body_is_the_pages() {
    let mut visit = page("https://shop.test/");
    let event = br#"{"event":"Page","properties":{"token":"0a1b","cart":{"token":"of-the-shop"}}}"#;
    post(&mut visit, 10.0, "https://api-js.mixpanel.com/track/?verbose=1", event);
    post(&mut visit, 20.0, "https://api-js.mixpanel.com/engage/", br#"{"token":"of-somebody"}"#);
    assert_eq!(about(&judged(&visit), "mixpanel").traits.accounts, ["token:0a1b"]);
}

#[test]
fn a_page_that_invents_accounts_ends_at_the_bound() {
    let mut visit = page("https://shop.test/");
    for nth in 0..200 {
        let url = format!("https://www.googletagmanager.com/gtm.js?id=GTM-{nth:03}");
        ask(&mut visit, 10.0, &url, Transport::Script);
    }
    assert_eq!(about(&judged(&visit), "google-tag-manager").traits.accounts.len(), 64);
}

#[test]
fn the_rule_that_says_most_of_an_address_names_the_account() {
    let mut visit = page("https://shop.test/");
    ask(&mut visit, 10.0, "https://www.clarity.ms/tag/abc123def4", Transport::Script);
    ask(&mut visit, 20.0, "https://www.clarity.ms/tag/uet/97000001", Transport::Script);
    assert_eq!(about(&judged(&visit), "microsoft-clarity").traits.accounts, ["project:abc123def4", "uet_tag:97000001"]);
}
