//! Typing into pages: what is typed, into what, and what is never touched.

use std::{collections::HashMap, time::Duration};

use earshot_browser::{Advice, BrowserConfig, Seen, Typing};
use earshot_model::{Canary, Entry, Event, Fact, FieldKind, Gap, GapKind, Outcome, Witness};

use crate::{
    bench::{Bench, Hit, html, script},
    chromium::{config, launch, visit},
};

/// Fast fingers, since no page of the bench cares.
fn fast() -> Typing {
    Typing {
        key_pause: (Duration::from_millis(1), Duration::from_millis(4)),
        settle: Duration::from_millis(600),
        ..Typing::default()
    }
}

fn typing(typing: Typing) -> BrowserConfig {
    BrowserConfig { typing: Some(typing), ..config() }
}

/// Tells the server of everything that happens to the fields of a document, and what stands in them on leaving one.
const SPY: &str = r#"
const told = {};
const note = (what) => { told[what] = (told[what] || 0) + 1; };
const send = (path, body) => fetch(`/log/${path}`, { method: 'POST', body });
const target = (event) => event.composedPath()[0];
const watch = (root) => {
  for (const type of ['keydown', 'keypress', 'input', 'keyup', 'blur', 'change', 'focus', 'click']) {
    root.addEventListener(type, (event) => {
      const field = target(event);
      if (event.key && event.key.length > 1) note(`${event.key} ${type}`);
      else note(type);
      if (type === 'blur' && field.id) send(`left/${field.id}`, field.value ?? field.innerText);
    }, true);
  }
};
watch(document);
"#;

fn spied(body: &str) -> String {
    format!("<body>{body}<script>{SPY}</script>")
}

async fn see_typing(bench: &Bench, config: BrowserConfig) -> Seen {
    let browser = launch(config).await;
    let seen = visit(&browser, &bench.url("/page")).await.unwrap();
    assert_eq!(browser.unparsed(), Default::default());
    browser.close().await;
    seen
}

fn entries(seen: &Seen) -> Vec<(&Event, &Entry)> {
    let events = seen.visit.events.iter();
    events
        .filter_map(|event| match &event.fact {
            Fact::Entry(entry) => Some((event, entry)),
            _ => None,
        })
        .collect()
}

fn entry<'a>(seen: &'a Seen, field: &str) -> &'a Entry {
    let found: Vec<_> = entries(seen).into_iter().filter(|(_, entry)| entry.field == field).collect();
    assert_eq!(found.len(), 1, "{field}: {:?}", entries(seen));
    found[0].1
}

fn untyped(seen: &Seen) -> Vec<&Gap> {
    seen.visit.gaps.iter().filter(|gap| gap.kind == GapKind::FieldUntyped).collect()
}

/// What was typed for an entry.
fn typed(seen: &Seen, entry: &Entry) -> String {
    let canary = Canary::derive(seen.visit.task.visit_id(), entry.ordinal, entry.kind);
    canary.text().chars().take(entry.characters as usize).collect()
}

/// What the page had in the field of that id when it was left.
fn left(bench: &Bench, id: &str) -> String {
    let logged: HashMap<String, Hit> = bench.logged();
    let hit = logged.get(&format!("/log/left/{id}")).unwrap_or_else(|| panic!("{id} was never left: {logged:?}"));
    String::from_utf8(hit.body.clone()).unwrap()
}

/// A page that spies on itself.
async fn page(body: &str) -> Bench {
    Bench::start([("/page", html(spied(body)))]).await
}

#[tokio::test]
async fn every_kind_of_field_gets_a_canary_of_its_own() {
    let bench = page(
        "<form action=/log/submitted>
        <label>E-mail <input id=mail type=email name=email></label>
        <input id=who name=fullname placeholder='Your name'>
        <input id=tel type=tel><input id=pass type=password><input id=q type=search>
        <input id=card autocomplete=cc-number><textarea id=text name=message></textarea>
        <div id=edit contenteditable></div>
        <button>Send</button></form>",
    )
    .await;
    let seen = see_typing(&bench, typing(fast())).await;
    println!("{:#?}", entries(&seen));
    println!("{:#?}", seen.visit.gaps);
    for (id, selector, kind) in [
        ("mail", "input#mail[type=email][name=email]", FieldKind::Email),
        ("who", "input#who[name=fullname]", FieldKind::Name),
        ("tel", "input#tel[type=tel]", FieldKind::Phone),
        ("pass", "input#pass[type=password]", FieldKind::Password),
        ("q", "input#q[type=search]", FieldKind::Search),
        ("card", "input#card", FieldKind::Card),
        ("text", "textarea#text[name=message]", FieldKind::Message),
        ("edit", "div#edit", FieldKind::Message),
    ] {
        let entry = entry(&seen, selector);
        assert_eq!((entry.kind, entry.kept), (kind, true), "{id}");
        assert_eq!(left(&bench, id), typed(&seen, entry), "{id}");
    }
}
