//! What scripts of a made-up page do without asking for anything, what they store, and what we type.

use earshot_model::{
    ApiCall, Cookie, Entry, Fact, FieldKind, FieldRead, ListenMeans, Listener, Mark, MarkKind, Profile, ScriptFrame,
    StorageArea, StorageWrite, Witness,
};
use earshot_store::EventNote;

use super::{LAST_MS, Mix, Scene, traffic::frame};

/// As listeners of the laboratory's recorders, in the order of their number.
const EVENTS: [(&str, &str); 12] = [
    ("click", "document"),
    ("change", "document"),
    ("focus", "document"),
    ("scroll", "window"),
    ("blur", "window"),
    ("input", "document"),
    ("keydown", "window"),
    ("mutation", "document (childList attributes characterData subtree)"),
    ("mousemove", "document"),
    ("selectionchange", "document"),
    ("touchmove", "document"),
    ("visibilitychange", "document"),
];

/// Fields of a form, with what they ask for.
const FIELDS: [(&str, FieldKind); 4] = [
    ("input[type=email][name=email]", FieldKind::Email),
    ("input[name=name]", FieldKind::Name),
    ("input[type=search][name=q]", FieldKind::Search),
    ("textarea[name=message]", FieldKind::Message),
];

/// A script that does something: the page's own, or that of an actor.
struct Doer {
    url: String,
    vendor: Option<String>,
    domain: String,
    cookies: Vec<String>,
    keys: Vec<String>,
    /// `None` for the page's own.
    actor: Option<usize>,
}

/// Puts them on the tape.
pub(super) fn fill(scene: &mut Scene<'_>) {
    let doers = doers(scene);
    let (mix, bustle) = (Mix::OF_THE_LABORATORY, scene.occasion.bustle);
    let many = |mean: f64, scene: &mut Scene<'_>| {
        let factor = scene.dice.around(0.86, 0.5);
        scene.dice.about(mean * bustle * factor)
    };
    for number in 0..many(mix.listeners, scene) {
        let (doer, (event, target)) = (pick(scene, &doers), EVENTS[number % EVENTS.len()]);
        let fact = Fact::Listener(Listener {
            event: event.to_owned(),
            target: target.to_owned(),
            means: if event == "mutation" { ListenMeans::Observer } else { ListenMeans::Listener },
            count: 1,
            stack: stack(&doers[doer], number),
        });
        put(scene, &doers[doer], &[Witness::Page], fact);
    }
    for number in 0..many(mix.storage, scene) {
        let doer = pick(scene, &doers);
        let key = if doers[doer].keys.is_empty() {
            format!("state_{}", number % 6)
        } else {
            scene.dice.one(&doers[doer].keys).clone()
        };
        keep(scene, &doers[doer], format!("local:{key}"));
        let fact = Fact::Storage(StorageWrite {
            area: if scene.dice.falls(0.7) { StorageArea::Local } else { StorageArea::Session },
            origin: origin(scene),
            key,
            value_len: scene.dice.around(60.0, 1.0) as u32,
            stack: stack(&doers[doer], number),
        });
        put(scene, &doers[doer], &[Witness::Browser, Witness::Page], fact);
    }
    for number in 0..many(mix.cookies, scene) {
        cookie(scene, &doers, number);
    }
    marks(scene, &doers, mix.marks * bustle);
    for number in 0..many(mix.calls, scene) {
        let doer = pick(scene, &doers);
        let api = *scene.dice.one(&[
            "HTMLCanvasElement.toDataURL",
            "Navigator",
            "WebGLRenderingContext.getParameter",
            "AudioContext",
        ]);
        let fact = Fact::ApiCall(ApiCall {
            api: api.to_owned(),
            detail: "properties=8".to_owned(),
            count: 1,
            stack: stack(&doers[doer], number),
        });
        put(scene, &doers[doer], &[Witness::Page], fact);
    }
    if scene.occasion.profile == Profile::Untouched {
        typing(scene, &doers, &mix);
    }
}

fn doers(scene: &Scene<'_>) -> Vec<Doer> {
    let site = &scene.occasion.site.domain;
    let own = Doer {
        url: format!("https://{site}/assets/app.js"),
        vendor: None,
        domain: site.clone(),
        cookies: vec!["PHPSESSID".to_owned(), "XSRF-TOKEN".to_owned(), "lang".to_owned()],
        keys: Vec::new(),
        actor: None,
    };
    let runs = scene.actors.iter().enumerate().filter(|(_, actor)| actor.party.category != "infrastructure");
    let others = runs.map(|(at, actor)| Doer {
        url: actor.party.script.clone(),
        vendor: Some(actor.party.id.clone()),
        domain: if actor.party.exposure == earshot_model::Exposure::Unknown {
            actor.party.id.clone()
        } else {
            site.clone()
        },
        cookies: actor.party.cookies.clone(),
        keys: actor.party.keys.clone(),
        actor: Some(at),
    });
    std::iter::once(own).chain(others).collect()
}

fn pick(scene: &mut Scene<'_>, doers: &[Doer]) -> usize {
    if scene.dice.falls(0.2) { 0 } else { scene.dice.below(doers.len()) }
}

fn stack(doer: &Doer, number: usize) -> Vec<ScriptFrame> {
    vec![frame(&doer.url, 1_000 + (number % 50) as u32)]
}

fn origin(scene: &Scene<'_>) -> String {
    format!("https://{}", scene.occasion.site.domain)
}

/// Notes that somebody stored something.
fn keep(scene: &mut Scene<'_>, doer: &Doer, what: String) {
    if let Some(actor) = doer.actor.and_then(|at| scene.actors.get_mut(at)) {
        actor.stored.push(what);
    }
}

fn put(scene: &mut Scene<'_>, doer: &Doer, seen_by: &[Witness], fact: Fact) {
    let first = doer.actor.and_then(|at| scene.actors[at].contacts.first().copied()).unwrap_or(500.0);
    let at_ms = (first + scene.dice.around(250.0, 0.8)).min(LAST_MS);
    let note = EventNote { vendor: doer.vendor.clone(), ..EventNote::default() };
    let page = scene.occasion.page;
    scene.tape.put(Some(at_ms), page, seen_by, fact, note);
}

fn cookie(scene: &mut Scene<'_>, doers: &[Doer], number: usize) {
    let doer = &doers[pick(scene, doers)];
    let name = if doer.cookies.is_empty() { "uid".to_owned() } else { scene.dice.one(&doer.cookies).clone() };
    keep(scene, doer, format!("cookie:{name}"));
    let request = doer.actor.and_then(|at| scene.actors[at].requests.first()).map(|(mark, _, _)| *mark);
    let by_answer = scene.dice.falls(0.3);
    let lifetime = *scene.dice.one(&[None, Some(86_400), Some(31_536_000), Some(34_560_000), Some(7_776_000)]);
    let fact = Fact::Cookie(Cookie {
        name,
        domain: doer.domain.clone(),
        path: "/".to_owned(),
        value_len: scene.dice.around(26.0, 0.6) as u32,
        lifetime_s: lifetime,
        http_only: by_answer && doer.actor.is_none(),
        secure: scene.dice.falls(0.7),
        same_site: scene.dice.falls(0.6).then(|| "Lax".to_owned()),
        partitioned: false,
        set_by: request.filter(|_| by_answer),
        stack: if by_answer { Vec::new() } else { stack(doer, number) },
        kept: Some(true),
        blocked: None,
    });
    put(scene, doer, &[Witness::Browser, Witness::Inventory], fact);
}

fn marks(scene: &mut Scene<'_>, doers: &[Doer], mean: f64) {
    let mut globals: Vec<String> = scene.actors.iter().filter_map(|actor| actor.party.global.clone()).collect();
    globals.extend(
        ["jQuery", "wp", "React", "dataLayer", "Shopify", "drupalSettings", "__NEXT_DATA__"].map(str::to_owned),
    );
    for number in 0..scene.dice.about(mean) {
        let (kind, name) = (MarkKind::Global, globals[number % globals.len()].clone());
        let page = scene.occasion.page;
        let fact = Fact::Mark(Mark { kind, name, value: String::new() });
        let note = EventNote { vendor: doers[0].vendor.clone(), ..EventNote::default() };
        scene.tape.put(None, page, &[Witness::Inventory], fact, note);
    }
}

/// Canaries go into fields, and some scripts read them.
fn typing(scene: &mut Scene<'_>, doers: &[Doer], mix: &Mix) {
    let bustle = scene.occasion.bustle;
    // At least one, so that who listens can be graded.
    for number in 0..scene.dice.about(mix.entries * bustle).max(1) {
        let (field, kind) = FIELDS[number % FIELDS.len()];
        let at_ms = LAST_MS - 3_000.0 + 150.0 * number as f64;
        let fact = Fact::Entry(Entry {
            field: field.to_owned(),
            kind,
            ordinal: number as u32,
            characters: 15,
            last_key_ms: at_ms + 90.0,
            blurred_ms: Some(at_ms + 120.0),
            kept: true,
        });
        let page = scene.occasion.page;
        scene.tape.put(Some(at_ms), page, &[Witness::Browser], fact, EventNote::default());
    }
    for number in 0..scene.dice.about(mix.reads * bustle) {
        let doer = &doers[pick(scene, doers)];
        let field = FIELDS[number % FIELDS.len()].0.to_owned();
        let fact = Fact::FieldRead(FieldRead { field, count: 1, stack: stack(doer, number) });
        put(scene, doer, &[Witness::Page], fact);
    }
}
