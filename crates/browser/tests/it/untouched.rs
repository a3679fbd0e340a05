//! What the typing leaves alone, what it is not noticed by, and what ends it.

use std::time::Duration;

use earshot_browser::{BrowserConfig, Typing};
use earshot_model::{Fact, Outcome};

use crate::{
    bench::{Bench, html, request, script},
    typing::{entries, entry, fast, left, page, see_typing, spied, typed, typing, untyped},
};

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
    let told = "2 of 3 fields; input#prefilled: something stands in it; input#no17: too short to prove anything";
    assert_eq!(gaps, [told]);
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
async fn consent_is_known_at_any_length_and_in_a_frame_of_its_own() {
    let partners: String = (0..400).map(|number| format!("<p>Partner number {number} of many</p>")).collect();
    let long = format!(
        "<div role=dialog style='position:fixed;inset:0;overflow:auto'><style>{}</style><p>We use cookies.</p>{partners}
        <input id=no-long><button type=button aria-expanded=false>Contact us</button><button>Accept</button></div>",
        "/* nothing */".repeat(400)
    );
    let framed = "<div style='position:fixed;bottom:0;height:50%;width:100%'><iframe src=/layer width=600 height=200></iframe></div>";
    let layer =
        "<p>We and our partners use cookies.</p><input id=no-framed><iframe src=/nested width=300 height=90></iframe>
        <button type=button aria-haspopup=dialog>Contact us</button><button>Accept all</button>";
    // A page that is all in one layer speaks of cookies too.
    let shell = "<div style='position:fixed;inset:0;overflow:auto'><main><input id=yes></main><p>Cookies</p><button>OK</button></div>";
    for (body, expected) in [(long.as_str(), 0), (framed, 0), (shell, 1)] {
        let bench = Bench::start([
            ("/page", html(spied(body))),
            ("/layer", html(spied(layer))),
            ("/nested", html(spied("<input id=no-nested>"))),
        ])
        .await;
        let seen = see_typing(&bench, typing(fast())).await;
        assert_eq!(entries(&seen).len(), expected, "{:?}", entries(&seen));
        assert!(untyped(&seen).is_empty(), "{:?}", untyped(&seen));
    }
}

#[tokio::test]
async fn what_a_page_calls_its_forms_and_pictures_misleads_nobody() {
    let names =
        ["body", "hasFocus", "activeElement", "createTreeWalker", "elementFromPoint", "documentElement", "host"];
    let named: String = names.iter().map(|name| format!("<form name={name}></form>")).collect();
    let fields = ["parentElement", "localName", "matches", "textContent", "getRootNode", "childNodes", "labels", "id"];
    let hidden: String = fields.iter().map(|name| format!("<input type=hidden name={name}>")).collect();
    let bench =
        page(&format!("{named}<form>{hidden}<input id=mail type=email><textarea id=text></textarea></form>")).await;
    let seen = see_typing(&bench, typing(fast())).await;
    for (id, selector) in [("mail", "input#mail[type=email]"), ("text", "textarea#text")] {
        assert_eq!(left(&bench, id), typed(&seen, entry(&seen, selector)), "{id}");
    }
    assert!(untyped(&seen).is_empty(), "{:?}", untyped(&seen));
}

#[tokio::test]
async fn a_document_that_gives_no_answer_is_not_taken_for_one_without_fields() {
    let body = "<p>Nothing to type into</p><script>
        // Terminated once, it hangs again.
        addEventListener('load', () => setTimeout(() => setInterval(() => { for (;;); }, 1), 900));</script>";
    let bench = page(body).await;
    let config = BrowserConfig { wall: Duration::from_secs(40), ..typing(fast()) };
    let seen = see_typing(&bench, config).await;
    let gaps: Vec<_> = untyped(&seen).into_iter().map(|gap| gap.detail.as_str()).collect();
    assert_eq!(gaps, ["the page's document gave no answer"], "{:?}", seen.visit);
}

#[tokio::test]
async fn a_blank_that_moves_the_focus_presses_nothing() {
    let bench = page(
        "<textarea id=thief></textarea><div role=button tabindex=0 id=buy>Buy</div><script>
        thief.onkeydown = (event) => { if (event.key === ' ') buy.focus() };
        buy.onkeyup = (event) => send('bought', event.key);
        </script>",
    )
    .await;
    let seen = see_typing(&bench, typing(fast())).await;
    assert!(!bench.logged().contains_key("/log/bought"), "{:?}", bench.logged());
    assert!(untyped(&seen)[0].detail.contains("textarea#thief: the typing was broken off"), "{:?}", untyped(&seen));
}

#[tokio::test]
async fn what_is_proposed_is_not_taken() {
    let bench = page(
        "<input id=field role=combobox aria-expanded=false><textarea id=mention></textarea><script>
        field.oninput = () => field.setAttribute('aria-expanded', 'true');
        mention.oninput = () => mention.setAttribute('aria-activedescendant', 'first');
        addEventListener('keydown', (event) => { if (event.key === 'Tab') send('taken', 'x') }, true);
        </script>",
    )
    .await;
    let seen = see_typing(&bench, typing(fast())).await;
    for selector in ["input#field", "textarea#mention"] {
        let entry = entry(&seen, selector);
        assert!(entry.kept && entry.blurred_ms.is_some(), "{selector}");
    }
    assert!(!bench.logged().contains_key("/log/taken"));
}

#[tokio::test]
async fn a_field_that_is_called_by_what_was_typed_is_not_called_so() {
    let bench = page(
        "<input id=first type=email><div id=room></div><script>
        first.onchange = () => { room.innerHTML = `<textarea id='tag-${first.value}'></textarea>` };</script>",
    )
    .await;
    let seen = see_typing(&bench, typing(fast())).await;
    let fields: Vec<_> = entries(&seen).into_iter().map(|(_, entry)| entry.field.as_str()).collect();
    assert_eq!(fields, ["input#first[type=email]", "textarea"]);
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
    let request = request(&seen, "/log/stack");
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
    let request = request(&seen, "/log/stack");
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
    // No answer is not the field having been left.
    assert_eq!(entry(&seen, "input#a[type=email]").blurred_ms, None);
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
