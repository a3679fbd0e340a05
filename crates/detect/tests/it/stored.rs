//! Cookies and storage: whose they are.

use earshot_model::{Cookie, Fact, Listener, StorageArea, StorageWrite, Transport, Visit};

use crate::visit::{about, add, ask, cookie, frames, judged, page, scripted, store};

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

#[test]
fn what_a_script_set_and_was_gone_at_the_end_is_not_stored() {
    for (kept, by_answer, there) in
        [(Some(false), false, false), (Some(true), false, true), (None, false, true), (Some(false), true, true)]
    {
        let (mut visit, tag) = with_clarity();
        let cookie = Cookie { kept, ..cookie("_clck", "shop.test", by_answer.then_some(tag)) };
        add(&mut visit, 30.0, Fact::Cookie(cookie));
        assert_eq!(!stored(&visit, "microsoft-clarity").is_empty(), there, "{kept:?} {by_answer}");
    }
}

const PAGE: &str = "https://www.shop.test/";
const CLARITY: &str = "https://www.clarity.ms/tag/x";
const WIDGET: &str = "https://widgets.test/w.js";
const GTM: &str = "https://www.googletagmanager.com/gtm.js?id=GTM-1";
const LIBRARY: &str = "https://cdn.jsdelivr.net/npm/js-cookie@3/dist/js.cookie.min.js";
const CONSENT: &str = "https://cdn.cookielaw.org/otSDKStub.js";

#[test]
fn the_script_tells_before_the_name() {
    for (name, stack, widget, clarity, container) in [
        ("w", &[WIDGET][..], true, false, false),
        ("_clck", &[WIDGET][..], true, false, false),
        ("_clck", &[CLARITY, GTM][..], false, true, false),
        ("w", &[CONSENT, WIDGET][..], true, false, false),
        ("w", &[LIBRARY, WIDGET][..], true, false, false),
        ("w", &[LIBRARY, "https://www.shop.test/app.js"][..], false, false, false),
        ("w", &[LIBRARY][..], false, false, false),
        // What a container writes bears the name of the vendor whose code it runs.
        ("_clck", &[GTM][..], false, true, false),
        ("_clck", &[PAGE, GTM][..], false, true, false),
        // It is not charged with what the site's people have put into it.
        ("w", &[GTM][..], false, false, false),
        ("w", &[PAGE, GTM][..], false, false, false),
        // The site's own script, or its inline code, even if a third party has called it.
        ("w", &["https://www.shop.test/app.js", WIDGET][..], false, false, false),
        ("w", &[PAGE, WIDGET][..], false, false, false),
        ("_clck", &[PAGE][..], false, true, false),
        // A party that was not contacted keeps nothing.
        ("w", &["https://nobody-asked.test/x.js"][..], false, false, false),
    ] {
        let (mut visit, _) = with_clarity();
        for script in [GTM, CONSENT, LIBRARY] {
            scripted(&mut visit, 20.0, script, Transport::Script, &[PAGE]);
        }
        let cookie = Cookie { stack: frames(stack), kept: Some(true), ..cookie(name, "shop.test", None) };
        add(&mut visit, 30.0, Fact::Cookie(cookie));
        let key = if name == "_clck" { "_cltk" } else { name };
        let write = StorageWrite {
            area: StorageArea::Session,
            origin: "https://www.shop.test".into(),
            key: key.into(),
            stack: frames(stack),
            ..StorageWrite::default()
        };
        add(&mut visit, 31.0, Fact::Storage(write));
        let both = |vendor: &str, kept: bool| {
            let names = if kept { vec![format!("cookie:{name}"), format!("session:{key}")] } else { Vec::new() };
            assert_eq!(stored(&visit, vendor), names, "{vendor}: {name} {stack:?}");
        };
        both("widgets.test", widget);
        both("microsoft-clarity", clarity);
        both("google-tag-manager", container);
    }
}

#[test]
fn a_short_name_tells_nothing_of_what_the_pages_own_script_wrote() {
    let app = "https://www.shop.test/app.js";
    for (stack, name, kept) in [
        (&[app][..], "_hjTheme", false),
        (&[app, GTM][..], "_hjTheme", false),
        (&[PAGE, GTM][..], "_hjTheme", true),
        (&[GTM][..], "_hjTheme", true),
        (&[][..], "_hjTheme", true),
        (&["https://static.hotjar.com/c/hotjar-1.js"][..], "anything", true),
    ] {
        let mut visit = page(PAGE);
        ask(&mut visit, 10.0, "https://static.hotjar.com/c/hotjar-1.js", Transport::Script);
        let (origin, key) = (PAGE.into(), name.into());
        let write = StorageWrite { origin, key, stack: frames(stack), ..StorageWrite::default() };
        add(&mut visit, 31.0, Fact::Storage(write));
        assert_eq!(!stored(&visit, "hotjar").is_empty(), kept, "{name} {stack:?}");
    }
}

#[test]
fn a_cookie_and_a_listener_of_one_stack_have_one_owner() {
    for stack in
        [&[WIDGET][..], &[PAGE, WIDGET], &[LIBRARY, WIDGET], &[CONSENT, WIDGET], &[WIDGET, CLARITY], &[LIBRARY]]
    {
        let (mut visit, _) = with_clarity();
        scripted(&mut visit, 25.0, LIBRARY, Transport::Script, &[WIDGET]);
        let cookie = Cookie { stack: frames(stack), ..cookie("w", "shop.test", None) };
        let set = add(&mut visit, 30.0, Fact::Cookie(cookie));
        let listener = Listener { event: "input".into(), target: "input".into(), ..Listener::default() };
        let heard = add(&mut visit, 30.0, Fact::Listener(Listener { stack: frames(stack), ..listener }));
        let notes = judged(&visit).notes;
        assert_eq!(notes[set as usize].vendor, notes[heard as usize].vendor, "{stack:?}");
    }
}

#[test]
fn the_jar_does_not_tell_again_what_was_seen_being_set() {
    let (mut visit, _) = with_clarity();
    let set = Cookie { stack: frames(&[WIDGET]), ..cookie("_clck", "shop.test", None) };
    add(&mut visit, 30.0, Fact::Cookie(set));
    add(&mut visit, 90.0, Fact::Cookie(cookie("_clck", "shop.test", None)));
    assert_eq!(stored(&visit, "widgets.test"), ["cookie:_clck"]);
    assert!(stored(&visit, "microsoft-clarity").is_empty());
}

#[test]
fn databases_and_caches_are_stored_too() {
    let (mut visit, _) = with_clarity();
    for (area, key) in [(StorageArea::IndexedDb, "db"), (StorageArea::Cache, "files")] {
        store(&mut visit, area, "https://widgets.test", key);
        let write = StorageWrite { area, key: key.into(), stack: frames(&[WIDGET]), ..StorageWrite::default() };
        add(&mut visit, 30.0, Fact::Storage(StorageWrite { origin: PAGE.into(), ..write }));
    }
    assert_eq!(stored(&visit, "widgets.test"), ["cache:files", "indexeddb:db"]);
}

#[test]
fn in_a_strangers_frame_the_script_tells_before_the_origin() {
    for (stack, keeper) in
        [(&[CLARITY][..], "microsoft-clarity"), (&[WIDGET][..], "widgets.test"), (&[][..], "widgets.test")]
    {
        let (mut visit, _) = with_clarity();
        let write = StorageWrite { key: "k".into(), origin: "https://widgets.test".into(), ..StorageWrite::default() };
        add(&mut visit, 30.0, Fact::Storage(StorageWrite { stack: frames(stack), ..write }));
        add(&mut visit, 31.0, Fact::Cookie(Cookie { stack: frames(stack), ..cookie("c", "widgets.test", None) }));
        assert_eq!(stored(&visit, keeper), ["cookie:c", "local:k"], "{stack:?}");
        let told = ["microsoft-clarity", "widgets.test"].map(|vendor| stored(&visit, vendor).len());
        assert_eq!(told.iter().sum::<usize>(), 2, "{stack:?}");
    }
}
