//! Cookies and storage: whose they are.

use earshot_model::{Cookie, Fact, StorageArea, Transport, Visit};

use crate::visit::{about, add, ask, cookie, judged, page, store};

fn with_clarity() -> (Visit, u32) {
    let mut visit = page("https://www.shop.test/");
    let tag = ask(&mut visit, 10.0, "https://www.clarity.ms/tag/x", Transport::Script);
    ask(&mut visit, 20.0, "https://widgets.test/w.js", Transport::Script);
    (visit, tag)
}

fn stored(visit: &Visit, vendor: &str) -> Vec<String> {
    about(&judged(visit), vendor).stored.clone()
}

#[test]
fn names_tell_on_the_pages_own_domain() {
    let (mut visit, _) = with_clarity();
    for name in ["_clsk", "_clck", "_clck", "session", "_fbp"] {
        add(&mut visit, 30.0, Fact::Cookie(cookie(name, "shop.test", None)));
    }
    store(&mut visit, StorageArea::Session, "https://www.shop.test", "_cltk");
    store(&mut visit, StorageArea::Local, "https://www.shop.test", "_cltk");
    assert_eq!(stored(&visit, "microsoft-clarity"), ["cookie:_clck", "cookie:_clsk", "session:_cltk"]);
    assert!(stored(&visit, "widgets.test").is_empty());
    assert_eq!(judged(&visit).findings.len(), 2, "a cookie's name alone proves nobody's presence");
}

#[test]
fn domains_tell_elsewhere() {
    let (mut visit, _) = with_clarity();
    add(&mut visit, 30.0, Fact::Cookie(cookie("CLID", "www.clarity.ms", None)));
    add(&mut visit, 30.0, Fact::Cookie(cookie("w", "widgets.test", None)));
    add(&mut visit, 30.0, Fact::Cookie(cookie("z", "nobody-asked.test", None)));
    store(&mut visit, StorageArea::Local, "https://widgets.test/^0https://shop.test", "k");
    assert_eq!(stored(&visit, "microsoft-clarity"), ["cookie:CLID"]);
    assert_eq!(stored(&visit, "widgets.test"), ["cookie:w", "local:k"]);
}

#[test]
fn a_cookie_above_a_known_path_belongs_to_who_was_contacted_there() {
    let mut visit = page("https://shop.test/");
    ask(&mut visit, 10.0, "https://www.facebook.com/tr/?id=1", Transport::Image);
    add(&mut visit, 30.0, Fact::Cookie(cookie("fr", "facebook.com", None)));
    add(&mut visit, 30.0, Fact::Cookie(cookie("x", "notfacebook.com", None)));
    assert_eq!(stored(&visit, "meta-pixel"), ["cookie:fr"]);
}

#[test]
fn an_answers_cookie_is_the_answerers_and_is_not_told_twice() {
    let mut visit = page("https://shop.test/");
    let sync = ask(&mut visit, 10.0, "https://c.bing.com/c.gif", Transport::Image);
    ask(&mut visit, 20.0, "https://bat.bing.com/action/0", Transport::Image);
    add(&mut visit, 30.0, Fact::Cookie(cookie("MUID", "bing.com", Some(sync))));
    add(&mut visit, 90.0, Fact::Cookie(cookie("MUID", "bing.com", None)));
    visit.took_ms = 500;
    assert_eq!(stored(&visit, "microsoft-id-sync"), ["cookie:MUID"]);
    assert!(stored(&visit, "bing-uet").is_empty());
    assert_eq!(judged(&visit).notes[3].vendor.as_deref(), Some("microsoft-id-sync"));
}

#[test]
fn what_was_blocked_or_deleted_is_not_stored() {
    let (mut visit, tag) = with_clarity();
    let refused = Cookie { blocked: Some("UserPreferences".into()), ..cookie("CLID", "www.clarity.ms", Some(tag)) };
    let deleted = Cookie { lifetime_s: Some(0), ..cookie("_clck", "shop.test", None) };
    let session = Cookie { lifetime_s: None, ..cookie("_clsk", "shop.test", None) };
    for cookie in [refused, deleted, session] {
        add(&mut visit, 30.0, Fact::Cookie(cookie));
    }
    assert_eq!(stored(&visit, "microsoft-clarity"), ["cookie:_clsk"]);
}
