//! Typing into pages: what is typed, into what, and who is waited for.

use std::{collections::HashMap, time::Duration};

use earshot_browser::{Advice, BrowserConfig, Seen, Typing};
use earshot_model::{Canary, Entry, Event, Fact, FieldKind, Gap, GapKind, Outcome, Witness};

use crate::{
    bench::{Bench, Hit, html, requests},
    chromium::{config, launch, visit},
};

/// Fast fingers, since no page of the bench cares.
pub fn fast() -> Typing {
    Typing {
        key_pause: (Duration::from_millis(1), Duration::from_millis(4)),
        settle: Duration::from_millis(600),
        ..Typing::default()
    }
}

pub fn typing(typing: Typing) -> BrowserConfig {
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

pub fn spied(body: &str) -> String {
    format!("<body>{body}<script>{SPY}</script>")
}

pub async fn see_typing(bench: &Bench, config: BrowserConfig) -> Seen {
    let browser = launch(config).await;
    let seen = visit(&browser, &bench.url("/page")).await.unwrap();
    assert_eq!(browser.unparsed(), Default::default());
    browser.close().await;
    seen
}

pub fn entries(seen: &Seen) -> Vec<(&Event, &Entry)> {
    let events = seen.visit.events.iter();
    events
        .filter_map(|event| match &event.fact {
            Fact::Entry(entry) => Some((event, entry)),
            _ => None,
        })
        .collect()
}

pub fn entry<'a>(seen: &'a Seen, field: &str) -> &'a Entry {
    let found: Vec<_> = entries(seen).into_iter().filter(|(_, entry)| entry.field == field).collect();
    assert_eq!(found.len(), 1, "{field}: {:?}", entries(seen));
    found[0].1
}

pub fn untyped(seen: &Seen) -> Vec<&Gap> {
    seen.visit.gaps.iter().filter(|gap| gap.kind == GapKind::FieldUntyped).collect()
}

/// What was typed for an entry.
pub fn typed(seen: &Seen, entry: &Entry) -> String {
    let canary = Canary::derive(seen.visit.task.visit_id(), entry.ordinal, entry.kind);
    canary.text().chars().take(entry.characters as usize).collect()
}

/// What the page had in the field of that id when it was left.
pub fn left(bench: &Bench, id: &str) -> String {
    let logged: HashMap<String, Hit> = bench.logged();
    let hit = logged.get(&format!("/log/left/{id}")).unwrap_or_else(|| panic!("{id} was never left: {logged:?}"));
    String::from_utf8(hit.body.clone()).unwrap()
}

/// A page that spies on itself.
pub async fn page(body: &str) -> Bench {
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
        // Both clocks are the same one: what leaving caused came after it, and at once.
        let told = requests(&seen).find(|(_, request)| request.url.ends_with(&format!("/left/{id}"))).unwrap().0;
        let late = told.at_ms.unwrap() - entry.blurred_ms.unwrap();
        assert!((-1.0..500.0).contains(&late), "{id}: {late} ms");
    }
}

#[tokio::test]
async fn keys_are_those_of_a_person_and_nothing_is_sent() {
    let bench = page(
        "<form action=/log/submitted><input id=mail type=email><textarea id=text></textarea>
        <input type=submit value=Go id=go><button id=send>Send</button></form>
        <script>
        addEventListener('submit', () => send('submit-event', 'x'));
        addEventListener('click', (event) => { if (event.target.id === 'go' || event.target.id === 'send') send('pressed', 'x') }, true);
        addEventListener('pagehide', () => navigator.sendBeacon('/log/told', JSON.stringify(told)));
        </script>",
    )
    .await;
    let seen = see_typing(&bench, typing(fast())).await;
    let (mail, text) = (entry(&seen, "input#mail[type=email]"), entry(&seen, "textarea#text"));
    let told: HashMap<String, u32> = serde_json::from_slice(&bench.hit("/log/told").await.body).unwrap();
    let logged = bench.logged();
    let typed = mail.characters + text.characters;
    for event in ["keydown", "keypress", "input", "keyup"] {
        assert_eq!(told[event], typed, "{event}: {told:?}");
    }
    assert_eq!((told["change"], told["click"]), (2, 2), "{told:?}");
    assert_eq!(told["Tab keydown"], 2);
    assert!(!told.keys().any(|event| event.contains("Enter")), "{told:?}");
    for never in ["/log/submitted", "/log/submit-event", "/log/pressed"] {
        assert!(!logged.keys().any(|target| target.starts_with(never)), "{logged:?}");
    }
    assert!(untyped(&seen).is_empty(), "{:?}", seen.visit.gaps);
    assert_eq!(seen.visit.outcome, Outcome::Loaded { status: 200 });
    for (event, entry) in entries(&seen) {
        assert_eq!(event.frame, bench.url("/page"));
        assert!(event.seen_by.contains(Witness::Browser));
        let (began, left) = (event.at_ms.unwrap(), entry.blurred_ms.unwrap());
        assert!(began >= 1_000.0, "the dwell comes first: {began}");
        assert!(began < entry.last_key_ms && entry.last_key_ms < left, "{began} {entry:?}");
    }
    assert!(mail.blurred_ms.unwrap() < entries(&seen)[1].0.at_ms.unwrap());
}

#[tokio::test]
async fn fields_are_found_in_frames_and_shadow_trees() {
    let frame = |id: &str| html(spied(&format!("<input id={id}>")));
    let body = "<div id=open></div><div id=closed></div><iframe src=/same></iframe>
        <iframe srcdoc='<input id=inline>'></iframe><iframe sandbox=allow-scripts src=/sandboxed></iframe>
        <iframe src=/hidden style='display: none'></iframe><iframe src=/tiny width=1 height=1></iframe>
        <iframe src=/consent id=sp_message_iframe_1></iframe>
        <script>
        for (const mode of ['open', 'closed']) {
          const root = document.getElementById(mode).attachShadow({ mode });
          root.innerHTML = `<input id=in-${mode}><div></div>`;
          const inner = root.querySelector('div').attachShadow({ mode });
          inner.innerHTML = `<textarea id=deep-${mode}></textarea>`;
          addEventListener('pagehide', () => {
            send(`held/in-${mode}`, root.querySelector('input').value);
            send(`held/deep-${mode}`, inner.querySelector('textarea').value);
          });
        }
        const cross = document.createElement('iframe');
        cross.src = `http://localhost:${location.port}/cross`;
        document.body.append(cross);
        </script>";
    let bench = Bench::start([
        ("/page", html(spied(body))),
        ("/same", frame("same")),
        ("/cross", html("<body><iframe src=/nested></iframe>")),
        ("/nested", frame("nested")),
        ("/sandboxed", frame("sandboxed")),
        ("/hidden", frame("hidden")),
        ("/tiny", frame("tiny")),
        ("/consent", frame("consent")),
    ])
    .await;
    let seen = see_typing(&bench, typing(fast())).await;
    let told: Vec<_> = entries(&seen)
        .into_iter()
        .map(|(event, entry)| (event.frame.clone(), entry.field.as_str(), entry.kept, entry.blurred_ms.is_some()))
        .collect();
    let mut told_sorted = told.clone();
    told_sorted.sort();
    let page = bench.url("/page");
    let mut expected = vec![
        (page.clone(), "input#in-open", true, true),
        (page.clone(), "textarea#deep-open", true, true),
        (page.clone(), "input#in-closed", true, true),
        (page.clone(), "textarea#deep-closed", true, true),
        (bench.url("/same"), "input#same", true, true),
        ("about:srcdoc".to_owned(), "input#inline", true, true),
        (bench.url("/sandboxed"), "input#sandboxed", true, true),
        (bench.elsewhere("/nested"), "input#nested", true, true),
    ];
    expected.sort();
    assert_eq!(told_sorted, expected);
    for id in ["same", "nested"] {
        assert_eq!(left(&bench, id), typed(&seen, entry(&seen, &format!("input#{id}"))));
    }
    assert!(untyped(&seen).is_empty(), "{:?}", seen.visit.gaps);
}

#[tokio::test]
async fn fields_in_processes_of_their_own_are_typed_into_too() {
    let body = "<input id=outer><script>
        const cross = document.createElement('iframe');
        cross.src = `http://localhost:${location.port}/cross`;
        document.body.append(cross);
        </script>";
    let bench =
        Bench::start([("/page", html(spied(body))), ("/cross", html(spied("<textarea id=inner></textarea>")))]).await;
    let seen = see_typing(&bench, BrowserConfig { site_isolation: true, ..typing(fast()) }).await;
    for (id, selector) in [("outer", "input#outer"), ("inner", "textarea#inner")] {
        assert_eq!(left(&bench, id), typed(&seen, entry(&seen, selector)), "{id}");
    }
    assert!(untyped(&seen).is_empty(), "{:?}", seen.visit.gaps);
}

/// Each tab has to have the focus.
#[tokio::test]
async fn many_are_typed_into_at_once() {
    let bench = page("<input id=a><textarea id=b></textarea>").await;
    let browser = launch(typing(fast())).await;
    let url = bench.url("/page");
    let visits = (0..4).map(|_| visit(&browser, &url));
    let visits = futures::future::join_all(visits).await;
    browser.close().await;
    for seen in visits {
        let seen = seen.unwrap();
        let kept: Vec<_> =
            entries(&seen).into_iter().map(|(_, entry)| entry.kept && entry.blurred_ms.is_some()).collect();
        assert_eq!(kept, [true, true], "{:?} {:?}", entries(&seen), seen.visit.gaps);
        assert!(untyped(&seen).is_empty());
    }
}

#[tokio::test]
async fn a_short_field_gets_the_beginning_of_its_canary_and_a_covered_one_all_of_it() {
    let bench = page(
        "<input id=short maxlength=12><a href=/log/followed><input id=covered type=search></a>
        <div style='position:fixed;inset:0;background:#fffa' onmousedown=\"send('overlay', 'x')\"></div>",
    )
    .await;
    let seen = see_typing(&bench, typing(fast())).await;
    let short = entry(&seen, "input#short");
    assert_eq!((short.characters, short.kept), (12, true));
    assert_eq!(left(&bench, "short"), typed(&seen, short));
    assert_eq!(left(&bench, "covered"), typed(&seen, entry(&seen, "input#covered[type=search]")));
    let logged = bench.logged();
    assert!(!logged.contains_key("/log/overlay") && !logged.contains_key("/log/followed"), "{logged:?}");
}

#[tokio::test]
async fn a_patient_recorder_is_waited_for_until_it_uploads() {
    let page_with = |after_ms: u32| {
        let body = format!(
            "<input id=a><script>const img = new Image(); img.src = `http://localhost:${{location.port}}/log/recorder`;
            a.onchange = () => setTimeout(() => fetch(`http://localhost:${{location.port}}/log/upload`,
              {{ method: 'POST', body: 'x', mode: 'no-cors' }}), {after_ms});</script>"
        );
        Bench::start([("/page", html(body))])
    };
    let waited = async |after_ms, patience_ms| {
        let bench = page_with(after_ms).await;
        let patience = move |url: &str| {
            url.contains("localhost").then(|| ("localhost".to_owned(), Duration::from_millis(patience_ms)))
        };
        let advice = Advice { patience: std::sync::Arc::new(patience), ..Advice::default() };
        let seen = see_typing(&bench, BrowserConfig { advice, ..typing(fast()) }).await;
        (bench.logged().contains_key("/log/upload"), seen)
    };
    let (uploaded, seen) = waited(6_000, 12_000).await;
    assert!(uploaded, "it would have been left after {:?}", fast().settle);
    let upload =
        seen.visit.events.iter().find(|event| matches!(&event.fact, Fact::Request(r) if r.url.ends_with("upload")));
    let left = entry(&seen, "input#a").blurred_ms.unwrap();
    assert!(upload.unwrap().at_ms.unwrap() > left + 5_000.0);
    // It does not wait on for what came.
    assert!(f64::from(seen.visit.took_ms) < left + 10_000.0, "{} {left}", seen.visit.took_ms);
}

#[tokio::test]
async fn a_long_text_is_put_in_if_somebody_is_sent_what_nobody_can_read() {
    let body = "<input id=a><textarea id=roomy></textarea><script>
        setTimeout(() => fetch(`http://localhost:${location.port}/log/upload`, { method: 'POST', body: 'opaque', mode: 'no-cors' }), 200);
        </script>";
    let bench = page(body).await;
    let opaque = |bytes: &[u8]| bytes == b"opaque";
    let advice = Advice { opaque: std::sync::Arc::new(opaque), ..Advice::default() };
    let seen = see_typing(&bench, BrowserConfig { advice, ..typing(fast()) }).await;
    let all = entries(&seen);
    let (_, burst) = all.last().unwrap();
    assert_eq!((burst.kind, burst.field.as_str(), burst.kept), (FieldKind::Burst, "textarea#roomy", true));
    assert_eq!((burst.ordinal, burst.characters as usize), (2, Canary::BURST));
    assert!(left(&bench, "roomy").contains(&typed(&seen, burst)));
}

#[tokio::test]
async fn a_field_that_is_put_in_anew_is_typed_into_again() {
    let bench = page(
        "<input id=a type=email><div id=box><textarea id=text></textarea></div><script>
        a.onchange = () => { box.innerHTML = '<textarea id=text></textarea>' };</script>",
    )
    .await;
    let seen = see_typing(&bench, typing(fast())).await;
    assert_eq!(left(&bench, "text"), typed(&seen, entry(&seen, "textarea#text")));
    assert!(untyped(&seen).is_empty(), "{:?}", untyped(&seen));
}

#[tokio::test]
async fn of_many_fields_as_many_are_typed_into_as_are_wanted() {
    let lines: String = (0..6).map(|number| format!("<input id=line{number}>")).collect();
    let bench = page(&format!("{lines}<input id=mail type=email><textarea id=text></textarea>")).await;
    let seen = see_typing(&bench, typing(Typing { max_fields: 3, ..fast() })).await;
    let fields: Vec<_> = entries(&seen).into_iter().map(|(_, entry)| entry.field.as_str()).collect();
    assert_eq!(fields, ["input#mail[type=email]", "textarea#text", "input#line0"]);
    assert!(untyped(&seen)[0].detail.starts_with("5 of 8 fields; "), "{:?}", untyped(&seen));
}
