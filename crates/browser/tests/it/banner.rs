//! When a banner can be seen first, and what is none.

use earshot_browser::{BrowserConfig, Seen};
use earshot_model::{Consent, ConsentMeans, ConsentStep, Event, Fact, GapKind, Phase};
use futures::{StreamExt as _, stream};

use crate::{
    bench::{Bench, html, request, requests},
    chromium::{SOME, config, has_gap, launch, see, visit},
};

/// How late a banner may be noticed, in ms: a few frames of the screen, and what a loaded machine takes.
const LATE_MS: f64 = 400.0;

/// Says when the page itself made the banner to be seen.
const SHOWN: &str = "<script>const shown = () => fetch('/log/shown', { method: 'POST', body: '' });</script>";

const BUTTONS: &str = "We use cookies. <button id=yes>Accept all</button> <button id=no>Only necessary cookies</button>
    <button>Settings</button> <a href=/policy>Cookie policy</a>";

const STYLE: &str =
    "<style>#note { position: fixed; left: 0; right: 0; bottom: 0; height: 120px; background: #eee }</style>";

pub fn steps(seen: &Seen, step: ConsentStep) -> Vec<(&Event, &Consent)> {
    seen.visit
        .events
        .iter()
        .filter_map(|event| match &event.fact {
            Fact::Consent(consent) if consent.step == step => Some((event, consent)),
            _ => None,
        })
        .collect()
}

async fn visited(body: &str) -> (Bench, Seen) {
    let inner = format!("<body>{STYLE}<div style='background:#eee;height:100vh'>{BUTTONS}</div>");
    let bench =
        Bench::start([("/page", html(format!("<!doctype html><body>{SHOWN}{STYLE}{body}"))), ("/inner", html(inner))])
            .await;
    let seen = see(&bench.url("/page")).await;
    (bench, seen)
}

/// The banner's moment is that of the request by which the page says that it is shown, or a little later.
fn assert_in_time(seen: &Seen, what: &str) {
    let banners = steps(seen, ConsentStep::Banner);
    assert_eq!(banners.len(), 1, "{what}: {:?}", seen.visit.gaps);
    let at_ms = banners[0].0.at_ms.unwrap();
    let (shown, _) = requests(seen).find(|(_, request)| request.url.ends_with("/log/shown")).unwrap();
    let late = at_ms - shown.at_ms.unwrap();
    eprintln!("{what}: {late} ms late");
    assert!((-20.0..LATE_MS).contains(&late), "{what}: {late} ms late");
    assert!(!has_gap(seen, GapKind::BannerUnwatched));
}

#[tokio::test]
async fn a_banner_is_told_with_its_buttons_and_parts_the_phases() {
    let (_, seen) = visited(&format!(
        "<script>fetch('/log/before')</script><div id=note hidden>{BUTTONS}</div><script>
        setTimeout(() => {{ note.hidden = false; shown(); setTimeout(() => fetch('/log/after'), 500) }}, 300)</script>"
    ))
    .await;
    assert_in_time(&seen, "later");
    let (event, banner) = steps(&seen, ConsentStep::Banner)[0];
    assert_eq!((banner.source.as_str(), banner.value.as_str()), ("plain", "div#note"));
    let buttons: Vec<_> = banner.buttons.iter().map(|button| (button.means, button.text.as_str())).collect();
    use ConsentMeans as M;
    let expected = [
        (M::Accept, "Accept all"),
        (M::Reject, "Only necessary cookies"),
        (M::Settings, "Settings"),
        (M::Other, "Cookie policy"),
    ];
    assert_eq!(buttons, expected);
    assert_eq!(event.phase, Phase::PreChoice);
    let phase = |target: &str| requests(&seen).find(|(_, request)| request.url.ends_with(target)).unwrap().0.phase;
    assert_eq!((phase("/log/before"), phase("/log/after")), (Phase::PreBanner, Phase::PreChoice));
    request(&seen, "/log/after");
}

#[tokio::test]
async fn a_layer_that_is_built_while_it_is_seen_is_told_whole() {
    let cases = [
        ("parsed", "<script>setTimeout(() => fetch('/log/more'), 1000)</script><div id=note>We use cookies.
            <button>Accept all</button><script src=/held></script><button>Reject all</button></div>"),
        ("scripted", "<div id=note>We use cookies. <button>Accept all</button></div><script>setTimeout(() => {
            fetch('/log/more');
            const no = document.createElement('button'); no.textContent = 'Reject all'; note.append(no) }, 800)</script>"),
    ];
    for (what, body) in cases {
        let (_bench, seen) = visited(body).await;
        let (event, banner) = steps(&seen, ConsentStep::Banner)[0];
        let means: Vec<_> = banner.buttons.iter().map(|button| button.means).collect();
        assert_eq!(means, [ConsentMeans::Accept, ConsentMeans::Reject], "{what}: {:?}", seen.visit.gaps);
        let more = requests(&seen).find(|(_, request)| request.url.ends_with("/log/more")).unwrap().0.at_ms;
        assert!(event.at_ms < more, "{what}: it was not seen before it was whole");
        assert!(!has_gap(&seen, GapKind::BannerUnwatched), "{what}: {:?}", seen.visit.gaps);
    }
}

#[tokio::test]
async fn words_that_are_not_known_are_no_proof() {
    let (_, danish) = visited(
        "<div id=note>Vi bruger cookies. <button>Accepter alle</button> <button>Xyzzy alle</button>
        <a href=/politik>Om os</a></div>",
    )
    .await;
    let banner = steps(&danish, ConsentStep::Banner)[0].1;
    let means: Vec<_> = banner.buttons.iter().map(|button| button.means).collect();
    assert_eq!(means, [ConsentMeans::Accept, ConsentMeans::Unknown, ConsentMeans::Other]);
    assert!(!has_gap(&danish, GapKind::BannerUnwatched));

    let (_, none) =
        visited("<div id=note class=cookie-banner>Strona. <button>Xyzzy</button> <button>Plugh</button></div>").await;
    assert!(steps(&none, ConsentStep::Banner).is_empty());
    assert!(has_gap(&none, GapKind::BannerUnwatched), "{:?}", none.visit.gaps);
    assert!(none.visit.events.iter().all(|event| event.phase == Phase::PreChoice));
}

#[tokio::test]
async fn the_moment_is_when_it_can_be_seen() {
    let later = |how: &str| format!("<script>setTimeout(() => {{ {how} }}, 300)</script>");
    let cases = [
        ("added", later(&format!("const at = document.createElement('div'); at.id = 'note'; at.innerHTML = `{BUTTONS}`; document.body.append(at); shown()"))),
        (
            "faded in",
            format!("<div id=note style='opacity:0;transition:opacity 1s linear'>{BUTTONS}</div>{}",
            later("note.style.opacity = 1; setTimeout(shown, 500)")),
        ),
        (
            "moved in",
            format!("<div id=note style='transform:translateY(300px);transition:transform .4s'>{BUTTONS}</div>{}",
            later("note.style.transform = 'none'; setTimeout(shown, 100)")),
        ),
        (
            "in a shadow tree",
            format!("<div id=host></div>{}", later(&format!(
                "const tree = host.attachShadow({{ mode: 'open' }}); tree.innerHTML = `<div style='position:fixed;bottom:0;left:0;right:0;height:100px;background:#eee'>{BUTTONS}</div>`; shown()"
            ))),
        ),
        (
            "around transparent",
            format!("<div id=outer style='opacity:.1'><div id=note>{BUTTONS}</div></div>{}", later("outer.style.opacity = 1; shown()")),
        ),
        (
            "in a frame of another site",
            later("const at = document.createElement('iframe'); at.style = 'position:fixed;bottom:0;left:0;width:100%;height:200px;border:0';
                at.src = `http://localhost:${location.port}/inner`; at.onload = shown; document.body.append(at)"),
        ),
        (
            "in a platform's frame",
            later("const at = document.createElement('iframe'); at.id = 'sp_message_iframe_1'; at.style = 'position:fixed;bottom:0;left:0;width:100%;height:200px;border:0';
                at.src = `http://localhost:${location.port}/inner`; shown(); document.body.append(at)"),
        ),
    ];
    for (what, body) in cases {
        let (_, seen) = visited(&body).await;
        assert_in_time(&seen, what);
        let banner = steps(&seen, ConsentStep::Banner)[0].1;
        assert_eq!(banner.buttons.len(), 4, "{what}: {banner:?}");
        let source = if what == "in a platform's frame" { "sourcepoint" } else { "plain" };
        assert_eq!(banner.source, source, "{what}");
    }
}

#[tokio::test]
async fn what_asks_for_no_consent_is_no_banner() {
    let float = "style='position:fixed;bottom:0;left:0;right:0;height:200px;background:#eee'";
    let cases = [
        ("nothing", "<p>Hello</p>".to_owned()),
        ("footer", "<main><p>Hello</p></main><footer>We use cookies. <a href=/x>Accept terms</a> <a href=/y>Cookie settings</a></footer>".to_owned()),
        ("policy", "<h1>Cookie policy</h1><p>We use cookies to accept orders.</p><button>OK</button>".to_owned()),
        ("newsletter", format!("<div role=dialog {float}>Get our offers. We respect your privacy. <input type=email><button>Subscribe</button><button>No thanks</button></div>")),
        ("login", format!("<div role=dialog {float}>Sign in. By going on you agree to our cookies policy. <input name=user><input type=password><button>Accept and sign in</button></div>")),
        ("revisit", "<button class=cky-btn-revisit style='position:fixed;bottom:9px;left:9px;width:50px;height:50px'>Cookie settings</button>".to_owned()),
        ("hidden", format!("<div id=onetrust-banner-sdk style='position:fixed;bottom:0;display:none'>{BUTTONS}</div>
            <div class=cookie-banner style='position:fixed;bottom:-300px;height:200px'>{BUTTONS}</div>
            <div class=cookie-notice style='position:fixed;bottom:0;opacity:.2'>{BUTTONS}</div>")),
        ("frames", "<iframe src=/inner style='position:fixed;bottom:0;left:0;width:600px;height:200px;opacity:0'></iframe>
            <iframe src=/inner style='position:fixed;left:-900px;top:0;width:600px;height:200px'></iframe>".to_owned()),
        ("covered", format!("<div id=note>{BUTTONS}</div><div style='position:fixed;inset:0;z-index:9;background:#fff'>Welcome</div>")),
    ];
    let each = stream::iter(cases).for_each_concurrent(SOME, |(what, body)| async move {
        let (_, seen) = visited(&body).await;
        assert!(steps(&seen, ConsentStep::Banner).is_empty(), "{what}: {:?}", steps(&seen, ConsentStep::Banner));
        assert!(!has_gap(&seen, GapKind::BannerUnwatched), "{what}: {:?}", seen.visit.gaps);
        assert!(seen.visit.events.iter().all(|event| event.phase == Phase::NoBanner), "{what}");
    });
    each.await;
}

#[tokio::test]
async fn a_banner_in_a_frame_of_another_process_is_told_with_its_buttons() {
    let body = "<iframe id=sp_message_iframe_1 style='position:fixed;bottom:0;left:0;width:100%;height:200px;border:0'></iframe>
        <script>document.querySelector('iframe').src = `http://localhost:${location.port}/inner`</script>";
    let bench = Bench::start([
        ("/page", html(format!("<!doctype html><body>{body}"))),
        ("/inner", html(format!("<body><div style='background:#eee;height:100vh'>{BUTTONS}</div>"))),
    ])
    .await;
    let browser = launch(BrowserConfig { site_isolation: true, ..config() }).await;
    let seen = visit(&browser, &bench.url("/page")).await.unwrap();
    browser.close().await;
    let banners = steps(&seen, ConsentStep::Banner);
    assert_eq!((banners.len(), banners[0].1.source.as_str()), (1, "sourcepoint"));
    assert_eq!(banners[0].1.buttons.len(), 4, "{banners:?}");
}

#[tokio::test]
async fn buttons_are_told_apart_in_thirteen_languages() {
    let said = |means: &str, texts: &[&str]| {
        let texts: Vec<_> = texts.iter().map(|text| (means.to_owned(), (*text).to_owned())).collect();
        texts
    };
    let first = [
        said(
            "accept",
            &["I agree", "Ich stimme zu", "Tout accepter", "Aceptar todo", "Accetta tutti", "Alles accepteren"],
        ),
        said(
            "reject",
            &["Continue without accepting", "Nur notwendige Cookies", "Continuer sans accepter", "Rechazar"],
        ),
        said("settings", &["Manage options", "Einstellungen", "Personnaliser", "Instellingen"]),
        said("dismiss", &["Got it", "×"]),
    ];
    let second = [
        said("accept", &["Aceitar todos", "Alle akzeptieren"]),
        said(
            "reject",
            &[
                "Accept necessary cookies",
                "Ablehnen",
                "Apenas necessários",
                "Rifiuta",
                "Alleen noodzakelijk",
                "I do not accept",
            ],
        ),
        said("settings", &["Configurar", "Preferenze"]),
        said("dismiss", &["OK", "Verstanden"]),
        said("other", &["Accept selected", "Datenschutzerklärung", "Cookie policy", "Save"]),
    ];
    let north = [
        said("accept", &["Tillad alle", "Godta alle", "Godkänn alla", "Hyväksy kaikki"]),
        said(
            "reject",
            &[
                "Afvis alle",
                "Kun nødvendige",
                "Endast nödvändiga",
                "Avvisa alla",
                "Bare nødvendige",
                "Vain välttämättömät",
            ],
        ),
        said("settings", &["Indstillinger", "Tilpass", "Anpassa", "Asetukset"]),
        said("other", &["Gem valgte", "Läs mer"]),
    ];
    let east = [
        said("accept", &["Akceptuj wszystkie", "Zgadzam się", "Přijmout vše", "Souhlasím"]),
        said(
            "reject",
            &[
                "Odrzuć wszystkie",
                "Nie zgadzam się",
                "Tylko niezbędne",
                "Odmítnout vše",
                "Nesouhlasím",
                "Pouze nezbytné",
            ],
        ),
        said("settings", &["Ustawienia", "Nastavení"]),
        said("dismiss", &["Rozumiem", "Zavřít"]),
    ];
    for expected in [first.concat(), second.concat(), north.concat(), east.concat()] {
        let buttons: String = expected.iter().map(|(_, text)| format!("<button>{text}</button> ")).collect();
        let (_, seen) = visited(&format!("<div id=note>Cookies {buttons}</div>")).await;
        let banner = steps(&seen, ConsentStep::Banner)[0].1;
        let told = banner.buttons.iter().map(|button| (button.means.as_str().to_owned(), button.text.clone()));
        assert_eq!(told.collect::<Vec<_>>(), expected);
    }
}
