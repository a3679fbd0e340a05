//! What is pressed before the typing, and what never is.

use std::fmt::Write;

use futures::{StreamExt as _, stream};

use crate::{
    bench::{Bench, html},
    chromium::SOME,
    typing::{entries, entry, fast, left, page, see_typing, spied, typed, typing, untyped},
};

/// Buttons that send, publish, begin, end or fetch something, or take up what was written.
const ACTING: &[&str] = &[
    "Post comment",
    "Kommentar veröffentlichen",
    "Publier le commentaire",
    "Publicar comentario",
    "Pubblica commento",
    "Comment",
    "Kommentieren",
    "Commenter",
    "Comentar",
    "Start chat",
    "Chat starten",
    "Démarrer le chat",
    "Avvia chat",
    "Iniciar chat",
    "Chat beginnen",
    "Request contact",
    "Kontakt anfordern",
    "Ask a question",
    "Frage stellen",
    "Nachricht übermitteln",
    "Create search alert",
    "Suchauftrag anlegen",
    "Block contact",
    "Kontakt sperren",
    "Report comment",
    "Mark comment as spam",
    "End chat",
    "Chat beenden",
    "Terminer le chat",
    "Finalizar chat",
    "Send message",
    "Enviar mensaje",
    "Reply to chat",
    "Invia messaggio",
    "Bericht versturen",
    "Stop chat",
];

/// Buttons whose label is harmless, and what else tells what they do.
const MARKED: &[&str] = &[
    "<button type=button aria-haspopup=dialog aria-label=Chat class='chat-send'><svg></svg></button>",
    "<button type=button aria-haspopup=dialog class='contact-form__submit'>Contact</button>",
    "<button type=button aria-haspopup=dialog id=chat_send>Chat</button>",
    "<button type=button aria-haspopup=dialog data-action=sendMessage>Message us</button>",
    "<button type=button aria-haspopup=dialog name=buyNow>Contact</button>",
    "<button type=button aria-haspopup=dialog title=Contact><img alt=''>Buy now</button>",
    "<button type=button aria-haspopup=dialog title=Contact><img alt='Contact'><img alt='Buy'></button>",
    "<button type=button aria-haspopup=dialog title=Chat><svg><use href='#icon-send'></use></svg></button>",
    "<button type=button aria-haspopup=dialog title=Contact><i class=icon-trash-delete></i></button>",
    "<div role=button aria-expanded=false onmousedown='document.forms[0].submit()'>Contact</div>",
    "<a href='javascript:submitContact()' aria-expanded=false>Contact</a>",
    "<button type=button aria-expanded=true>Chat</button>",
    "<button type=button>Contact us</button>",
    "<button type=button>Get in touch</button>",
    "<button type=button>Give feedback</button>",
    "<button type=button>Search</button>",
];

/// Tells the server of every click on a button.
const TELL: &str = "<script>
    let presses = 0;
    addEventListener('click', (event) => {
      const button = event.composedPath().find((it) => it.matches?.('button, [role=button], summary, a'));
      if (button) send(`pressed/${presses++}`, button.outerHTML);
    }, true);
    </script>";

fn pressed(bench: &Bench) -> Vec<String> {
    let logged = bench.logged().into_iter().filter(|(target, _)| target.starts_with("/log/pressed"));
    logged.map(|(_, hit)| String::from_utf8(hit.body).unwrap()).collect()
}

#[tokio::test]
async fn what_acts_is_not_pressed_whatever_says_so() {
    // Each would be an opener by its state. Pages of a few, since only some are tried on a page.
    let acting = ACTING.iter().map(|said| format!("<button type=button aria-haspopup=dialog>{said}</button>"));
    let marked = MARKED.iter().map(|&button| button.to_owned());
    // Last on the page is what may be pressed: it would not be if anything before it were.
    let harmless = ["Search", "Contact us", "Chat with us"]
        .map(|said| format!("<button type=button aria-haspopup=dialog class=yes>{said}</button>"));
    let mut body = "<input id=field>".to_owned();
    for button in acting.chain(marked).chain(harmless) {
        // Apart from the field, so that only what it says is left to judge by.
        let depth = 8;
        write!(body, "{}{button}{}", "<div>".repeat(depth), "</div>".repeat(depth)).unwrap();
    }
    let bench = page(&format!("{body}{TELL}")).await;
    let seen = see_typing(&bench, typing(fast())).await;
    let pressed = pressed(&bench);
    assert_eq!(pressed.len(), 3, "{pressed:?}");
    assert!(pressed.iter().all(|button| button.contains("yes")), "{pressed:?}");
    assert!(entry(&seen, "input#field").kept);
}

#[tokio::test]
async fn what_stands_beside_a_field_is_not_pressed() {
    let row = |field: &str, button: &str| format!("<section><div>{field}<span>{button}</span></div></section>");
    let opener = "<button type=button aria-haspopup=dialog>Contact us</button>";
    let shadow = "<script>
        for (const [mode, inner] of [['open', '<textarea></textarea><slot></slot>'], ['closed', '<textarea></textarea><slot></slot>']]) {
          const host = document.createElement('div');
          host.innerHTML = '<button type=button aria-haspopup=dialog>Contact us</button>';
          host.attachShadow({ mode }).innerHTML = inner;
          document.body.append(host);
        }
        const form = document.createElement('form');
        form.innerHTML = '<div></div>';
        form.firstChild.attachShadow({ mode: 'open' }).innerHTML = '<button aria-haspopup=dialog>Contact us</button>';
        document.body.append(form);
        </script>";
    let far = "<div>".repeat(9);
    let body = [
        row("<textarea></textarea>", opener),
        row("<input type=search>", "<button type=button aria-label=Search aria-expanded=false></button>"),
        row("<div contenteditable></div>", opener),
        row("<div role=textbox style='width:90px;height:20px'></div>", "<button type=button>Chat</button>"),
        format!("<form><input>{far}{opener}</form>"),
        format!("<div role=dialog><input>{far}{opener}</div>"),
        "<form id=far><input></form><button type=button form=far aria-haspopup=dialog>Contact us</button>".to_owned(),
        "<textarea></textarea><button type=button>Chat</button>".to_owned(),
    ];
    let each = stream::iter(body).for_each_concurrent(SOME, |part| async move {
        let bench = page(&format!("{part}{shadow}{TELL}")).await;
        see_typing(&bench, typing(fast())).await;
        assert_eq!(pressed(&bench), [""; 0], "{part}");
    });
    each.await;
}

#[tokio::test]
async fn openers_are_pressed_before_anything_is_typed_and_what_they_show_is_typed_into() {
    let bench = page(&format!(
        "<header><button type=button class='d-block justify-content-end' aria-label=Search aria-expanded=false
          aria-controls=finder></button><div id=finder hidden><input id=query type=search></div></header>
        <main><form><input id=mail type=email><button>Send</button></form></main>
        <div style='position:fixed;right:0;bottom:0' id=widget><button type=button id=launch>Chat</button>
        <div id=room hidden><input id=who name=name><button type=button id=start>Start chat</button></div></div>
        <script>
        const typed = () => [...document.querySelectorAll('input')].some((it) => it.value !== '');
        addEventListener('click', (event) => {{ if (event.target.closest('button') && typed()) send('late', 'x') }}, true);
        document.querySelector('[aria-label]').onclick = () => {{ finder.hidden = false }};
        launch.onclick = () => {{ room.hidden = false; launch.hidden = true }};
        </script>{TELL}"
    ))
    .await;
    let seen = see_typing(&bench, typing(fast())).await;
    for (id, selector) in
        [("query", "input#query[type=search]"), ("who", "input#who[name=name]"), ("mail", "input#mail[type=email]")]
    {
        assert_eq!(left(&bench, id), typed(&seen, entry(&seen, selector)), "{id}");
    }
    let pressed = pressed(&bench);
    assert_eq!(pressed.len(), 2, "{pressed:?}");
    assert!(!pressed.iter().any(|button| button.contains("start")) && !bench.logged().contains_key("/log/late"));
    assert!(untyped(&seen).is_empty(), "{:?}", untyped(&seen));
}

#[tokio::test]
async fn what_moves_away_under_the_mouse_is_not_clicked() {
    let bench = page(
        "<button type=button id=chat aria-expanded=false style='position:fixed;left:50px;top:50px'>Chat</button>
        <button type=button id=buy style='position:fixed;left:50px;top:50px;display:none'>Order now</button>
        <input id=field style='position:fixed;left:50px;top:200px'>
        <script>
        chat.onmouseenter = () => { chat.style.top = '150px'; buy.style.display = 'block' };
        buy.onmousedown = () => send('bought', 'x');
        </script>",
    )
    .await;
    let seen = see_typing(&bench, typing(fast())).await;
    assert!(!bench.logged().contains_key("/log/bought"));
    assert!(entry(&seen, "input#field").kept);
}

#[tokio::test]
async fn a_banner_over_a_frame_of_another_process_is_not_clicked() {
    let body = "<iframe width=400 height=200 id=inner></iframe>
        <div style='position:fixed;left:0;top:0;width:500px;height:300px;background:#fffa' id=overlay></div><script>
        inner.src = `http://localhost:${location.port}/inner`;
        overlay.onmousedown = () => send('overlay', 'x');
        </script>";
    let inner = html(spied("<input id=field style='position:fixed;left:20px;top:20px'>"));
    let bench = Bench::start([("/page", html(spied(body))), ("/inner", inner)]).await;
    for site_isolation in [false, true] {
        let config = earshot_browser::BrowserConfig { site_isolation, ..typing(fast()) };
        let seen = see_typing(&bench, config).await;
        assert!(!bench.logged().contains_key("/log/overlay"), "{site_isolation}");
        assert_eq!(entries(&seen).len(), 1, "{:?}", untyped(&seen));
    }
}
