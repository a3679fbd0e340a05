//! Who tells browsers apart, and who only draws a chart.

use earshot_model::{ApiCall, Exposure, Fact, Initiator, Mark, MarkKind, Request, Rule, ScriptFrame, Transport, Visit};

use crate::visit::{add, ask, judged, page, request};

const STRANGER: &str = "https://cdn.prints.test/fp.js";
const TEXT: &str = "width=240 height=60 chars=26 colors=3 saves=0 listeners=0 area=0";

fn frames(urls: &[&str]) -> Vec<ScriptFrame> {
    let frame = |url: &&str| ScriptFrame { url: (*url).into(), function: String::new(), line: 1, column: 1 };
    urls.iter().map(frame).collect()
}

/// A script (innermost first) calls something.
fn call(visit: &mut Visit, at_ms: f64, stack: &[&str], api: &str, detail: &str) -> u32 {
    let call = ApiCall { api: api.into(), detail: detail.into(), count: 1, stack: frames(stack) };
    add(visit, at_ms, Fact::ApiCall(call))
}

/// Vendor and techniques of each finding about fingerprinting.
fn found(visit: &Visit) -> Vec<(String, Vec<String>)> {
    let findings = judged(visit).findings.into_iter().filter(|finding| finding.rule == Rule::Fingerprinting);
    findings.map(|finding| (finding.vendor, finding.traits.fingerprints)).collect()
}

/// The techniques that one stranger's script is found to use by these calls.
fn techniques(calls: &[(&str, &str)]) -> Vec<String> {
    let mut visit = page("https://shop.test/");
    for (api, detail) in calls {
        call(&mut visit, 50.0, &[STRANGER], api, detail);
    }
    found(&visit).pop().map(|(_, techniques)| techniques).unwrap_or_default()
}

#[test]
fn a_finding_names_the_script_and_its_first_call() {
    let mut visit = page("https://shop.test/");
    ask(&mut visit, 20.0, STRANGER, Transport::Script);
    call(&mut visit, 60.0, &[STRANGER], "Navigator", "properties=3 names=language,platform,userAgent");
    let drawn = call(&mut visit, 80.0, &["", STRANGER, "https://shop.test/"], "HTMLCanvasElement.toDataURL", TEXT);
    let judgement = judged(&visit);
    let [contact, finding] = judgement.findings.as_slice() else { panic!("{:?}", judgement.findings) };
    assert_eq!(
        (contact.rule, contact.traits.fingerprints.as_slice()),
        (Rule::PreConsentContact, &["canvas".into()][..])
    );
    assert_eq!(
        (finding.rule, finding.vendor.as_str(), finding.exposure),
        (Rule::Fingerprinting, "prints.test", Exposure::Unknown)
    );
    assert_eq!((finding.first_contact_ms, finding.proof, finding.requests), (80.0, drawn, 0));
    assert_eq!(finding.proof_url, STRANGER);
    assert_eq!(finding.traits.fingerprints, ["canvas"]);
    assert_eq!(judgement.notes[drawn as usize].vendor.as_deref(), Some("prints.test"));
    assert_ne!(finding.id, contact.id);
}

#[test]
fn canvas_by_the_four_published_criteria() {
    let url = "HTMLCanvasElement.toDataURL";
    let read = "CanvasRenderingContext2D.getImageData";
    for (api, detail, is) in [
        (url, TEXT, true),
        ("HTMLCanvasElement.toBlob", TEXT, true),
        ("OffscreenCanvas.convertToBlob", TEXT, true),
        (url, "width=16 height=16 chars=10 colors=1 saves=0 listeners=0 area=0", true),
        (url, "width=16 height=16 chars=2 colors=2 saves=0 listeners=0 area=0", true),
        (url, "width=16 height=16 chars=2 colors=1 saves=0 listeners=0 area=0", false),
        // A badge with a number on it.
        (url, "width=16 height=16 chars=1 colors=2 saves=0 listeners=0 area=0", false),
        (url, "width=15 height=60 chars=26 colors=3 saves=0 listeners=0 area=0", false),
        (url, "width=240 height=15 chars=26 colors=3 saves=0 listeners=0 area=0", false),
        (url, "width=240 height=60 chars=9 colors=1 saves=0 listeners=0 area=0", false),
        (url, "width=240 height=60 chars=0 colors=9 saves=0 listeners=0 area=0", false),
        (url, "width=240 height=60 chars=26 colors=3 saves=1 listeners=0 area=0", false),
        (url, "width=240 height=60 chars=26 colors=3 saves=0 listeners=1 area=0", false),
        (url, "width=240 height=60 chars=26 colors=3", false),
        (url, "", false),
        (read, "width=240 height=60 chars=26 colors=3 saves=0 listeners=0 area=256", true),
        (read, "width=240 height=60 chars=26 colors=3 saves=0 listeners=0 area=255", false),
    ] {
        assert_eq!(techniques(&[(api, detail)]) == ["canvas"], is, "{api} {detail}");
    }
}

#[test]
fn fonts_by_the_published_criterion() {
    let measure = "CanvasRenderingContext2D.measureText";
    for (detail, is) in [
        ("fonts=50 same_text=50", true),
        ("fonts=49 same_text=500", false),
        ("fonts=500 same_text=49", false),
        ("fonts=3 same_text=120", false),
    ] {
        assert_eq!(techniques(&[(measure, detail)]) == ["fonts"], is, "{detail}");
    }
}

const CARD: (&str, &str) =
    ("WebGLRenderingContext.getParameter", "parameter=UNMASKED_VENDOR_WEBGL|UNMASKED_RENDERER_WEBGL");
const PIXELS: (&str, &str) = ("WebGL2RenderingContext.readPixels", "");
const DRAWN: (&str, &str) = ("HTMLCanvasElement.toDataURL", TEXT);

#[test]
fn what_is_weak_alone_counts_in_company() {
    let audio = [
        ("OfflineAudioContext.startRendering", ""),
        ("BaseAudioContext.createOscillator", ""),
        ("OfflineAudioContext.createDynamicsCompressor", ""),
    ];
    let spectrum = [("AudioContext.createOscillator", ""), ("AnalyserNode.getFloatFrequencyData", "")];
    let peer = [("RTCPeerConnection.createDataChannel", ""), ("RTCPeerConnection.createOffer", "")];
    let properties = [("Navigator", "properties=12 names=a,b"), ("Screen", "properties=3 names=c")];
    let none: &[&str] = &[];
    for (calls, found) in [
        (&audio[..], &["audio"][..]),
        (&audio[..2], none),
        (&spectrum[..], none),
        (&[spectrum[0], spectrum[1], DRAWN][..], &["audio", "canvas"]),
        (&[CARD], none),
        (&[CARD, PIXELS], none),
        (&[CARD, DRAWN], &["canvas", "webgl"]),
        (&[PIXELS, DRAWN], &["canvas"]),
        (&[("WebGLRenderingContext.getParameter", "parameter=UNMASKED_VENDOR_WEBGL"), PIXELS], none),
        (&[("WebGLRenderingContext.getSupportedExtensions", "")], none),
        (&peer, none),
        (&[peer[0], peer[1], DRAWN], &["canvas", "webrtc"]),
        (&properties, none),
        (&[properties[0], properties[1], DRAWN], &["canvas", "enumeration"]),
        (&[properties[0], DRAWN], &["canvas"]),
        (&[properties[0], properties[1], CARD, peer[0], peer[1]], none),
    ] {
        assert_eq!(techniques(calls), found, "{calls:?}");
    }
}

#[test]
fn company_is_that_of_the_same_script() {
    let mut visit = page("https://shop.test/");
    call(&mut visit, 1.0, &["https://cdn.prints.test/a.js"], CARD.0, CARD.1);
    call(&mut visit, 2.0, &["https://cdn.prints.test/b.js"], DRAWN.0, DRAWN.1);
    assert_eq!(found(&visit), [("prints.test".into(), vec!["canvas".into()])]);
    call(&mut visit, 3.0, &["https://cdn.prints.test/a.js"], DRAWN.0, DRAWN.1);
    assert_eq!(found(&visit), [("prints.test".into(), vec!["canvas".into(), "webgl".into()])]);
}

#[test]
fn who_reads_letter_by_letter_makes_an_atlas() {
    let read = "CanvasRenderingContext2D.getImageData";
    let letters = "width=48 height=48 chars=26 colors=1 saves=0 listeners=0 area=2304";
    for (counts, is) in [(&[1][..], true), (&[7][..], true), (&[3, 4][..], true), (&[8][..], false), (&[4, 4], false)] {
        let mut visit = page("https://shop.test/");
        for count in counts {
            let (api, detail) = (read.into(), letters.into());
            let stack = frames(&["https://maps.test/gl.js"]);
            add(&mut visit, 5.0, Fact::ApiCall(ApiCall { api, detail, count: *count, stack }));
        }
        call(&mut visit, 6.0, &["https://maps.test/gl.js"], CARD.0, CARD.1);
        assert_eq!(!found(&visit).is_empty(), is, "{counts:?}");
    }
}

#[test]
fn the_platforms_own_scripts_are_no_finding() {
    for script in [
        "https://static.parastorage.com/services/wix-thunderbolt/dist/main.js",
        "https://viewer.wixstatic.com/x.js",
        "https://shop.test/cdn/shopifycloud/storefront/x.js",
    ] {
        let mut visit = page("https://shop.test/");
        call(&mut visit, 5.0, &[script], DRAWN.0, DRAWN.1);
        assert_eq!(found(&visit), [], "{script}");
    }
}

#[test]
fn ordinary_pages_tell_nobody_apart() {
    let library = "https://cdn.jsdelivr.net/npm/chart.js";
    let mut visit = page("https://shop.test/");
    // A chart: many colours and characters, saved and restored, with listeners, and exported by a button.
    let chart = "width=600 height=400 chars=40 colors=12 saves=220 listeners=8 area=0";
    call(&mut visit, 1.0, &[library, "https://shop.test/app.js"], "HTMLCanvasElement.toDataURL", chart);
    // Its labels are measured in one font.
    call(
        &mut visit,
        1.0,
        &[library, "https://shop.test/app.js"],
        "CanvasRenderingContext2D.measureText",
        "fonts=2 same_text=60",
    );
    // A test whether emoji can be shown.
    let emoji = "width=300 height=150 chars=2 colors=1 saves=0 listeners=0 area=45000";
    call(&mut visit, 1.0, &["https://shop.test/"], "CanvasRenderingContext2D.getImageData", emoji);
    // A font loader, an analytics script, a map.
    call(
        &mut visit,
        1.0,
        &["https://type.test/load.js"],
        "CanvasRenderingContext2D.measureText",
        "fonts=3 same_text=90",
    );
    call(
        &mut visit,
        1.0,
        &["https://count.test/a.js"],
        "Navigator",
        "properties=5 names=cookieEnabled,language,languages,platform,userAgent",
    );
    call(
        &mut visit,
        1.0,
        &["https://count.test/a.js"],
        "Screen",
        "properties=4 names=colorDepth,height,width,availWidth",
    );
    call(&mut visit, 1.0, &["https://maps.test/m.js"], CARD.0, CARD.1);
    // A photo editor reads what it has drawn, without text.
    let photo = "width=900 height=900 chars=0 colors=0 saves=0 listeners=0 area=810000";
    call(&mut visit, 1.0, &["https://shop.test/photo.js"], "CanvasRenderingContext2D.getImageData", photo);
    assert_eq!(found(&visit), []);
}

#[test]
fn the_emoji_test_of_wordpress_is_known() {
    // Flags, letter by letter: more characters than the criterion asks for, but one colour.
    let flags = "width=300 height=150 chars=16 colors=1 saves=0 listeners=0 area=45000";
    let test =
        |visit: &mut Visit| call(visit, 5.0, &["https://shop.test/"], "CanvasRenderingContext2D.getImageData", flags);
    let mut visit = page("https://shop.test/");
    test(&mut visit);
    assert_eq!(found(&visit).len(), 1, "by the published criterion it is one");
    let value = "WordPress 6.8".into();
    add(&mut visit, 9.0, Fact::Mark(Mark { kind: MarkKind::Generator, name: String::new(), value }));
    assert_eq!(found(&visit), []);

    let mut visit = page("https://shop.test/");
    test(&mut visit);
    ask(&mut visit, 9.0, "https://shop.test/wp-includes/js/wp-emoji-release.min.js?ver=6.8", Transport::Script);
    assert_eq!(found(&visit), []);
    call(&mut visit, 5.0, &["https://shop.test/"], "HTMLCanvasElement.toDataURL", TEXT);
    assert_eq!(found(&visit).len(), 1, "two colours are no emoji test");
}

#[test]
fn a_library_acts_for_who_called_it() {
    let library = "https://cdn.jsdelivr.net/npm/fp@4/fp.js";
    for (stack, party) in [
        (&[library, STRANGER, "https://shop.test/"][..], "prints.test"),
        (&[library, "https://shop.test/app.js"], "shop.test"),
        // Recorders put themselves around canvases.
        (&["https://www.clarity.ms/x.js", STRANGER], "prints.test"),
        (&["https://us-assets.i.posthog.com/static/recorder.js", STRANGER], "prints.test"),
        (&["https://www.clarity.ms/x.js"], "microsoft-clarity"),
        (&["https://bat.bing.com/bat.js", STRANGER], "bing-uet"),
        (&["https://shop.test/cdn-cgi/scripts/1/rocket-loader.min.js", STRANGER], "prints.test"),
        (&["https://ajax.cloudflare.com/cdn-cgi/scripts/1/rocket-loader.min.js", STRANGER], "prints.test"),
        (&["", "blob:null", STRANGER], "prints.test"),
        (&["https://browser.sentry-cdn.com/b.js", STRANGER], "prints.test"),
        (&["https://browser.sentry-cdn.com/b.js"], "sentry-replay"),
        (&["https://browser.sentry-cdn.com/b.js"; 4], "sentry-replay"),
        (&[library], "shop.test"),
    ] {
        let mut visit = page("https://shop.test/");
        call(&mut visit, 5.0, stack, DRAWN.0, DRAWN.1);
        assert_eq!(found(&visit), [(party.into(), vec!["canvas".into()])], "{stack:?}");
    }
    let mut visit = page("https://shop.test/");
    call(&mut visit, 5.0, &[""], DRAWN.0, DRAWN.1);
    assert_eq!(found(&visit), [], "nobody can be named");
}

#[test]
fn a_library_that_nobody_called_acts_for_who_brought_it() {
    let library = "https://cdn.jsdelivr.net/npm/fp@4/fp.js";
    let mut visit = page("https://shop.test/");
    ask(&mut visit, 2.0, STRANGER, Transport::Script);
    let initiator = Initiator { kind: "script".into(), stack: frames(&[STRANGER]), ..Initiator::default() };
    add(&mut visit, 3.0, Fact::Request(Request { initiator, ..request(library, Transport::Script, None) }));
    call(&mut visit, 5.0, &[library], DRAWN.0, DRAWN.1);
    assert_eq!(found(&visit), [("prints.test".into(), vec!["canvas".into()])]);
}

#[test]
fn the_sites_own_script_is_said_as_the_sites() {
    let mut visit = page("https://www.shop.test/");
    call(&mut visit, 5.0, &["https://static.shop.test/fp.js"], DRAWN.0, DRAWN.1);
    let judgement = judged(&visit);
    let [finding] = judgement.findings.as_slice() else { panic!("{:?}", judgement.findings) };
    assert_eq!((finding.vendor.as_str(), finding.category.as_str()), ("shop.test", "first_party"));
    assert_eq!((finding.exposure, finding.proof_url.as_str()), (Exposure::Unknown, "https://static.shop.test/fp.js"));
    assert_eq!(judgement.notes[1].vendor, None);
}

#[test]
fn a_wall_is_not_judged() {
    let mut visit = page("https://shop.test/");
    call(&mut visit, 5.0, &[STRANGER], DRAWN.0, DRAWN.1);
    visit.outcome = earshot_model::Outcome::TimedOut { after_ms: 1 };
    assert!(judged(&visit).findings.is_empty());
}
