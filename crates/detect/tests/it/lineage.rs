//! Who made which request, and who brought a vendor.

use earshot_model::{Event, Fact, Initiator, MarkKind, Request, Transport, Visit};

use crate::visit::{about, add, ask, frames, judged, mark, page, parsed, redirected, request, scripted};

const PAGE: &str = "https://shop.test/";
const GTM: &str = "https://www.googletagmanager.com/gtm.js?id=GTM-AB12";
const APP: &str = "https://shop.test/app.js?v=1";
const HOTJAR: &str = "https://static.hotjar.com/c/hotjar-12.js";
const CLARITY: &str = "https://www.clarity.ms/tag/abc";
const JQUERY: &str = "https://code.jquery.com/jquery-3.7.1.min.js";
const BANNER: &str = "https://cdn.cookielaw.org/scripttemplates/otSDKStub.js";
const ROCKET: &str = "https://shop.test/cdn-cgi/scripts/7d0fa10a/cloudflare-static/rocket-loader.min.js";
const SENTRY: &str = "https://browser.sentry-cdn.com/7.0.0/bundle.min.js";

fn cause(visit: &Visit, seq: u32) -> Option<u32> {
    judged(visit).notes[seq as usize].cause
}

fn brought_by(visit: &Visit, vendor: &str) -> Vec<String> {
    about(&judged(visit), vendor).traits.brought_by.clone()
}

/// The page with a container, a script of its own, an error monitor, a library, a banner and a loader: `seq` 0 to 6.
fn with_scripts() -> Visit {
    let mut visit = page(PAGE);
    for script in [GTM, APP, SENTRY, JQUERY, BANNER, ROCKET] {
        parsed(&mut visit, 10.0, script, Transport::Script, PAGE);
    }
    visit
}

#[test]
fn the_stack_tells_the_cause() {
    for (stack, wanted) in [
        (&[GTM][..], 1),
        (&[PAGE][..], 0),
        (&[PAGE, GTM][..], 1),
        (&["", GTM][..], 1),
        // Called back by others, the page's own code is the page's.
        (&[PAGE, APP][..], 0),
        (&[PAGE, APP, GTM][..], 1),
        (&[APP, GTM][..], 2),
        (&["https://shop.test/never-asked.js", APP][..], 2),
        (&["https://shop.test/never-asked.js"][..], 0),
        (&["https://shop.test/app.js?v=1#x"][..], 2),
        (&[][..], 0),
    ] {
        let mut visit = with_scripts();
        let pixel = scripted(&mut visit, 20.0, "https://px.test/p.gif", Transport::Image, stack);
        assert_eq!(cause(&visit, pixel), Some(wanted), "{stack:?}");
    }
}

#[test]
fn what_only_stands_around_is_not_the_cause() {
    for (stack, transport, to, wanted) in [
        (&[SENTRY, APP][..], Transport::Fetch, "https://px.test/p", 2),
        (&[SENTRY, PAGE][..], Transport::Xhr, "https://px.test/p", 0),
        (&[SENTRY][..], Transport::Fetch, "https://px.test/p", 3),
        (&[SENTRY, APP][..], Transport::Script, "https://px.test/p.js", 3),
        (&[SENTRY, APP][..], Transport::Fetch, "https://o1.ingest.sentry.io/api/1/envelope/", 3),
        (&[PAGE, SENTRY][..], Transport::Image, "https://px.test/p", 0),
        (&[JQUERY, APP][..], Transport::Script, "https://px.test/p.js", 2),
        (&[JQUERY, PAGE][..], Transport::Script, "https://px.test/p.js", 0),
        (&[JQUERY, SENTRY, GTM][..], Transport::Fetch, "https://px.test/p.js", 1),
        (&[JQUERY][..], Transport::Fetch, "https://px.test/p.js", 4),
        // A consent platform puts itself around the making of elements.
        (&[BANNER, APP][..], Transport::Script, "https://px.test/p.js", 2),
        (&[BANNER, PAGE][..], Transport::Image, "https://px.test/p.gif", 0),
        (&[BANNER][..], Transport::Script, "https://px.test/p.js", 5),
        (&[BANNER, APP][..], Transport::Script, "https://cdn.cookielaw.org/otBannerSdk.js", 5),
        // Loaders run what others have put there.
        (&[ROCKET, APP][..], Transport::Script, "https://px.test/p.js", 2),
        (&[ROCKET, PAGE][..], Transport::Script, "https://px.test/p.js", 0),
    ] {
        let mut visit = with_scripts();
        let sent = scripted(&mut visit, 20.0, to, transport, stack);
        assert_eq!(cause(&visit, sent), Some(wanted), "{stack:?} {transport:?} {to}");
    }
}

#[test]
fn the_latest_script_of_that_address_counts() {
    let mut visit = with_scripts();
    let again = ask(&mut visit, 15.0, APP, Transport::Script);
    let pixel = scripted(&mut visit, 20.0, "https://px.test/p.gif", Transport::Image, &[APP]);
    ask(&mut visit, 25.0, APP, Transport::Script);
    assert_eq!(cause(&visit, pixel), Some(again));
}

#[test]
fn hops_preflights_and_style_sheets() {
    let mut visit = with_scripts();
    let pixel = scripted(&mut visit, 20.0, "https://px.test/p.gif", Transport::Image, &[APP]);
    let hop = redirected(&mut visit, 21.0, "https://bat.bing.com/action/0?ti=1", Transport::Image, pixel);
    let preflight = Request {
        method: "OPTIONS".into(),
        initiator: Initiator { kind: "preflight".into(), request: Some(hop + 2), ..Initiator::default() },
        ..request("https://api.test/x", Transport::Preflight, None)
    };
    let preflight = add(&mut visit, 22.0, Fact::Request(preflight));
    scripted(&mut visit, 22.0, "https://api.test/x", Transport::Fetch, &[APP]);
    let style = parsed(&mut visit, 23.0, "https://fonts.googleapis.com/css2", Transport::Style, PAGE);
    let font = parsed(
        &mut visit,
        24.0,
        "https://fonts.gstatic.com/a.woff2",
        Transport::Font,
        "https://fonts.googleapis.com/css2",
    );
    assert_eq!(cause(&visit, 0), None, "nobody on the page made the page");
    assert_eq!((cause(&visit, hop), cause(&visit, preflight)), (Some(2), Some(2)));
    assert_eq!((cause(&visit, style), cause(&visit, font)), (Some(0), Some(style)));
    assert_eq!(brought_by(&visit, "bing-uet"), ["https://shop.test/app.js", "https://px.test/p.gif"]);
}

#[test]
fn frames_and_workers_have_documents_of_their_own() {
    let mut visit = with_scripts();
    let mut within = |frame: &str, url: &str, transport, stack: &[&str]| {
        let initiator = Initiator { kind: "script".into(), stack: frames(stack), ..Initiator::default() };
        let seq = u32::try_from(visit.events.len()).unwrap();
        let fact = Fact::Request(Request { initiator, ..request(url, transport, None) });
        visit.events.push(Event::new(seq, Some(30.0), frame, fact));
        seq
    };
    let chat = "https://chat.test/frame?a=1";
    let document = within(chat, chat, Transport::Document, &[APP]);
    let inside = within(chat, "https://www.clarity.ms/tag/a", Transport::Script, &[chat]);
    let pushed = within("https://chat.test/other", "https://chat.test/x.png", Transport::Image, &[]);
    let worker = within(PAGE, "https://shop.test/worker.js", Transport::Other, &[APP]);
    let by_worker = within("https://shop.test/worker.js", "https://px.test/w", Transport::Fetch, &[]);
    let blank = within("about:blank", "https://px.test/b", Transport::Image, &[]);
    let lost = within("blob:https://shop.test/1", "https://px.test/c", Transport::Fetch, &[]);
    let leaving = within("", "https://px.test/d", Transport::Beacon, &[]);
    for (seq, wanted) in [
        (document, Some(2)),
        (inside, Some(document)),
        (pushed, Some(document)),
        (worker, Some(2)),
        (by_worker, Some(worker)),
        (blank, Some(0)),
        (lost, None),
        (leaving, None),
    ] {
        assert_eq!(cause(&visit, seq), wanted, "{seq}");
    }
    let finding = judged(&visit);
    let finding = about(&finding, "microsoft-clarity");
    assert_eq!(finding.traits.brought_by, ["https://shop.test/app.js", "https://chat.test/frame"]);
    assert_eq!(finding.traits.frames, ["chat.test"]);
}

#[test]
fn scripts_that_scripts_insert_chain_on() {
    let mut visit = with_scripts();
    scripted(&mut visit, 20.0, HOTJAR, Transport::Script, &[GTM]);
    scripted(&mut visit, 30.0, "https://script.hotjar.com/modules.js", Transport::Script, &[HOTJAR]);
    scripted(&mut visit, 40.0, CLARITY, Transport::Script, &["https://script.hotjar.com/modules.js", PAGE]);
    assert_eq!(brought_by(&visit, "google-tag-manager"), Vec::<String>::new(), "the page itself asked for it");
    assert_eq!(brought_by(&visit, "hotjar"), ["Google Tag Manager GTM-AB12"]);
    assert_eq!(brought_by(&visit, "microsoft-clarity"), ["Google Tag Manager GTM-AB12", "Hotjar"]);
}

#[test]
fn a_file_of_a_cdn_is_named_by_its_address() {
    let mut visit = with_scripts();
    scripted(&mut visit, 20.0, CLARITY, Transport::Script, &[JQUERY]);
    assert_eq!(brought_by(&visit, "microsoft-clarity"), [JQUERY]);
}

#[test]
fn a_container_anywhere_on_the_stack_brought_it() {
    let mut visit = with_scripts();
    scripted(&mut visit, 20.0, CLARITY, Transport::Script, &[APP, PAGE, GTM]);
    assert_eq!(brought_by(&visit, "microsoft-clarity"), ["Google Tag Manager GTM-AB12", "https://shop.test/app.js"]);
}

#[test]
fn a_container_without_a_number_in_its_address_is_named_by_the_page() {
    let utag = "https://tags.tiqcdn.com/libs/utag.js";
    for (containers, name) in [(&["PRabc"][..], true), (&[][..], false), (&["PRabc", "PRdef"][..], false)] {
        let mut visit = page(PAGE);
        parsed(&mut visit, 10.0, utag, Transport::Script, PAGE);
        scripted(&mut visit, 20.0, CLARITY, Transport::Script, &[utag]);
        for container in containers {
            mark(&mut visit, MarkKind::Container, "utag", container);
        }
        let names = brought_by(&visit, "microsoft-clarity");
        assert_eq!(names.len(), 1, "{names:?}");
        assert_eq!(names[0].ends_with(" PRabc"), name, "{names:?}");
    }
}

#[test]
fn a_redirect_to_the_page_brought_nothing_of_what_the_page_does() {
    let mut visit = page("https://shop.test/");
    let bounce = redirected(&mut visit, 1.0, "https://bounce.test/?to=x", Transport::Document, 0);
    redirected(&mut visit, 2.0, "https://shop.test/home", Transport::Document, bounce);
    parsed(&mut visit, 10.0, CLARITY, Transport::Script, "https://shop.test/home");
    assert_eq!(brought_by(&visit, "microsoft-clarity"), Vec::<String>::new());
    assert_eq!(brought_by(&visit, "bounce.test"), Vec::<String>::new());
}

#[test]
fn facts_that_point_nowhere_have_no_cause() {
    let mut visit = page(PAGE);
    let wild = Request {
        redirect_of: Some(99),
        initiator: Initiator {
            kind: "preflight".into(),
            request: Some(77),
            url: Some("::".into()),
            ..Initiator::default()
        },
        method: "OPTIONS".into(),
        ..request("https://px.test/x", Transport::Preflight, None)
    };
    let wild = add(&mut visit, 10.0, Fact::Request(wild));
    let itself = Request { redirect_of: Some(2), ..request("https://px.test/y", Transport::Image, None) };
    let itself = add(&mut visit, 10.0, Fact::Request(itself));
    assert_eq!((cause(&visit, wild), cause(&visit, itself)), (Some(0), Some(0)));
    assert_eq!(brought_by(&visit, "px.test"), Vec::<String>::new());
}
