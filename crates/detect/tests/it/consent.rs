//! What is said before a choice, after it, and under Global Privacy Control.

use earshot_detect::{Judgement, consent::course};
use earshot_model::{
    Choice, Consent, ConsentClock, ConsentStep, Direction, Fact, Gap, GapKind, Profile, Rule, Transport, Visit,
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
    let told = course(&visit);
    assert_eq!((told.banner_ms, told.choice, told.choice_ms), (Some(500.0), Some(Choice::Reject), Some(2_500.0)));
    assert_eq!((told.reload_ms, told.presses, told.cmp.as_str()), (Some(9_000.0), Some(2), "Klaro"));
    assert!(told.watched && told.whole);
    visit.gaps.push(Gap { kind: GapKind::BannerUnwatched, detail: String::new() });
    assert!(!course(&visit).watched && !course(&visit).whole);
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
