//! What a made-up site asks, and what is answered.

use earshot_model::{Choice, Consent, ConsentButton, ConsentClock, ConsentMeans, ConsentStep, Fact, Profile, Witness};
use earshot_store::EventNote;

use super::{RELOADED_AT_MS, Scene};

/// Banners come in the first second and a half.
const BANNER_MS: (f64, f64) = (300.0, 1_500.0);
const CHOOSING_MS: f64 = 5_000.0;

/// Puts the banner and our answer on the tape.
pub(super) fn ask(scene: &mut Scene<'_>) {
    scene.course.watched = true;
    let (site, profile) = (scene.occasion.site, scene.occasion.profile);
    if profile == Profile::Gpc {
        step(scene, 1.0, ConsentStep::Signal, "gpc", "1");
        scene.course.signals.push(("gpc".to_owned(), "the browser opts out of sale and sharing".to_owned()));
    }
    let Some(cmp) = site.cmp else {
        scene.course.whole = profile.choice().is_none();
        return;
    };
    let platform = scene.parties.cmps[cmp].id.clone();
    let banner_ms = scene.dice.between(BANNER_MS.0, BANNER_MS.1).round();
    banner(scene, banner_ms, &platform);
    scene.course.clock = ConsentClock { banner_ms: Some(banner_ms), ..ConsentClock::default() };
    scene.course.cmp = platform.clone();
    scene.course.whole = true;
    let (choice, made, presses) = match profile.choice() {
        None => return,
        Some(Choice::Accept) => (Choice::Accept, ConsentStep::Accept, 1),
        Some(Choice::Reject) => (Choice::Reject, ConsentStep::Reject, if site.offers_reject { 1 } else { 3 }),
    };
    for press in 0..presses {
        step(scene, CHOOSING_MS + 100.0 * f64::from(press), ConsentStep::Press, &platform, "button");
    }
    let choice_ms = CHOOSING_MS + 100.0 * f64::from(presses - 1);
    step(scene, choice_ms, made, &platform, "");
    step(scene, RELOADED_AT_MS, ConsentStep::Reload, "", "");
    let clock = &mut scene.course.clock;
    clock.choosing_ms = Some(CHOOSING_MS);
    clock.choice = Some((choice, choice_ms));
    clock.reload_ms = Some(RELOADED_AT_MS);
    clock.presses = Some(presses);
}

fn banner(scene: &mut Scene<'_>, at_ms: f64, platform: &str) {
    let button = |means, text: &str| ConsentButton { means, text: text.to_owned() };
    let mut buttons = vec![button(ConsentMeans::Accept, "Accept all")];
    if scene.occasion.site.offers_reject {
        buttons.push(button(ConsentMeans::Reject, "Reject all"));
    }
    buttons.push(button(ConsentMeans::Settings, "Settings"));
    let value = format!("div#{platform}-banner");
    let consent = Consent { step: ConsentStep::Banner, source: platform.to_owned(), value, buttons };
    put(scene, at_ms, consent);
}

fn step(scene: &mut Scene<'_>, at_ms: f64, step: ConsentStep, source: &str, value: &str) {
    put(scene, at_ms, Consent { step, source: source.to_owned(), value: value.to_owned(), buttons: Vec::new() });
}

fn put(scene: &mut Scene<'_>, at_ms: f64, consent: Consent) {
    let page = scene.occasion.page;
    scene.tape.put(Some(at_ms), page, &[Witness::Page], Fact::Consent(consent), EventNote::default());
}
