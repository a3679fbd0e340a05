//! A small list of our own, in the syntax of the real ones.

use earshot_detect::{DetectError, FilterList, judge};
use earshot_model::{Exposure, Transport};

use crate::visit::{CATALOGUE, about, ask, page};

const LIST: &str = "[Adblock Plus 2.0]
! Title: Small
||spy.test^$third-party
||pixel.test^$image,third-party
@@||spy.test/allowed.js
/track-me/*
shop.test##.banner
||only.test^$domain=news.test
";

const PAGE: &str = "https://www.shop.test/";

#[test]
fn rules_match_as_their_syntax_says() {
    let list = FilterList::parse("Small", LIST).unwrap();
    assert_eq!((list.name(), list.rules()), ("Small", 5));
    for (url, source, transport, matches) in [
        ("https://a.spy.test/x.js", PAGE, Transport::Script, true),
        ("wss://a.spy.test/x", PAGE, Transport::WebSocket, true),
        ("https://spy.test/allowed.js", PAGE, Transport::Script, false),
        ("https://spy.test/x.js", "https://www.spy.test/", Transport::Script, false),
        ("https://pixel.test/1.gif", PAGE, Transport::Image, true),
        ("https://pixel.test/1.js", PAGE, Transport::Script, false),
        ("https://other.test/track-me/1", PAGE, Transport::Beacon, true),
        ("https://only.test/", PAGE, Transport::Fetch, false),
        ("https://only.test/", "https://news.test/", Transport::Fetch, true),
        ("not a url", PAGE, Transport::Fetch, false),
    ] {
        assert_eq!(list.matches(url, source, transport), matches, "{url} on {source}");
    }
}

#[test]
fn a_list_without_rules_is_an_error_not_a_clean_web() {
    for text in ["", "! only a comment\n", "[Adblock Plus 2.0]\nshop.test##.banner\n"] {
        assert!(matches!(FilterList::parse("x", text), Err(DetectError::EmptyList { .. })), "{text:?}");
    }
}

#[test]
fn a_listed_party_is_a_tracker_and_the_list_is_named() {
    let list = FilterList::parse("Small", LIST).unwrap();
    let mut visit = page(PAGE);
    ask(&mut visit, 10.0, "https://www.pixel.test/a.js", Transport::Script);
    ask(&mut visit, 20.0, "https://www.pixel.test/a.gif", Transport::Image);
    ask(&mut visit, 30.0, "https://quiet.test/a.gif", Transport::Image);
    ask(&mut visit, 40.0, "https://fonts.gstatic.com/track-me/a", Transport::Font);
    let judgement = judge(&visit, &CATALOGUE, Some(&list));
    let listed = about(&judgement, "pixel.test");
    assert_eq!((listed.exposure, listed.category.as_str()), (Exposure::Tracker, "listed"));
    assert_eq!(listed.vendor_name, "pixel.test (Small)");
    assert_eq!(about(&judgement, "quiet.test").exposure, Exposure::Unknown);
    assert_eq!(about(&judgement, "google-fonts").exposure, Exposure::None, "the catalogue knows better than a list");
}

#[test]
fn a_list_is_shared_between_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&FilterList::parse("Small", LIST).unwrap());
}
