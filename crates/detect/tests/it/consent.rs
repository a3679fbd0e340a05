//! What is said before a choice, after it, and under Global Privacy Control.

use earshot_detect::{Judgement, consent::course};
use earshot_model::{
    Choice, Consent, ConsentButton, ConsentClock, ConsentMeans, ConsentStep, Direction, Exposure, Fact, Finding, Gap,
    GapKind, Listener, Profile, Response, Rule, Transport, Visit,
};

use crate::visit::{add, ask, frame, judged, page, post, scripted, whole};

const PAGE: &str = "https://shop.test/";
const CLARITY: &str = "https://www.clarity.ms/tag/x";
const COLLECT: &str = "https://k.clarity.ms/collect";
const META: &str = "https://www.facebook.com/tr/?id=1&ev=PageView";

fn step(visit: &mut Visit, at_ms: f64, step: ConsentStep, source: &str, value: &str) -> u32 {
    let (source, value) = (source.into(), value.into());
    add(visit, at_ms, Fact::Consent(Consent { step, source, value, buttons: Vec::new() }))
}

/// A banner at half a second; the first press at 2 s, the choice at 2.5 s.
fn chosen(profile: Profile) -> Visit {
    let mut visit = page(PAGE);
    visit.task.profile = profile;
    visit.took_ms = 20_000;
    step(&mut visit, 500.0, ConsentStep::Banner, "plain", "#banner");
    step(&mut visit, 2_000.0, ConsentStep::Press, "Klaro", "#settings");
    step(&mut visit, 2_500.0, ConsentStep::Press, "Klaro", "#refuse");
    let choice = if profile == Profile::Accept { ConsentStep::Accept } else { ConsentStep::Reject };
    step(&mut visit, 2_500.0, choice, "Klaro", "");
    visit
}

/// The page is loaded once more, at 9 s; `seq` of its document.
fn reload(visit: &mut Visit) -> u32 {
    step(visit, 9_000.0, ConsentStep::Reload, "", "");
    ask(visit, 9_001.0, PAGE, Transport::Document)
}

/// Gives the events their phases, as a browser does, and judges.
fn told(visit: &mut Visit) -> Judgement {
    let clock = ConsentClock::of(&visit.events);
    for event in &mut visit.events {
        event.phase = clock.phase(visit.task.profile, true, event.at_ms);
    }
    judged(visit)
}

fn rules(judgement: &Judgement) -> Vec<(&str, Rule)> {
    judgement.findings.iter().map(|finding| (finding.vendor.as_str(), finding.rule)).collect()
}

#[test]
fn a_course_tells_what_was_chosen_when_and_in_what() {
    let mut visit = chosen(Profile::Reject);
    reload(&mut visit);
    let told = course(&visit, &[]);
    assert_eq!((told.banner_ms, told.choice, told.choice_ms), (Some(500.0), Some(Choice::Reject), Some(2_500.0)));
    assert_eq!((told.reload_ms, told.presses, told.cmp.as_str()), (Some(9_000.0), Some(2), "Klaro"));
    assert!(told.watched && told.whole);
    visit.gaps.push(Gap { kind: GapKind::BannerUnwatched, detail: String::new() });
    assert!(!course(&visit, &[]).watched && !course(&visit, &[]).whole);
    let added = visit.gaps.pop().unwrap();
    assert!(!course(&visit, &[added]).watched);
    // Who answered something has shown that there was something.
    visit.events.retain(|event| !matches!(&event.fact, Fact::Consent(consent) if consent.step == ConsentStep::Banner));
    assert!(!course(&visit, &[]).watched && course(&visit, &[]).whole);
}

#[test]
fn a_contact_belongs_to_the_part_of_the_visit_in_which_it_is_made() {
    let mut visit = chosen(Profile::Accept);
    ask(&mut visit, 100.0, META, Transport::Image);
    ask(&mut visit, 2_200.0, "https://between.test/x.js", Transport::Script);
    ask(&mut visit, 2_600.0, CLARITY, Transport::Script);
    ask(&mut visit, 2_700.0, META, Transport::Image);
    assert_eq!(
        rules(&told(&mut visit)),
        [
            ("meta-pixel", Rule::PreConsentContact),
            ("microsoft-clarity", Rule::AfterAccept),
            ("meta-pixel", Rule::AfterAccept)
        ]
    );
}

#[test]
fn where_a_choice_was_tried_in_vain_nothing_after_the_banner_is_before_it() {
    let mut visit = page(PAGE);
    visit.task.profile = Profile::Accept;
    step(&mut visit, 500.0, ConsentStep::Banner, "sourcepoint", "iframe#message");
    ask(&mut visit, 100.0, META, Transport::Image);
    ask(&mut visit, 2_600.0, CLARITY, Transport::Script);
    visit.gaps.push(Gap { kind: GapKind::ChoiceNotMade, detail: "no way to accept found".to_owned() });
    assert_eq!(rules(&told(&mut visit)), [("meta-pixel", Rule::PreConsentContact)]);
}

#[test]
fn loading_a_script_after_a_refusal_tells_nothing_and_a_hit_does() {
    let mut visit = chosen(Profile::Reject);
    ask(&mut visit, 4_000.0, CLARITY, Transport::Script);
    ask(&mut visit, 4_000.0, "https://www.clarity.ms/c.gif", Transport::Image);
    post(&mut visit, 4_000.0, "https://consent.klaro.org/x", b"refused");
    post(&mut visit, 4_000.0, "https://geolocation.onetrust.com/receipts", b"refused");
    ask(&mut visit, 4_000.0, "https://fonts.googleapis.com/css2?family=Inter", Transport::Style);
    assert!(!rules(&told(&mut visit)).iter().any(|(vendor, _)| *vendor != "klaro.org"));
    let hit = post(&mut visit, 4_500.0, COLLECT, b"12345678");
    let judgement = told(&mut visit);
    let finding = judgement.findings.iter().find(|finding| finding.vendor == "microsoft-clarity").unwrap();
    assert_eq!((finding.rule, finding.proof, finding.requests), (Rule::DespiteReject, hit, 1));
    assert_eq!(finding.traits.details["after_reload"], ["false"]);
}

#[test]
fn what_is_flushed_upon_a_refusal_is_not_held_against_anybody() {
    let mut visit = chosen(Profile::Reject);
    ask(&mut visit, 100.0, META, Transport::Image);
    post(&mut visit, 2_900.0, COLLECT, b"flushed");
    let document = reload(&mut visit);
    // The old page is left.
    scripted(&mut visit, 9_050.0, "https://www.facebook.com/tr/?id=1&ev=Leave", Transport::Image, &[CLARITY]);
    assert_eq!(rules(&told(&mut visit)), [("meta-pixel", Rule::PreConsentContact)]);
    // The new one is not.
    let script = "https://connect.facebook.net/en_US/fbevents.js";
    ask(&mut visit, 9_100.0, script, Transport::Script);
    let again = scripted(&mut visit, 9_200.0, META, Transport::Image, &[script]);
    let judgement = told(&mut visit);
    let finding = judgement.findings.iter().find(|finding| finding.rule == Rule::DespiteReject).unwrap();
    assert_eq!((finding.vendor.as_str(), finding.proof), ("meta-pixel", again));
    assert_eq!(finding.traits.details["after_reload"], ["true"]);
    assert!(again > document);
}

#[test]
fn a_socket_that_stays_open_is_told_by_its_frames() {
    let mut visit = chosen(Profile::Reject);
    let socket = ask(&mut visit, 100.0, "wss://socket.tidio.co/socket.io/?x", Transport::WebSocket);
    frame(&mut visit, socket, Direction::Sent, b"early");
    assert_eq!(rules(&told(&mut visit)), [("tidio", Rule::PreConsentContact)]);
    let body = whole(b"late");
    let sent = earshot_model::SocketFrame { request: socket, direction: Direction::Sent, body };
    let late = add(&mut visit, 5_000.0, Fact::SocketFrame(sent));
    let judgement = told(&mut visit);
    assert_eq!(rules(&judgement)[1], ("tidio", Rule::DespiteReject));
    assert_eq!(judgement.findings[1].proof, late);
    assert_eq!(judgement.findings[0].upload.count, 1);
}

#[test]
fn under_gpc_a_hit_counts_and_nothing_is_called_before_consent() {
    let mut visit = page(PAGE);
    visit.task.profile = Profile::Gpc;
    ask(&mut visit, 100.0, CLARITY, Transport::Script);
    ask(&mut visit, 200.0, META, Transport::Image);
    assert_eq!(rules(&told(&mut visit)), [("meta-pixel", Rule::UnderGpc)]);
}

const GA: &str = "https://www.google-analytics.com/g/collect?v=2&tid=G-AB12CD34EF&en=page_view";

fn of_rule(judgement: &Judgement, rule: Rule) -> Vec<&Finding> {
    judgement.findings.iter().filter(|finding| finding.rule == rule).collect()
}

#[test]
fn a_hit_that_says_denied_is_a_ping_and_no_defiance() {
    let mut visit = chosen(Profile::Reject);
    ask(&mut visit, 4_000.0, &format!("{GA}&gcs=G100"), Transport::Fetch);
    let uet = "https://bat.bing.com/action/0?ti=12345678&Ver=2&evt=pageLoad";
    ask(
        &mut visit,
        4_000.0,
        &format!("{uet}&gdpr_consent=CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA"),
        Transport::Image,
    );
    let judgement = told(&mut visit);
    assert_eq!(rules(&judgement), [("bing-uet", Rule::CookielessPing), ("google-analytics", Rule::CookielessPing)]);
    let said = &judgement.findings[1].traits.details["consent_sent"];
    assert_eq!(said, &["gcs=G100 (ad_storage denied, analytics_storage denied)"]);
    // One that says granted is both.
    ask(&mut visit, 5_000.0, &format!("{GA}&gcs=G111"), Transport::Fetch);
    let judgement = told(&mut visit);
    let defied = of_rule(&judgement, Rule::DespiteReject);
    assert_eq!((defied.len(), defied[0].vendor.as_str(), defied[0].requests), (1, "google-analytics", 1));
    assert_eq!(of_rule(&judgement, Rule::CookielessPing).len(), 2);
}

#[test]
fn under_gpc_a_vendor_that_is_told_to_hold_back_does_not_ignore_it() {
    let mut visit = page(PAGE);
    visit.task.profile = Profile::Gpc;
    ask(&mut visit, 100.0, &format!("{META}&dpo=LDU&dpoco=0&dpost=0"), Transport::Image);
    ask(&mut visit, 100.0, "https://bat.bing.com/action/0?ti=1&us_privacy=1YY-", Transport::Image);
    assert!(rules(&told(&mut visit)).is_empty());
}

#[test]
fn before_a_choice_only_consent_mode_makes_pings() {
    let mut visit = page(PAGE);
    ask(&mut visit, 100.0, &format!("{GA}&gcs=G100"), Transport::Fetch);
    ask(&mut visit, 100.0, "https://bat.bing.com/action/0?ti=1&us_privacy=1YY-", Transport::Image);
    let judgement = told(&mut visit);
    let pings = of_rule(&judgement, Rule::CookielessPing);
    assert_eq!((pings.len(), pings[0].vendor.as_str()), (1, "google-analytics"));
    assert_eq!(of_rule(&judgement, Rule::PreConsentContact).len(), 2);
}

#[test]
fn what_google_does_against_the_pages_own_consent_mode_is_told_once_it_has_settled() {
    let denied = r#"{"ad_storage":{"default":"denied"},"analytics_storage":{"default":"denied"}}"#;
    let granted = r#"{"ad_storage":{"update":"granted"},"analytics_storage":{"update":"granted"}}"#;
    let visit = |hit_ms: f64, query: &str, then: Option<f64>| {
        let mut visit = page(PAGE);
        step(&mut visit, 300.0, ConsentStep::Signal, "google_consent_mode", denied);
        ask(&mut visit, hit_ms, &format!("{GA}{query}"), Transport::Fetch);
        then.map(|at_ms| step(&mut visit, at_ms, ConsentStep::Signal, "google_consent_mode", granted));
        visit
    };
    for (hit_ms, query, then, ignored) in [
        (2_000.0, "&gcs=G111", None, true),
        (2_000.0, "", None, true),
        (2_000.0, "&gcs=G100", None, false),
        (900.0, "&gcs=G111", None, false),
        (2_000.0, "&gcs=G111", Some(2_400.0), false),
        (2_000.0, "&gcs=G111", Some(6_000.0), true),
    ] {
        let judgement = told(&mut visit(hit_ms, query, then));
        let found = of_rule(&judgement, Rule::ConsentModeIgnored);
        assert_eq!(found.len(), usize::from(ignored), "{hit_ms} {query} {then:?}");
    }
}

#[test]
fn trackers_on_a_page_that_asks_nothing_are_told_of_the_site() {
    let mut visit = page(PAGE);
    ask(&mut visit, 10.0, "https://fonts.googleapis.com/css2?family=Inter", Transport::Style);
    assert!(of_rule(&told(&mut visit), Rule::NoBanner).is_empty());
    let pixel = ask(&mut visit, 100.0, META, Transport::Image);
    let judgement = told(&mut visit);
    let found = of_rule(&judgement, Rule::NoBanner);
    assert_eq!((found[0].vendor.as_str(), found[0].proof, found[0].exposure), ("shop.test", pixel, Exposure::None));
    visit.gaps.push(Gap { kind: GapKind::CutShort, detail: String::new() });
    assert!(of_rule(&told(&mut visit), Rule::NoBanner).is_empty());
    let mut visit = chosen(Profile::Untouched);
    ask(&mut visit, 100.0, META, Transport::Image);
    assert!(of_rule(&told(&mut visit), Rule::NoBanner).is_empty());
}

#[test]
fn a_platform_that_did_not_load_is_no_page_that_asks_nothing() {
    let with_platform = |answered: Option<u16>| {
        let mut visit = page(PAGE);
        ask(&mut visit, 100.0, META, Transport::Image);
        let script = ask(&mut visit, 90.0, "https://cdn.cookielaw.org/scripttemplates/otSDKStub.js", Transport::Script);
        if let Some(status) = answered {
            add(&mut visit, 95.0, Fact::Response(Response { request: script, status, ..Response::default() }));
        }
        let judgement = told(&mut visit);
        (
            of_rule(&judgement, Rule::NoBanner).len(),
            judgement.gaps.into_iter().map(|gap| gap.detail).collect::<Vec<_>>(),
        )
    };
    assert_eq!(with_platform(Some(200)), (1, vec![]));
    for missing in [None, Some(503)] {
        assert_eq!(with_platform(missing), (0, vec!["OneTrust did not load".to_owned()]));
    }
}

#[test]
fn a_banner_that_can_only_be_agreed_to_is_told() {
    let asked = |words: &[(ConsentMeans, &str)], source: &str| {
        let mut visit = page(PAGE);
        let buttons = words.iter().map(|(means, text)| ConsentButton { means: *means, text: (*text).into() }).collect();
        let consent = Consent { step: ConsentStep::Banner, source: source.into(), value: "#banner".into(), buttons };
        add(&mut visit, 500.0, Fact::Consent(consent));
        visit
    };
    let banner = |words: &[(ConsentMeans, &str)], source: &str| told(&mut asked(words, source));
    use ConsentMeans::{Accept, Reject, Settings, Unknown};
    let judgement = banner(&[(Accept, "Accept all"), (Settings, "Manage")], "Cybotcookiebot");
    let found = of_rule(&judgement, Rule::NoReject);
    assert_eq!((found[0].vendor.as_str(), found[0].first_contact_ms), ("cookiebot", 500.0));
    assert_eq!(found[0].traits.details["buttons"], ["Accept all", "Manage"]);
    assert_eq!(of_rule(&banner(&[(Accept, "OK")], "plain"), Rule::NoReject)[0].vendor, "shop.test");
    assert!(of_rule(&banner(&[(Accept, "OK"), (Reject, "No")], "plain"), Rule::NoReject).is_empty());
    assert!(of_rule(&banner(&[(Settings, "Manage")], "plain"), Rule::NoReject).is_empty());
    assert!(
        of_rule(&banner(&[(Accept, "Accepter alle"), (Unknown, "Afvis alle")], "plain"), Rule::NoReject).is_empty()
    );
    let mut partly = asked(&[(Accept, "OK")], "plain");
    partly.gaps.push(Gap { kind: GapKind::BannerUnwatched, detail: String::new() });
    assert!(of_rule(&told(&mut partly), Rule::NoReject).is_empty());
}

#[test]
fn what_scripts_do_after_a_choice_is_not_told_as_before_it() {
    let listener = |target: &str| {
        let stack = crate::visit::frames(&[CLARITY]);
        Fact::Listener(Listener {
            event: "input".into(),
            target: target.into(),
            count: 1,
            stack,
            ..Listener::default()
        })
    };
    let mut visit = chosen(Profile::Accept);
    ask(&mut visit, 2_600.0, CLARITY, Transport::Script);
    add(&mut visit, 2_700.0, listener("document"));
    assert_eq!(rules(&told(&mut visit)), [("microsoft-clarity", Rule::AfterAccept)]);
    ask(&mut visit, 600.0, CLARITY, Transport::Script);
    add(&mut visit, 700.0, listener("body"));
    let judgement = told(&mut visit);
    let listening = of_rule(&judgement, Rule::Listening);
    assert_eq!(listening[0].traits.listens, ["input body"]);
}
