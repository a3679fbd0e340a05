//! Who listens to typing, and who only to clicks.

use earshot_model::{Exposure, Fact, FieldRead, FindingId, ListenMeans, Listener, Rule, ScriptFrame, Transport, Visit};

use crate::visit::{about, add, ask, judged, page};

const CLARITY: &str = "https://scripts.clarity.ms/0.8.70/clarity.js";
const STRANGER: &str = "https://cdn.ears.test/a.js";

fn frames(urls: &[&str]) -> Vec<ScriptFrame> {
    let frame = |url: &&str| ScriptFrame { url: (*url).into(), function: String::new(), line: 1, column: 1 };
    urls.iter().map(frame).collect()
}

fn listen(visit: &mut Visit, at_ms: f64, stack: &[&str], event: &str, target: &str) -> u32 {
    let means = if event == "mutation" { ListenMeans::Observer } else { ListenMeans::Listener };
    let listener = Listener { event: event.into(), target: target.into(), means, count: 1, stack: frames(stack) };
    add(visit, at_ms, Fact::Listener(listener))
}

fn read(visit: &mut Visit, at_ms: f64, stack: &[&str], field: &str) -> u32 {
    add(visit, at_ms, Fact::FieldRead(FieldRead { field: field.into(), count: 1, stack: frames(stack) }))
}

/// Vendors of the findings about listening.
fn listeners(visit: &Visit) -> Vec<String> {
    let findings = judged(visit).findings.into_iter().filter(|finding| finding.rule == Rule::Listening);
    findings.map(|finding| finding.vendor).collect()
}

#[test]
fn a_recorder_that_hears_keys_is_said_to_listen() {
    let mut visit = page("https://shop.test/");
    ask(&mut visit, 100.0, CLARITY, Transport::Script);
    listen(&mut visit, 200.0, &[CLARITY], "scroll", "document");
    let proof = listen(&mut visit, 210.0, &["", CLARITY], "input", "document");
    listen(&mut visit, 220.0, &[CLARITY], "click", "document");
    listen(&mut visit, 220.0, &[CLARITY], "click", "document");
    let judgement = judged(&visit);
    let [contact, finding] = judgement.findings.as_slice() else { panic!("{:?}", judgement.findings) };
    assert_eq!((finding.rule, finding.vendor.as_str()), (Rule::Listening, "microsoft-clarity"));
    assert_eq!(finding.id, FindingId::derive(visit.id(), Rule::Listening, "microsoft-clarity"));
    assert_eq!((finding.exposure, finding.category.as_str()), (Exposure::Content, "session_replay"));
    assert_eq!((finding.first_contact_ms, finding.proof, finding.proof_url.as_str()), (210.0, proof, CLARITY));
    assert_eq!((finding.requests, finding.upload.count), (0, 0));
    assert_eq!(finding.traits.listens, ["click document", "input document", "scroll document"]);
    assert_eq!(contact.traits.listens, finding.traits.listens);
    assert_eq!(judgement.notes[proof as usize].vendor.as_deref(), Some("microsoft-clarity"));
}

#[test]
fn only_typing_is_listening() {
    for (event, target, is) in [
        ("keydown", "window", true),
        ("keyup", "document", true),
        ("keypress", "body", true),
        ("KEYDOWN", "document", true),
        ("beforeinput", "document", true),
        ("textInput", "document", true),
        ("compositionend", "html", true),
        ("input", "input#mail[type=email]", true),
        ("input", "input", true),
        ("input", "textarea.note", true),
        ("input", "form#buy", true),
        ("input", "div.editor[contenteditable=true]", false),
        // What is typed changes a property, which no observer is told of.
        ("mutation", "form#buy", false),
        ("mutation", "input#mail", false),
        ("mutation", "form#buy (childList subtree)", false),
        ("mutation", "document (childList subtree)", false),
        ("keydown", "shadow", false),
        ("mutation", "document", false),
        ("mutation", "body", false),
        ("mutation", "div#app", false),
        ("change", "input#mail[type=email]", false),
        ("submit", "form#buy", false),
        ("paste", "document", false),
        ("copy", "document", false),
        ("click", "document", false),
        ("mousemove", "window", false),
        ("scroll", "window", false),
        ("focus", "input#mail[type=email]", false),
        ("resize", "window", false),
        ("keydown", "div#player", false),
        ("keydown", "button.close", false),
        ("input", "input#agree[type=checkbox]", false),
        ("input", "input[type=\"range\"]", false),
        ("keydown", "inputmask-thing", false),
    ] {
        let mut visit = page("https://shop.test/");
        ask(&mut visit, 1.0, CLARITY, Transport::Script);
        listen(&mut visit, 5.0, &[CLARITY], event, target);
        assert_eq!(listeners(&visit).len(), usize::from(is), "{event} {target}");
        assert_eq!(about(&judged(&visit), "microsoft-clarity").traits.listens, [format!("{event} {target}")]);
    }
}

#[test]
fn of_somebody_unknown_keys_on_the_whole_page_are_not_enough() {
    for (event, target, is) in [
        ("keydown", "document", false),
        ("input", "body", false),
        ("keyup", "window", false),
        ("keydown", "input#mail[type=email]", true),
        ("input", "textarea", true),
        ("input", "form#buy", true),
    ] {
        let mut visit = page("https://shop.test/");
        ask(&mut visit, 1.0, STRANGER, Transport::Script);
        listen(&mut visit, 5.0, &[STRANGER], event, target);
        assert_eq!(listeners(&visit).len(), usize::from(is), "{event} {target}");
        assert_eq!(about(&judged(&visit), "ears.test").traits.listens, [format!("{event} {target}")]);
        let proof = read(&mut visit, 9.0, &[STRANGER], "input#mail");
        assert_eq!(listeners(&visit), ["ears.test"], "{event} {target}");
        let judgement = judged(&visit);
        let finding = judgement.findings.iter().find(|finding| finding.rule == Rule::Listening).unwrap();
        assert_eq!(finding.proof == proof, !is, "the proof is what is enough: {event} {target}");
    }
}

#[test]
fn the_platform_of_a_site_handles_its_forms() {
    for script in [
        "https://static.parastorage.com/services/wix-forms/x.js",
        "https://viewer.wixstatic.com/x.js",
        "https://static1.squarespace.com/static/site-bundle.js",
        "https://cdn.prod.website-files.com/1/js/webflow.js",
        "https://cdn.shopify.com/s/files/1/0001/t/1/assets/theme.js",
        "https://c0.wp.com/c/6.8/wp-includes/js/jquery/jquery.min.js",
        "https://ajax.aspnetcdn.com/ajax/jQuery/jquery-3.7.1.min.js",
    ] {
        let mut visit = page("https://shop.test/");
        listen(&mut visit, 5.0, &[script], "input", "input#mail");
        read(&mut visit, 5.0, &[script], "input#mail");
        assert_eq!(listeners(&visit), [] as [&str; 0], "{script}");
    }
}

#[test]
fn reading_a_field_is_listening_too() {
    for (field, is) in [
        ("input#mail[type=email][name=email]", true),
        ("input", true),
        ("textarea", true),
        ("select#land", true),
        ("input[type=hidden][name=csrf]", false),
        ("input[type=checkbox]", false),
        ("button", false),
    ] {
        let mut visit = page("https://shop.test/");
        let proof = read(&mut visit, 5.0, &[STRANGER], field);
        let judgement = judged(&visit);
        assert_eq!(judgement.findings.len(), usize::from(is), "{field}");
        if let Some(finding) = judgement.findings.first() {
            assert_eq!((finding.proof, finding.exposure), (proof, Exposure::Unknown));
            assert_eq!(finding.traits.reads, [field]);
        }
    }
}

#[test]
fn the_page_its_libraries_and_its_fields_are_its_own() {
    let mut visit = page("https://shop.test/");
    let jquery = "https://code.jquery.com/jquery-3.7.1.min.js";
    listen(&mut visit, 1.0, &["https://shop.test/"], "keydown", "document");
    listen(&mut visit, 1.0, &["https://static.shop.test/app.js"], "input", "input");
    listen(&mut visit, 1.0, &[jquery, "https://shop.test/app.js"], "keyup", "input");
    listen(&mut visit, 1.0, &[jquery], "keyup", "input");
    read(&mut visit, 1.0, &[jquery, "https://shop.test/app.js"], "input#q");
    assert_eq!(listeners(&visit), [] as [&str; 0]);
    listen(&mut visit, 1.0, &[jquery, STRANGER, "https://shop.test/app.js"], "keyup", "input");
    assert_eq!(listeners(&visit), ["ears.test"]);
}

#[test]
fn who_stands_around_the_listener_is_not_who_listens() {
    let sentry = "https://browser.sentry-cdn.com/11.12.0/bundle.min.js";
    let mut visit = page("https://shop.test/");
    listen(&mut visit, 1.0, &[sentry, "https://shop.test/app.js"], "keydown", "document");
    assert_eq!(listeners(&visit), [] as [&str; 0]);
    listen(&mut visit, 1.0, &[sentry, STRANGER], "keydown", "input");
    assert_eq!(listeners(&visit), ["ears.test"]);
    listen(&mut visit, 1.0, &[sentry], "keypress", "document");
    assert_eq!(listeners(&visit), ["ears.test", "sentry-replay"]);

    let mut visit = page("https://shop.test/");
    listen(&mut visit, 1.0, &[sentry, sentry, sentry, sentry, "https://shop.test/"], "input", "document");
    assert_eq!(listeners(&visit), ["sentry-replay"], "what the page has started does its own work");

    let banner = "https://cdn.cookielaw.org/scripttemplates/otSDKStub.js";
    let mut visit = page("https://shop.test/");
    listen(&mut visit, 1.0, &[sentry, sentry, banner, banner, "https://shop.test/app.js"], "input", "input");
    assert_eq!(listeners(&visit), [] as [&str; 0], "two of each");
}

#[test]
fn a_consent_platform_keeps_the_keys_within_its_banner() {
    let banner = "https://cdn.cookielaw.org/scripttemplates/otSDKStub.js";
    let mut visit = page("https://shop.test/");
    ask(&mut visit, 1.0, banner, Transport::Script);
    listen(&mut visit, 2.0, &[banner], "click", "button#accept");
    listen(&mut visit, 3.0, &[banner], "keydown", "document");
    assert_eq!(listeners(&visit), [] as [&str; 0]);
    assert_eq!(about(&judged(&visit), "onetrust").traits.listens, ["click button#accept", "keydown document"]);
}

#[test]
fn a_frame_of_its_own_is_not_the_page() {
    let mut visit = page("https://shop.test/");
    ask(&mut visit, 1.0, "https://video.test/embed", Transport::Document);
    for (frame, script, listens) in [
        ("https://video.test/embed", "https://cdn.video.test/player.js", false),
        ("https://video.test/embed", "https://cdn.video-static.test/player.js", false),
        ("https://video.test/embed", CLARITY, true),
        ("https://www.bing.com/maps/embed", CLARITY, true),
        ("https://bat.bing.com/frame", CLARITY, false),
        ("https://www.clarity.ms/demo", "https://cdn.video.test/player.js", false),
        ("about:blank", CLARITY, false),
        ("about:srcdoc", "https://cdn.video.test/player.js", false),
        ("about:blank", "https://shop.test/app.js", false),
        ("https://shop.test/", "https://cdn.video.test/player.js", true),
        ("", "https://cdn.video.test/player.js", true),
    ] {
        let mut visit = visit.clone();
        let seq = listen(&mut visit, 5.0, &[script], "keydown", "input#mail");
        visit.events[seq as usize].frame = frame.into();
        assert_eq!(!listeners(&visit).is_empty(), listens, "{frame} {script}");
    }
}

#[test]
fn a_party_that_was_not_contacted_is_found_all_the_same() {
    let mut visit = page("https://shop.test/");
    listen(&mut visit, 5.0, &[STRANGER], "keydown", "input");
    let judgement = judged(&visit);
    assert_eq!(judgement.findings.len(), 1, "its script came out of a cache");
    assert_eq!(judgement.findings[0].vendor_name, "ears.test");
}
