use chromiumoxide::cdp::js_protocol::runtime::ExecutionContextId;
use earshot_model::{ConsentMeans, Phase};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::*;
use crate::consent::Watcher;

/// Navigation start, in ms since the epoch.
const START_MS: f64 = 1_700_000_000_000.0;

fn recorder() -> (Recorder, Watcher) {
    let watcher = Watcher::new("mark", "tick");
    let mut recorder = Recorder::new("MAIN").watched_by(&watcher);
    recorder.clock.start(100.0, START_MS / 1_000.0, Instant::now());
    (recorder, watcher)
}

/// The watcher of a document says something at that moment.
fn tell(recorder: &mut Recorder, watcher: &Watcher, (realm, at_ms): (&str, f64), what: Value) {
    let mut message = json!({
        "time": START_MS + at_ms, "address": "https://shop.test/#top", "top": realm.starts_with("top"), "realm": realm,
    });
    message.as_object_mut().unwrap().extend(what.as_object().unwrap().clone());
    let called = EventBindingCalled {
        name: watcher.channel.clone(),
        payload: message.to_string(),
        execution_context_id: ExecutionContextId::new(1),
    };
    recorder.on_watched(&called, Source { session: "S", address: "", heard: Instant::now() });
}

fn banner(buttons: Value) -> Value {
    json!({ "kind": "banner", "platform": "klaro", "selector": "div.klaro", "buttons": buttons })
}

#[test]
fn the_first_banner_counts_and_whether_one_is_shown_now_is_known() {
    let (mut recorder, watcher) = recorder();
    let mut say = |at: (&str, f64), what: Value| {
        tell(&mut recorder, &watcher, at, what);
        recorder.sight().is_shown
    };
    assert!(!say(("top 1", 1.0), json!({ "kind": "looked" })));
    assert!(say(("top 1", 2.0), banner(json!([]))));
    assert!(say(("frame", 3.0), banner(json!([{ "means": "reject", "text": "No" }]))));
    assert!(say(("top 1", 4.0), json!({ "kind": "gone" })));
    assert!(!say(("frame", 5.0), json!({ "kind": "gone" })));
    assert!(say(("top 1", 6.0), banner(json!([]))));
    // Another document: what the last one showed is gone with it.
    assert!(!say(("top 2", 7.0), json!({ "kind": "looked" })));
    let (events, gaps) = recorder.finish(Profile::Untouched, Some(&[]));
    let Fact::Consent(consent) = &events[0].fact else { panic!("{events:?}") };
    assert_eq!((events.len(), events[0].at_ms, events[0].frame.as_str()), (1, Some(2.0), "https://shop.test/"));
    assert_eq!((consent.source.as_str(), consent.buttons[0].means), ("klaro", ConsentMeans::Reject));
    assert_eq!(events[0].phase, Phase::PreChoice);
    assert!(gaps.is_empty(), "{gaps:?}");
}

#[test]
fn what_a_layer_offers_later_is_added_until_something_is_pressed() {
    let button = |means: &str| json!({ "means": means, "text": format!("{means}!") });
    let means = |recorder: &Recorder| {
        let banner = recorder.sight().banner.clone().unwrap();
        banner.buttons.iter().map(|button| button.text.clone()).collect::<Vec<_>>().join(" ")
    };
    let (mut recorder, watcher) = recorder();
    tell(&mut recorder, &watcher, ("top", 1.0), banner(json!([button("accept")])));
    tell(&mut recorder, &watcher, ("top", 2.0), banner(json!([button("accept"), button("settings")])));
    assert_eq!(means(&recorder), "accept! settings!");
    tell(&mut recorder, &watcher, ("top", 3.0), json!({ "kind": "press", "selector": "button", "banner": true }));
    tell(&mut recorder, &watcher, ("top", 4.0), banner(json!([button("reject")])));
    assert_eq!(means(&recorder), "accept! settings!");
}

#[test]
fn a_banner_of_a_page_that_was_never_whole_is_a_gap() {
    let gaps = |looked: bool| {
        let (mut recorder, watcher) = recorder();
        tell(&mut recorder, &watcher, ("top", 1.0), banner(json!([{ "means": "accept", "text": "Yes" }])));
        if looked {
            tell(&mut recorder, &watcher, ("top", 2.0), json!({ "kind": "looked" }));
        }
        recorder.note_unwatched();
        let kinds = recorder.finish(Profile::Untouched, Some(&[])).1.into_iter().map(|gap| gap.kind);
        kinds.collect::<Vec<_>>()
    };
    assert_eq!(gaps(false), [GapKind::BannerUnwatched]);
    assert_eq!(gaps(true), []);
}

#[test]
fn another_document_has_to_be_looked_at_again() {
    let phase = |then: &[(&str, &str)]| {
        let (mut recorder, watcher) = recorder();
        recorder.stepped(Witness::Page, "", 1.0, Consent { step: ConsentStep::Signal, ..Consent::default() });
        for (realm, kind) in then {
            tell(&mut recorder, &watcher, (realm, 2.0), json!({ "kind": kind }));
        }
        recorder.finish(Profile::Untouched, Some(&[])).0[0].phase
    };
    assert_eq!(phase(&[("top 1", "looked")]), Phase::NoBanner);
    assert_eq!(phase(&[("top 1", "looked"), ("top 2", "down")]), Phase::PreChoice);
    assert_eq!(phase(&[("top 1", "looked"), ("top 2", "down"), ("top 2", "looked")]), Phase::NoBanner);
}

#[test]
fn presses_are_kept_with_where_they_began() {
    let (mut recorder, watcher) = recorder();
    let press = json!({ "kind": "press", "selector": "button#yes", "banner": true });
    tell(&mut recorder, &watcher, ("top", 10.0), json!({ "kind": "down" }));
    tell(&mut recorder, &watcher, ("top", 90.0), press.clone());
    tell(&mut recorder, &watcher, ("top", 200.0), press.clone());
    tell(&mut recorder, &watcher, ("frame", 300.0), json!({ "kind": "down" }));
    tell(&mut recorder, &watcher, ("top", 301.0), press);
    let presses = recorder.sight().presses.iter().map(|press| (press.from_ms, press.at_ms, press.in_banner));
    let expected = [(10.0, 90.0, true), (200.0, 200.0, true), (301.0, 301.0, true)];
    assert_eq!(presses.collect::<Vec<_>>(), expected);
}

#[test]
fn nobody_says_that_there_was_no_banner_who_did_not_look() {
    let finished = |what: Option<Value>| {
        let (mut recorder, watcher) = recorder();
        recorder.stepped(Witness::Page, "", 1.0, Consent { step: ConsentStep::Signal, ..Consent::default() });
        if let Some(what) = what {
            tell(&mut recorder, &watcher, ("top", 2.0), what);
        }
        recorder.finish(Profile::Untouched, Some(&[])).0[0].phase
    };
    assert_eq!(finished(Some(json!({ "kind": "looked" }))), Phase::NoBanner);
    assert_eq!(finished(None), Phase::PreChoice);
    assert_eq!(finished(Some(json!({ "kind": "unheard of" }))), Phase::PreChoice);
}
