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
    let logged = bench.logged();
    let told: HashMap<String, u32> = serde_json::from_slice(&logged["/log/told"].body).unwrap();
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
async fn what_is_no_visitors_business_is_left_alone() {
    let hidden = "<input id=no1 style='display:none'><input id=no2 style='opacity:0'>
        <div style='position:absolute;left:-9999px'><input id=no3></div><input id=no4 disabled><input id=no5 readonly>
        <fieldset disabled><input id=no6></fieldset><div aria-hidden=true><input id=no7 tabindex=-1></div>
        <input id=no8 name=hp_website><input id=no9 autocomplete=one-time-code><input id=no10 type=hidden>
        <input id=no11 type=file><input id=no12 type=date><div style='visibility:hidden'><input id=no13></div>
        <div style='height:0;overflow:hidden'><input id=no14></div><div inert><input id=no15></div>
        <div class=g-recaptcha><textarea id=no16></textarea></div><input id=no17 maxlength=4>
        <label>Please leave this field empty <input id=no18></label>";
    let banner =
        "<div id=onetrust-banner-sdk style='position:fixed;bottom:0;left:0;right:0;height:80%;background:#eee'>
        We use cookies <input id=no20><label><input type=checkbox id=no21> Statistics</label>
        <button type=button onclick=\"send('consented', 'x')\">Accept all</button>
        <button type=button onclick=\"send('consented', 'x')\">Contact us</button></div>
        <div role=dialog style='position:fixed;top:50%;left:0;width:50%;background:#ddd'>Our partners set cookies.
        <input id=no22><button type=button onclick=\"send('consented', 'x')\">Agree</button></div>";
    let bench = page(&format!(
        "<input id=prefilled value=here><input id=yes>{hidden}{banner}<script>
        for (const type of ['keydown', 'input', 'click', 'focus'])
          addEventListener(type, (event) => {{ if (/^no/.test(event.target.id)) send('touched/' + event.target.id + type, 'x') }}, true);
        addEventListener('mousedown', (event) => {{
          if (event.target.closest('#onetrust-banner-sdk, [role=dialog]')) send('touched/banner', 'x');
        }}, true);
        </script>"
    ))
    .await;
    let seen = see_typing(&bench, typing(fast())).await;
    let fields: Vec<_> = entries(&seen).into_iter().map(|(_, entry)| entry.field.as_str()).collect();
    assert_eq!(fields, ["input#yes"]);
    let logged = bench.logged();
    let touched: Vec<_> =
        logged.keys().filter(|target| target.contains("touched") || target.contains("consent")).collect();
    // The Tab key goes where the page has it go.
    let touched: Vec<_> = touched.into_iter().filter(|target| !target.ends_with("focus")).collect();
    assert!(touched.is_empty(), "{touched:?}");
    let gaps: Vec<_> = untyped(&seen).into_iter().map(|gap| gap.detail.as_str()).collect();
    assert_eq!(gaps, ["1 of 2 fields; input#prefilled: something stands in it"]);
}

#[tokio::test]
async fn a_short_field_gets_the_beginning_of_its_canary_and_a_covered_one_all_of_it() {
    let bench = page(
        "<input id=short maxlength=12><input id=covered type=search>
        <div style='position:fixed;inset:0;background:#fffa' onmousedown=\"send('overlay', 'x')\"></div>",
    )
    .await;
    let seen = see_typing(&bench, typing(fast())).await;
    let short = entry(&seen, "input#short");
    assert_eq!((short.characters, short.kept), (12, true));
    assert_eq!(left(&bench, "short"), typed(&seen, short));
    assert_eq!(left(&bench, "covered"), typed(&seen, entry(&seen, "input#covered[type=search]")));
    assert!(!bench.logged().contains_key("/log/overlay"));
}

#[tokio::test]
async fn harmless_openers_are_pressed_and_no_others() {
    let bench = page(
        "<button type=button id=chat aria-expanded=false>Chat with us</button><div id=room></div>
        <a href=/log/link>Contact us</a><button type=button class=no>Send message</button>
        <button type=button class=no>Search and buy</button><button type=button class=no>Log in to chat</button>
        <form action=/log/submitted><button class=no>Search</button></form>
        <div role=button class=no>Subscribe to our search</div><summary>Kontakt</summary>
        <details><summary id=details>Kontaktformular</summary><input id=folded type=email></details>
        <script>
        chat.onclick = () => setTimeout(() => {
          room.innerHTML = '<div style=\"position:fixed;right:0;bottom:0;width:200px;height:99px\"><div id=composer role=textbox contenteditable></div></div>';
        }, 200);
        for (const button of document.querySelectorAll('.no')) button.onclick = () => send('pressed', button.textContent);
        </script>",
    )
    .await;
    let seen = see_typing(&bench, typing(fast())).await;
    assert_eq!(left(&bench, "composer"), typed(&seen, entry(&seen, "div#composer")));
    assert_eq!(left(&bench, "folded"), typed(&seen, entry(&seen, "input#folded[type=email]")));
    let logged = bench.logged();
    for never in ["/log/link", "/log/pressed", "/log/submitted"] {
        assert!(!logged.keys().any(|target| target.starts_with(never)), "{logged:?}");
    }
}

#[tokio::test]
async fn choices_are_made_that_bind_nobody() {
    let bench = page(
        "<form><select id=list><option>one<option>two</select>
        <select id=language name=lang><option>en<option>de</select>
        <label><input type=radio name=size id=small checked> S</label><label><input type=radio name=size id=large> L</label>
        <label><input type=checkbox id=gift> Wrap it</label>
        <label><input type=checkbox id=terms> I agree to the terms</label>
        <label><input type=checkbox id=news> Newsletter</label></form><script>
        addEventListener('change', (event) => send(`changed/${event.target.id}`, 'x'), true);
        </script>",
    )
    .await;
    let seen = see_typing(&bench, typing(fast())).await;
    let mut told: Vec<_> =
        entries(&seen).into_iter().map(|(_, entry)| (entry.field.as_str(), entry.kind, entry.kept)).collect();
    told.sort();
    let expected = [
        ("input#gift[type=checkbox]", FieldKind::Checkbox, true),
        ("input#large[type=radio][name=size]", FieldKind::Radio, true),
        ("select#list", FieldKind::Select, true),
    ];
    assert_eq!(told, expected);
    assert!(
        entries(&seen).iter().all(|(event, entry)| entry.characters == 0 && event.at_ms == Some(entry.last_key_ms))
    );
    let mut changed: Vec<_> = bench.logged().into_keys().filter(|target| target.contains("changed")).collect();
    changed.sort();
    assert_eq!(changed, ["/log/changed/gift", "/log/changed/large", "/log/changed/list"]);
}

#[tokio::test]
async fn a_page_that_goes_elsewhere_ends_the_typing_and_not_the_visit() {
    let bench = Bench::start([
        (
            "/page",
            html("<input id=q oninput=\"if (value.length > 3) location = '/other'\"><input id=later type=email>"),
        ),
        ("/other", html("<input id=other>")),
    ])
    .await;
    let seen = see_typing(&bench, typing(fast())).await;
    assert_eq!(seen.visit.outcome, Outcome::Loaded { status: 200 });
    assert_eq!(seen.visit.final_url.as_ref().unwrap().as_str(), bench.url("/page"));
    let fields: Vec<_> = entries(&seen).into_iter().map(|(_, entry)| entry.field.as_str()).collect();
    assert_eq!(fields, ["input#q"]);
    assert!(entry(&seen, "input#q").characters < 30, "{:?}", entries(&seen));
    let gaps: Vec<_> = untyped(&seen).into_iter().map(|gap| gap.detail.as_str()).collect();
    assert_eq!(gaps.len(), 2, "{gaps:?}");
    assert!(gaps[0].contains("input#q: the typing was broken off") && gaps[0].contains("input#later"), "{gaps:?}");
    assert_eq!(gaps[1], "the page went elsewhere while it was typed into");
}

#[tokio::test]
async fn dialogs_do_not_stop_the_typing() {
    let bench = page("<input id=loud oninput='if (value.length == 2) alert(1)'><textarea id=calm></textarea>").await;
    let seen = see_typing(&bench, typing(fast())).await;
    assert_eq!(left(&bench, "calm"), typed(&seen, entry(&seen, "textarea#calm")));
    assert_eq!(entries(&seen).len(), 2);
}

#[tokio::test]
async fn a_page_that_moves_the_focus_is_not_typed_into_elsewhere() {
    let bench = page(
        "<input id=thief><button type=button id=buy onclick=\"send('bought', 'x')\">Buy</button>
        <script>thief.oninput = () => { if (thief.value.length > 2) buy.focus() }</script>",
    )
    .await;
    let seen = see_typing(&bench, typing(fast())).await;
    assert_eq!(entry(&seen, "input#thief").characters, 3);
    assert!(!bench.logged().contains_key("/log/bought"));
    assert!(untyped(&seen)[0].detail.contains("input#thief: the typing was broken off"));
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
        let patience = move |url: &str| url.contains("localhost").then_some(Duration::from_millis(patience_ms));
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
async fn our_own_looking_is_not_told_as_a_read_and_is_in_no_stack() {
    let tag = "document.querySelector('input').addEventListener('blur', function left() {
        fetch('/log/stack', { method: 'POST', body: new Error().stack });
    });";
    let bench =
        Bench::start([("/page", html("<input id=a><script src=/tag.js></script>")), ("/tag.js", script(tag))]).await;
    let seen = see_typing(&bench, typing(fast())).await;
    assert!(!seen.visit.events.iter().any(|event| matches!(event.fact, Fact::FieldRead(_))));
    let body = bench.logged()["/log/stack"].body.clone();
    let stack = String::from_utf8(body).unwrap();
    assert_eq!(stack.lines().count(), 2, "{stack}");
    let request = crate::bench::request(&seen, "/log/stack");
    assert_eq!(request.initiator.stack.len(), 1, "{:?}", request.initiator);
}

#[tokio::test]
async fn an_editor_that_takes_the_tab_key_is_left_all_the_same() {
    let tag = "const edit = document.querySelector('textarea');
    edit.addEventListener('keydown', (event) => { if (event.key === 'Tab') event.preventDefault() });
    edit.addEventListener('blur', function left() {
        fetch('/log/stack', { method: 'POST', body: new Error().stack });
    });";
    let bench =
        Bench::start([("/page", html("<textarea></textarea><script src=/tag.js></script>")), ("/tag.js", script(tag))])
            .await;
    let seen = see_typing(&bench, typing(fast())).await;
    assert!(entry(&seen, "textarea").blurred_ms.is_some());
    let body = bench.logged()["/log/stack"].body.clone();
    let stack = String::from_utf8(body).unwrap();
    assert_eq!(stack.lines().count(), 2, "{stack}");
    let request = crate::bench::request(&seen, "/log/stack");
    assert_eq!(request.initiator.stack.len(), 1, "{:?}", request.initiator);
}

#[tokio::test]
async fn a_page_that_hangs_when_it_is_typed_into_ends_the_typing_and_not_the_visit() {
    let bench =
        page("<input id=a type=email oninput='if (value.length == 3) for (;;);'><textarea id=b></textarea>").await;
    let seen = see_typing(&bench, BrowserConfig { wall: Duration::from_secs(30), ..typing(fast()) }).await;
    assert_eq!(seen.visit.outcome, Outcome::Loaded { status: 200 });
    assert!(seen.visit.took_ms < 30_000, "{}", seen.visit.took_ms);
    assert!(untyped(&seen)[0].detail.contains("textarea#b"), "{:?}", seen.visit.gaps);
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
async fn nothing_typed_is_in_what_the_visit_says() {
    let bench = page(
        "<input id=a type=password><textarea id=b></textarea><div id=echo></div><script>
        document.title = 'x'; b.oninput = () => { echo.dataset.value = b.value; document.title = b.value };</script>",
    )
    .await;
    let seen = see_typing(&bench, typing(fast())).await;
    assert_eq!(entries(&seen).len(), 2);
    for (_, entry) in entries(&seen) {
        let text = typed(&seen, entry);
        let without_bodies = seen.visit.events.iter().filter(|event| !matches!(event.fact, Fact::Request(_)));
        let said = format!("{:?} {:?}", without_bodies.collect::<Vec<_>>(), seen.visit.gaps);
        assert!(!said.contains(&text));
    }
}

#[tokio::test]
async fn a_page_without_fields_is_not_waited_for() {
    let bench = page("<p>Nothing to type into</p>").await;
    let slow = Typing { settle: Duration::from_secs(20), ..fast() };
    let seen = see_typing(&bench, typing(slow)).await;
    assert!(entries(&seen).is_empty() && untyped(&seen).is_empty());
    assert!(seen.visit.took_ms < 12_000, "{}", seen.visit.took_ms);
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
