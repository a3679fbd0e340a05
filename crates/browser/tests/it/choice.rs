//! Refusing and agreeing: what is pressed, when it counts, and what cannot be chosen.

use std::time::Duration;

use earshot_browser::{BrowserConfig, BrowserError, Chooser, Dwell, Seen};
use earshot_model::{ConsentClock, ConsentStep, GapKind, OutcomeClass, PageTask, Phase, Profile};

use crate::{
    banner::steps,
    bench::{Bench, html, requests},
    chromium::{config, has_gap, launch, task},
};

/// Long enough for rules to find their platform, and for what the pages below do.
const DWELL: Dwell =
    Dwell { min: Duration::from_millis(1_800), max: Duration::from_secs(3), quiet: Duration::from_millis(300) };

pub fn chooser() -> Chooser {
    let package = concat!(env!("CARGO_MANIFEST_DIR"), "/../../.parts/lib/autoconsent/package.json");
    let package =
        std::env::var("EARSHOT_PARTS").map_or(package.into(), |parts| format!("{parts}/lib/autoconsent/package.json"));
    Chooser::load(std::path::Path::new(&package)).unwrap()
}

async fn visited(bench: &Bench, profile: Profile) -> Seen {
    let browser = launch(BrowserConfig { dwell: DWELL, chooser: Some(chooser()), ..config() }).await;
    let seen = browser.visit(&PageTask { profile, ..task(&bench.url("/page")) }).await.unwrap();
    browser.close().await;
    assert_eq!(seen.visit.outcome.class(), OutcomeClass::Seen, "{:?}", seen.visit.outcome);
    seen
}

async fn page(body: &str) -> Bench {
    Bench::start([("/page", html(format!("<!doctype html><body><h1>A shop</h1>{STYLE}{body}")))]).await
}

const STYLE: &str =
    "<style>.bar { position: fixed; left: 0; right: 0; bottom: 0; height: 120px; background: #eee }</style>";

/// A page that keeps the choice, tells of it when it is made, and says with each load what it knows.
const KEEPS: &str = "<script>
    const known = () => localStorage.getItem('choice') || 'none';
    fetch('/log/load-' + known(), { method: 'POST' });
    function chose(what) {
        localStorage.setItem('choice', what);
        fetch('/log/chose-' + what, { method: 'POST' });
        for (const bar of document.querySelectorAll('.bar')) bar.remove();
    }
    addEventListener('load', () => { if (known() !== 'none') for (const bar of document.querySelectorAll('.bar')) bar.remove(); });
    </script>";

/// A first layer that leads to `second`.
const SETTINGS_FIRST: &str =
    "<div class=bar id=first>We use cookies. <button onclick=\"chose('accept')\">Accept</button>
    <button onclick=\"first.hidden = true; second.hidden = false\">Cookie settings</button></div>";

fn phase_of(seen: &Seen, path: &str) -> Vec<Phase> {
    requests(seen).filter(|(_, request)| request.url.ends_with(path)).map(|(event, _)| event.phase).collect()
}

fn clock(seen: &Seen) -> ConsentClock {
    ConsentClock::of(&seen.visit.events)
}

#[tokio::test]
async fn a_plain_banner_is_answered_by_its_words_and_the_page_loaded_once_more() {
    for (texts, profile, chosen, phase) in [
        ("Accept all|Reject all", Profile::Reject, "reject", Phase::PostReject),
        ("Alle akzeptieren|Nur notwendige Cookies", Profile::Accept, "accept", Phase::PostAccept),
    ] {
        let (yes, no) = texts.split_once('|').unwrap();
        let bench = page(&format!(
            "{KEEPS}<div class=bar>Wir verwenden Cookies. We use cookies.
            <button onclick=\"chose('accept')\">{yes}</button><button onclick=\"chose('reject')\">{no}</button></div>"
        ))
        .await;
        let seen = visited(&bench, profile).await;
        assert!(!has_gap(&seen, GapKind::ChoiceNotMade), "{:?}", seen.visit.gaps);
        assert_eq!(phase_of(&seen, "/log/load-none"), [Phase::PreBanner], "{:?}", clock(&seen));
        assert_eq!(phase_of(&seen, &format!("/log/chose-{chosen}")), [phase]);
        assert_eq!(phase_of(&seen, &format!("/log/load-{chosen}")), [phase], "the reload");
        let clock = clock(&seen);
        assert_eq!(clock.choice.map(|(choice, _)| choice), profile.choice());
        assert_eq!(clock.presses, Some(1));
        assert!(clock.reload_ms > clock.choice.map(|(_, at_ms)| at_ms), "{clock:?}");
    }
}

#[tokio::test]
async fn a_platform_is_answered_by_a_rule() {
    // The marks by which Autoconsent knows version 3 of CookieConsent.
    let bench = page(&format!(
        "{KEEPS}<div id=cc-main class=bar><div class=cm-wrapper><div class=cm role=dialog>This website uses cookies.
        <button class=cm__btn data-role=all onclick=\"chose('accept')\">Accept all</button>
        <button class=cm__btn data-role=necessary onclick=\"chose('reject')\">Reject all</button></div></div></div>"
    ))
    .await;
    for (profile, chosen) in [(Profile::Reject, "reject"), (Profile::Accept, "accept")] {
        let seen = visited(&bench, profile).await;
        let step = if profile == Profile::Reject { ConsentStep::Reject } else { ConsentStep::Accept };
        let made = steps(&seen, step);
        assert_eq!(made.len(), 1, "{:?}", seen.visit.gaps);
        assert!(made[0].1.source.starts_with("cookieconsent"), "{}", made[0].1.source);
        assert!(phase_of(&seen, &format!("/log/chose-{chosen}"))[0] != Phase::PreChoice);
    }
}

#[tokio::test]
async fn a_platform_that_loads_the_page_anew_has_heard_the_choice() {
    // The marks of a platform whose rule waits half a second after the press, which nobody survives here.
    let bench = page(&format!(
        "{KEEPS}<ytm-consent-bump-v2-renderer class=bar style='display: block'>Before you continue: we use cookies.
        <div class=privacy-terms></div><div class=one-col-dialog-buttons>
        <c3-material-button><button onclick=\"chose('accept'); location.reload()\">Accept all</button></c3-material-button>
        <c3-material-button><button onclick=\"chose('reject'); location.reload()\">Reject all</button></c3-material-button>
        </div></ytm-consent-bump-v2-renderer>"
    ))
    .await;
    for (profile, chosen) in [(Profile::Reject, "reject"), (Profile::Accept, "accept")] {
        let seen = visited(&bench, profile).await;
        let clock = clock(&seen);
        assert_eq!(clock.choice.map(|(choice, _)| choice), profile.choice(), "{chosen}: {:?}", seen.visit.gaps);
        let step = if profile == Profile::Reject { ConsentStep::Reject } else { ConsentStep::Accept };
        assert_eq!(steps(&seen, step)[0].1.source, "youtube-mobile");
        assert_eq!(clock.presses, Some(1));
        assert!(clock.reload_ms.is_some());
    }
}

#[tokio::test]
async fn what_offers_no_refusal_is_a_gap_and_is_not_pressed() {
    let bench = page(&format!(
        "{KEEPS}<div class=bar>We use cookies. <button onclick=\"chose('accept')\">I agree</button>
        <a href=/policy>Read our cookie policy</a></div>"
    ))
    .await;
    let seen = visited(&bench, Profile::Reject).await;
    let gap = seen.visit.gaps.iter().find(|gap| gap.kind == GapKind::ChoiceNotMade).unwrap();
    assert!(gap.detail.starts_with("no way to reject found") && gap.detail.contains("'I agree'"), "{}", gap.detail);
    assert_eq!((clock(&seen).choice, clock(&seen).reload_ms), (None, None));
    assert!(phase_of(&seen, "/log/chose-accept").is_empty());
}

#[tokio::test]
async fn what_may_be_on_is_not_saved_as_a_refusal() {
    let bench = page(&format!(
        "{KEEPS}{SETTINGS_FIRST}
        <div class=bar id=second hidden>Cookies: <label><input type=checkbox> Analytics</label>
        <p>Ads <span class='switch on' style='display:inline-block;width:40px;height:20px'></span></p>
        <button onclick=\"chose('reject')\">Save my choices</button><button onclick=\"chose('accept')\">Accept all</button></div>"
    ))
    .await;
    let seen = visited(&bench, Profile::Reject).await;
    assert!(has_gap(&seen, GapKind::ChoiceNotMade), "{:?}", clock(&seen));
    assert!(phase_of(&seen, "/log/chose-reject").is_empty());
}

#[tokio::test]
async fn a_page_that_clicks_its_own_buttons_presses_nothing_for_us() {
    let bench = page(&format!(
        "{KEEPS}<button id=next>Next</button><script>setInterval(() => next.click(), 50)</script>
        <div class=bar>We use cookies. <button onclick=\"chose('accept')\">Accept all</button>
        <button onclick=\"chose('reject')\">Reject all</button></div>"
    ))
    .await;
    let seen = visited(&bench, Profile::Reject).await;
    assert_eq!(clock(&seen).presses, Some(1), "{:?}", steps(&seen, ConsentStep::Press));
}

#[tokio::test]
async fn a_refusal_behind_settings_is_found_and_its_presses_are_counted() {
    let bench = page(&format!(
        "{KEEPS}{SETTINGS_FIRST}
        <div class=bar id=second hidden>Cookies: <label><input type=checkbox> Analytics</label>
        <button onclick=\"chose('reject')\">Save my choices</button><button onclick=\"chose('accept')\">Accept all</button></div>"
    ))
    .await;
    let seen = visited(&bench, Profile::Reject).await;
    assert_eq!(clock(&seen).presses, Some(2), "{:?}", seen.visit.gaps);
    assert_eq!(phase_of(&seen, "/log/chose-reject"), [Phase::PostReject]);
}

#[tokio::test]
async fn a_banner_that_stays_was_not_answered() {
    let bench = page("<div class=bar>We use cookies. <button>Accept</button> <button>Reject all</button></div>").await;
    let seen = visited(&bench, Profile::Reject).await;
    assert!(has_gap(&seen, GapKind::ChoiceNotMade));
    assert_eq!(clock(&seen).choice, None);
}

#[tokio::test]
async fn without_a_banner_there_is_nothing_to_choose() {
    let bench = page("<p>No banner.</p><script>fetch('/log/x', { method: 'POST' })</script>").await;
    let seen = visited(&bench, Profile::Accept).await;
    assert!(!has_gap(&seen, GapKind::ChoiceNotMade) && clock(&seen).choice.is_none());
    assert_eq!(phase_of(&seen, "/log/x"), [Phase::NoBanner]);
}

#[tokio::test]
async fn who_does_not_know_how_to_answer_does_not_visit() {
    let bench = page("").await;
    let browser = launch(config()).await;
    let refused = browser.visit(&PageTask { profile: Profile::Reject, ..task(&bench.url("/page")) }).await;
    assert!(matches!(refused, Err(BrowserError::NoChooser)));
    browser.close().await;
}
