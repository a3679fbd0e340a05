//! What vendors' own traffic says of itself, on what their SDKs really sent (see `fixtures/insight/README.md`).

use std::{collections::BTreeMap, fs, path::Path};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use earshot_model::{Body, Cookie, Exposure, Fact, Gap, GapKind, Request, Rule, StorageArea, Transport, Visit};
use serde::Deserialize;

use crate::visit::{about, add, ask, cookie, judged, page, post, request, store, whole};

/// One line of a fixture.
#[derive(Deserialize)]
struct Line {
    method: String,
    url: String,
    body: String,
}

/// A page from which everything in the fixture was sent.
fn sent(fixture: &str) -> Visit {
    sent_from("https://shop.test/", fixture)
}

fn sent_from(url: &str, fixture: &str) -> Visit {
    made_of(url, &read(&format!("insight/{fixture}")))
}

/// A page on which somebody typed (see `fixtures/replay/README.md`).
fn typed(fixture: &str) -> Visit {
    let text = read(&format!("replay/{fixture}"));
    made_of("https://shop.test/contact", text.split_once('\n').unwrap().1)
}

fn read(fixture: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(format!("{fixture}.ndjson"));
    fs::read_to_string(path).unwrap()
}

fn made_of(url: &str, lines: &str) -> Visit {
    let mut visit = page(url);
    for (nth, line) in lines.lines().enumerate() {
        let line: Line = serde_json::from_str(line).unwrap();
        let body = BASE64_STANDARD.decode(line.body).unwrap();
        let transport = if line.method == "POST" { Transport::Xhr } else { Transport::Script };
        let body = (!body.is_empty()).then(|| whole(&body));
        let request = Request { method: line.method, ..request(&line.url, transport, body) };
        add(&mut visit, 100.0 + nth as f64, Fact::Request(request));
    }
    visit
}

fn details(visit: &Visit, vendor: &str) -> BTreeMap<String, Vec<String>> {
    about(&judged(visit), vendor).traits.details.clone()
}

fn expected(lines: &[(&str, &[&str])]) -> BTreeMap<String, Vec<String>> {
    lines.iter().map(|(key, values)| ((*key).into(), values.iter().map(|value| (*value).into()).collect())).collect()
}

const CLARITY_SETTING: &str = "Choose the masking mode 'Strict' in the project's settings, or put \
    data-clarity-mask=\"true\" on elements; the checksum of a field's value leaves in every mode.";

#[test]
fn clarity_tells_its_project_its_consent_and_what_it_hears() {
    let mut visit = sent("clarity");
    add(&mut visit, 9.0, Fact::Cookie(Cookie { kept: Some(true), ..cookie("_clck", "shop.test", None) }));
    assert_eq!(
        details(&visit, "microsoft-clarity"),
        expected(&[
            ("ad_sync", &["c.clarity.ms"]),
            ("consent", &["ad=denied analytics=granted", "ad=granted analytics=granted"]),
            ("consent_source", &["api_v2", "implicit"]),
            ("cookieless", &["false"]),
            ("custom_events", &["basket_opened", "key_name"]),
            (
                "events",
                &[
                    "Change",
                    "Click",
                    "Clipboard",
                    "Consent",
                    "Custom",
                    "Discover",
                    "Input",
                    "Mutation",
                    "Navigation",
                    "Resize",
                    "Scroll",
                    "Variable",
                    "Visibility",
                ]
            ),
            ("field_checksums", &["true"]),
            ("frames", &["page"]),
            ("gpc", &["false"]),
            ("identify", &["called"]),
            ("input_text", &["checksum", "masked"]),
            ("masking", &["balanced or relaxed"]),
            ("masking_setting", &[CLARITY_SETTING]),
            ("page_text", &["raw"]),
            ("project", &["lab0000001"]),
            ("script_version", &["0.8.70"]),
            ("tag_route", &["tag"]),
            ("tags", &["plan", "store_country"]),
            ("upload_host", &["k.clarity.ms"]),
            ("uploads", &["3"]),
            ("webdriver", &["false"]),
        ])
    );
}

#[test]
fn clarity_without_consent_goes_on_without_cookies() {
    let mut visit = sent("clarity-denied");
    let told = details(&visit, "microsoft-clarity");
    assert_eq!(told["consent"], ["ad=denied analytics=denied", "ad=granted analytics=granted"]);
    assert_eq!(told["consent_source"], ["api_v2", "implicit"]);
    assert_eq!(told["cookieless"], ["true"], "no cookie at all in a jar that was read");
    let judgement = judged(&visit);
    let ping = judgement.findings.iter().find(|finding| finding.rule == Rule::CookielessPing).expect("a ping");
    assert_eq!(ping.traits.details["recording"], ["goes on without cookies"]);

    let set_and_deleted = Cookie { kept: Some(false), ..cookie("_clck", "shop.test", None) };
    add(&mut visit, 9.0, Fact::Cookie(set_and_deleted));
    assert_eq!(details(&visit, "microsoft-clarity")["cookieless"], ["true"]);

    visit.gaps.push(Gap { kind: GapKind::StorageUnread, detail: String::new() });
    assert!(!details(&visit, "microsoft-clarity").contains_key("cookieless"), "the jar is not known");
}

#[test]
fn clarity_that_uploaded_nothing_says_nothing_of_cookies() {
    let mut visit = page("https://shop.test/");
    ask(&mut visit, 10.0, "https://www.clarity.ms/tag/abc1234567", Transport::Script);
    let told = expected(&[("project", &["abc1234567"]), ("tag_route", &["tag"])]);
    assert_eq!(details(&visit, "microsoft-clarity"), told);
}

#[test]
fn clarity_is_told_by_its_links_to_others() {
    let mut visit = page("https://shop.test/");
    let pixel = ask(&mut visit, 10.0, "https://c.clarity.ms/c.gif", Transport::Image);
    let sync = request("https://c.bing.com/c.gif?Red3=CTOMS&RedC=c.clarity.ms", Transport::Image, None);
    add(&mut visit, 11.0, Fact::Request(Request { redirect_of: Some(pixel), ..sync }));
    let player = "https%3A%2F%2Fclarity.microsoft.com%2Fplayer%2Fabc%2F1%2F2";
    let collect = "https://www.google-analytics.com/g/collect?v=2&tid=G-AB12";
    ask(&mut visit, 12.0, &format!("{collect}&en=Clarity&ep.claritydimension={player}"), Transport::Fetch);
    let told = details(&visit, "microsoft-clarity");
    assert_eq!(told["ad_sync"], ["c.bing.com", "c.clarity.ms"]);
    assert_eq!(told["google_analytics_link"], ["true"]);

    let mut visit = page("https://shop.test/");
    ask(&mut visit, 10.0, "https://www.clarity.ms/tag/abc1234567", Transport::Script);
    ask(&mut visit, 11.0, "https://c.bing.com/c.gif?of=somebody-else", Transport::Image);
    ask(&mut visit, 12.0, collect, Transport::Fetch);
    ask(&mut visit, 13.0, "https://shop.test/help?see=clarity.microsoft.com/player", Transport::Fetch);
    let told = details(&visit, "microsoft-clarity");
    assert!(!told.contains_key("ad_sync") && !told.contains_key("google_analytics_link"), "{told:?}");
}

#[test]
fn frames_are_told_by_where_the_upload_was_made() {
    let upload = br#"{"e":["0.8.70",1,0,9,"abc","u","s",1,0,0,0,"https://x.test/"],"a":[[1,12,3]]}"#;
    for (frame, told) in [
        ("https://shop.test/#top", Some("page")),
        ("blob:https://shop.test/0f", Some("page")),
        ("https://pay.shop.test/box", Some("first_party_frame")),
        ("https://shop.test/worker.js", None),
        ("https://form.host.test/", Some("third_party_frame")),
        ("", None),
    ] {
        let mut visit = page("https://shop.test/");
        ask(&mut visit, 1.0, "https://pay.shop.test/box", Transport::Document);
        let seq = post(&mut visit, 2.0, "https://k.clarity.ms/collect", upload);
        visit.events[seq as usize].frame = frame.into();
        let details = details(&visit, "microsoft-clarity");
        assert_eq!(details.get("frames").map(|frames| frames[0].as_str()), told, "{frame}");
        assert_eq!(details["tag_route"], ["bundled"]);
        assert_eq!(details.contains_key("cookieless"), told != Some("third_party_frame"), "{frame}");
    }
}

#[test]
fn posthog_tells_who_is_named_and_what_is_recorded() {
    assert_eq!(
        details(&sent("posthog"), "posthog"),
        expected(&[
            ("autocapture", &["true"]),
            ("events", &["$autocapture", "$identify", "$pageview", "$set", "$snapshot", "basket_opened"]),
            ("frames", &["page"]),
            ("identify", &["called"]),
            ("input_text", &["raw"]),
            ("masking", &["inputs in clear, page text in clear"]),
            ("masking_options", &["all_inputs=false", "text_selector=true"]),
            (
                "masking_setting",
                &["Keep session_recording.maskAllInputs: true and set session_recording.maskTextSelector: \"*\"."]
            ),
            ("page_text", &["raw"]),
            ("person_properties", &["email", "first_seen", "nickname", "plan"]),
            ("recording", &["on"]),
            ("script_version", &["1.449.2"]),
            ("upload_host", &["us.i.posthog.com"]),
        ])
    );
    assert_eq!(
        details(&sent("posthog-cookieless"), "posthog"),
        expected(&[
            ("cookieless", &["true"]),
            ("events", &["$pageview"]),
            ("frames", &["page"]),
            ("script_version", &["1.449.2"]),
            ("upload_host", &["us.i.posthog.com"]),
        ])
    );
}

#[test]
fn sentry_tells_its_replay_and_whom_it_names() {
    assert_eq!(
        details(&sent("sentry"), "sentry-replay"),
        expected(&[
            ("frames", &["page"]),
            ("items", &["event", "replay_event", "replay_recording", "session"]),
            ("masking", &["inputs masked, page text masked"]),
            ("masking_options", &["all_inputs=true", "all_media=true", "all_text=true"]),
            (
                "masking_setting",
                &[
                    "None: it hides what it can. Keep maskAllInputs and maskAllText of replayIntegration at their default \
                   true."
                ]
            ),
            ("page_text", &["masked"]),
            ("replay", &["session"]),
            ("replay_sampling", &["on_error=0.5", "session=1"]),
            ("script_version", &["11.12.0"]),
            ("sdk", &["sentry.javascript.browser"]),
            ("tags", &["plan", "store_country"]),
            ("upload_host", &["o1.ingest.sentry.io"]),
            ("user_fields", &["email", "id", "ip_address", "username"]),
        ])
    );
}

#[test]
fn sentry_behind_a_tunnel_is_told_as_such() {
    let told = details(&sent_from("https://lamps.test/", "sentry-error"), "sentry-replay");
    assert_eq!((&told["tunnel"], &told["upload_host"]), (&vec!["lamps.test".into()], &vec!["lamps.test".into()]));
    assert_eq!(told["replay"], ["on_error"]);
    assert_eq!(told["replay_sampling"], ["on_error=1", "session=0"]);
    assert!(!details(&sent("sentry"), "sentry-replay").contains_key("tunnel"));
}

#[test]
fn at_a_strangers_host_sentrys_language_may_be_anybodys() {
    let judgement = judged(&sent("sentry-error"));
    let finding = about(&judgement, "lamps.test");
    assert_eq!((finding.category.as_str(), finding.exposure), ("unknown", Exposure::Unknown));
    assert!(finding.traits.details.is_empty());
    assert!(judgement.findings.iter().all(|finding| finding.traits.disguise.is_none()), "the rest is its own script");
}

#[test]
fn sentry_records_only_where_that_was_seen() {
    let envelope = "https://o1.ingest.sentry.io/api/1/envelope/";
    let error = br#"{"event_id":"1","sdk":{"name":"sentry.javascript.browser","version":"11.12.0"}}
{"type":"event"}
{"level":"error"}"#;
    let recording = br#"{"event_id":"1","sdk":{"name":"sentry.javascript.browser","version":"11.12.0"}}
{"type":"replay_event"}
{"replay_type":"session"}"#;
    for (script, body, session, records) in [
        ("https://browser.sentry-cdn.com/11.12.0/bundle.min.js", None, false, false),
        ("https://browser.sentry-cdn.com/11.12.0/bundle.min.js", Some(&error[..]), false, false),
        ("https://browser.sentry-cdn.com/11.12.0/bundle.min.js", Some(&recording[..]), false, true),
        ("https://browser.sentry-cdn.com/11.12.0/bundle.min.js", None, true, true),
        ("https://browser.sentry-cdn.com/11.12.0/bundle.tracing.replay.min.js", None, false, true),
        ("https://browser.sentry-cdn.com/11.12.0/replay.min.js", None, false, true),
        ("https://js.sentry-cdn.com/0a1b2c3d.min.js?replay.js", None, false, false),
    ] {
        let mut visit = page("https://shop.test/");
        visit.took_ms = 3_000;
        ask(&mut visit, 10.0, script, Transport::Script);
        if let Some(body) = body {
            post(&mut visit, 900.0, envelope, body);
        }
        if session {
            store(&mut visit, StorageArea::Session, "https://shop.test", "sentryReplaySession");
        }
        let judgement = judged(&visit);
        let finding = about(&judgement, "sentry-replay");
        let (category, exposure) = match records {
            true => ("session_replay", Exposure::Content),
            false => ("error_monitoring", Exposure::Tracker),
        };
        assert_eq!((finding.category.as_str(), finding.exposure), (category, exposure), "{script}");
        assert_eq!(finding.vendor_name, "Sentry");
        let awaited = records && body.is_none();
        let gaps = judgement.gaps.iter().filter(|gap| gap.kind == GapKind::UploadNotAwaited).count();
        assert_eq!(gaps, usize::from(awaited), "{script}");
    }
}

#[test]
fn openreplay_tells_its_batches() {
    assert_eq!(
        details(&sent("openreplay"), "openreplay"),
        expected(&[
            ("batches", &["1"]),
            ("custom_events", &["basket_opened"]),
            (
                "events",
                &[
                    "CreateDocument",
                    "CreateElementNode",
                    "CustomEvent",
                    "InputChange",
                    "Metadata",
                    "SelectionChange",
                    "SetInputValue",
                    "SetNodeData",
                    "SetPageLocation",
                    "SetViewportScroll",
                    "StringDictGlobal",
                    "UserID",
                ]
            ),
            ("frames", &["page"]),
            ("input_text", &["absent", "masked"]),
            ("masking", &["obscured inputs, page text in clear"]),
            (
                "masking_setting",
                &[
                    "Set defaultInputMode: 2 (hidden; 1 sends lengths), obscureTextEmails and obscureTextNumbers, and put \
                   data-openreplay-obscured on elements."
                ]
            ),
            ("metadata", &["plan", "store_country"]),
            ("page_text", &["raw"]),
            ("project_key", &["present"]),
            ("recording", &["on"]),
            ("script_version", &["19.0.1"]),
            ("upload_host", &["api.openreplay.com"]),
            ("user_id", &["present"]),
        ])
    );
}

#[test]
fn mixpanel_tells_its_events_and_people() {
    assert_eq!(
        details(&sent("mixpanel"), "mixpanel"),
        expected(&[
            ("autocapture", &["true"]),
            (
                "events",
                &["$identify", "$mp_click", "$mp_dead_click", "$mp_web_page_view", "basket_opened", "order_begun"]
            ),
            ("frames", &["page"]),
            ("identify", &["called"]),
            ("masking", &["page text masked"]),
            (
                "masking_setting",
                &["Keep record_mask_all_inputs at its default true and record_mask_text_selector at \"*\"."]
            ),
            ("page_text", &["masked"]),
            ("people_properties", &["$email", "first_seen", "plan", "visits"]),
            ("recording", &["on"]),
            ("recording_batches", &["1"]),
            ("script_version", &["2.83.0"]),
            ("upload_host", &["api-js.mixpanel.com"]),
        ])
    );
}

#[test]
fn mixpanel_that_names_nobody_is_not_said_to() {
    let event = r#"{"event":"seen","properties":{"$lib_version":"2.41.0","distinct_id":"17f3a-0b","token":"t"}}"#;
    let form = format!("data={}", BASE64_STANDARD.encode(event).replace('=', "%3D"));
    let mut visit = page("https://shop.test/");
    post(&mut visit, 5.0, "https://api-js.mixpanel.com/track/?verbose=1", form.as_bytes());
    let told = details(&visit, "mixpanel");
    assert_eq!(
        (told["events"].as_slice(), told["script_version"].as_slice()),
        (&["seen".to_owned()][..], &["2.41.0".to_owned()][..])
    );
    assert!(!told.contains_key("identify") && !told.contains_key("recording"), "{told:?}");
}

#[test]
fn recorders_tell_how_they_mask() {
    for (vendor, fixture, masking, input, text) in [
        ("microsoft-clarity", "clarity-strict", "strict", "absent checksum masked", "masked"),
        ("microsoft-clarity", "clarity-balanced", "balanced", "absent checksum masked", "masked raw"),
        ("microsoft-clarity", "clarity-relaxed", "relaxed", "absent checksum masked", "raw"),
        ("posthog", "posthog-masked", "inputs masked, page text in clear", "masked", "raw"),
        ("mixpanel", "mixpanel-raw", "inputs in clear, page text in clear", "masked raw", "raw"),
        ("datadog-rum", "datadog-mask", "mask", "absent", "masked"),
        ("datadog-rum", "datadog-input", "mask-user-input", "absent", "raw"),
        ("datadog-rum", "datadog-allow", "allow", "absent raw", "raw"),
        ("new-relic", "new-relic-masked", "inputs masked, page text masked", "masked", "masked"),
        ("amplitude", "amplitude-medium", "medium", "masked", "raw"),
        ("highlight", "highlight-default", "default", "masked", "raw"),
        ("openreplay", "openreplay-hidden", "hidden inputs, page text in clear", "absent", "raw"),
    ] {
        let told = details(&typed(fixture), vendor);
        assert_eq!(told["masking"], [masking], "{fixture}");
        assert_eq!(told["input_text"].join(" "), input, "{fixture}");
        assert_eq!(told["page_text"].join(" "), text, "{fixture}");
        assert_eq!(told["masking_setting"].len(), 1, "{fixture}");
        assert!(vendor == "microsoft-clarity" || told["recording"] == ["on"], "{fixture}");
    }
}

#[test]
fn a_mode_that_hides_all_needs_no_setting() {
    for (vendor, fixture) in [
        ("microsoft-clarity", "clarity-strict"),
        ("datadog-rum", "datadog-mask"),
        ("amplitude", "amplitude-conservative"),
        ("sentry-replay", "sentry-masked"),
    ] {
        assert!(details(&typed(fixture), vendor)["masking_setting"][0].starts_with("None: "), "{fixture}");
    }
    assert!(details(&typed("datadog-allow"), "datadog-rum")["masking_setting"][0].starts_with("Set default"));
}

/// What was made up for the fixtures as values, and as ids of users.
const VALUES: &[&str] =
    &["visitor@example.test", "synthetic", "gold", "hint-1", "sess-1", "user-9", "Lamps", "b4fc5fb6"];

#[test]
fn no_value_and_no_id_of_a_user_is_kept() {
    for (fixture, vendor) in [
        ("clarity", "microsoft-clarity"),
        ("posthog", "posthog"),
        ("sentry", "sentry-replay"),
        ("openreplay", "openreplay"),
        ("mixpanel", "mixpanel"),
    ] {
        let told = details(&sent(fixture), vendor);
        assert!(told.len() > 5, "{fixture}");
        let text = format!("{told:?}");
        for value in VALUES {
            assert!(!text.contains(value), "{fixture}: {value}");
        }
    }
}

#[test]
fn what_was_cut_is_counted_and_garbage_is_borne() {
    let mut visit = page("https://shop.test/");
    let cut = Body { size: 9_000_000, excerpt: br#"{"e":["0.8.70",1"#.to_vec() };
    add(&mut visit, 1.0, Fact::Request(request("https://k.clarity.ms/collect", Transport::Xhr, Some(cut))));
    for body in [
        &br#"{"e":[],"a":[[],[1],["x","y"],[1,47],[1,34,"odd"],[1,24],[1,42,1],{}],"p":7}"#[..],
        b"\x1f\x8b\x08",
        b"[[[[",
    ] {
        post(&mut visit, 2.0, "https://k.clarity.ms/collect", body);
        post(&mut visit, 2.0, "https://us.i.posthog.com/e/", body);
        post(&mut visit, 2.0, "https://o1.ingest.sentry.io/api/1/envelope/", body);
        post(&mut visit, 2.0, "https://api-js.mixpanel.com/track/", body);
        post(&mut visit, 2.0, "https://api.openreplay.com/ingest/v1/web/i", body);
    }
    let full = br#"{"e":["0.8.70",1,0,9,"abc"],"a":[[],[1],["x","y"],[1,47],[1,34,"odd"],[1,24],[1,42,1],{}],"p":7}"#;
    post(&mut visit, 2.0, "https://k.clarity.ms/collect", full);
    let told = details(&visit, "microsoft-clarity");
    assert_eq!(told["unread"], ["3"], "the cut one, the gzip that breaks off, and what is no JSON");
    assert_eq!(told["events"], ["Change", "Consent", "Custom", "Variable"]);
    assert!(!told.contains_key("consent") && !told.contains_key("tags"));
}

#[test]
fn what_is_beyond_the_bound_is_counted() {
    let mut visit = page("https://shop.test/");
    (0..300).for_each(|_| {
        post(&mut visit, 1.0, "https://k.clarity.ms/collect", br#"{"e":["0.8.70",1,0,9,"abc"],"a":[]}"#);
    });
    let told = details(&visit, "microsoft-clarity");
    assert_eq!((told["uploads"][0].as_str(), told["unread"][0].as_str()), ("256", "44"));
}

#[test]
fn other_vendors_have_no_details() {
    let mut visit = page("https://shop.test/");
    post(&mut visit, 1.0, "https://www.facebook.com/tr/", br#"{"event":"x"}"#);
    assert!(details(&visit, "meta-pixel").is_empty());
}
