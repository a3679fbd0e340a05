//! What is told of a visit while it goes on.

use std::sync::{Arc, Mutex};

use earshot_browser::Audience;
use earshot_model::{Fact, LiveEvent, LiveFact, PictureKind};

use crate::{
    bench::{Bench, html},
    chromium::{launch, task},
    typing::{entries, fast, typed, typing},
};

#[tokio::test]
async fn what_happens_is_told_in_order_and_nothing_that_was_typed() {
    let bench = Bench::start([(
        "/page",
        html(
            "<div id=onetrust-banner-sdk style='position:fixed;bottom:0;left:0;right:0;height:80px'>We use cookies
            <button>Accept all</button></div><input id=mail type=email>
            <script>
            const other = (path) => fetch(`http://localhost:${location.port}/log/${path}`, { mode: 'no-cors' });
            fetch('/log/own');
            for (const path of ['first?secret=1', 'first?secret=2', 'second', 'third', 'fourth', 'fifth']) other(path);
            mail.oninput = () => { other(mail.value); fetch(`http://127.0.0.2:${location.port}/${mail.value}`) };
            </script>",
        ),
    )])
    .await;
    let browser = launch(typing(fast())).await;
    let told = Arc::new(Mutex::new(Vec::new()));
    let audience = Audience::of({
        let told = told.clone();
        move |event| told.lock().unwrap().push(event)
    });
    let seen = browser.visit_before(&task(&bench.url("/page")), audience).await.unwrap();
    browser.close().await;
    let told: Vec<LiveEvent> = std::mem::take(&mut told.lock().unwrap());

    let at = |is: &dyn Fn(&LiveFact) -> bool| told.iter().position(|event| is(&event.fact));
    let contact = |address: &str| at(&|fact| matches!(fact, LiveFact::Contact { address: it, .. } if it == address));
    let typing = at(&|fact| matches!(fact, LiveFact::Typing { field } if field == "input#mail[type=email]")).unwrap();
    let end = at(&|fact| matches!(fact, LiveFact::Picture { kind: PictureKind::End, .. })).unwrap();
    assert_eq!(told[0], LiveEvent { at_ms: 0.0, fact: LiveFact::Navigated });
    assert!(contact("localhost/log/first").unwrap() < end && end < typing, "{told:?}");
    assert!(at(&|fact| matches!(fact, LiveFact::Banner { source } if source == "onetrust")).unwrap() < end, "{told:?}");
    // Whose name comes up once something was typed is told by its name alone.
    assert!(contact("127.0.0.2").unwrap() > typing, "{told:?}");
    assert_eq!(told.last().unwrap().fact, LiveFact::Typed { fields: 1, met: 1 });
    let contacts = told.iter().filter(|event| matches!(event.fact, LiveFact::Contact { .. })).count();
    assert_eq!(contacts, 5, "of one host as many as four: {told:?}");

    let asked =
        seen.visit.events.iter().find(
            |event| matches!(&event.fact, Fact::Request(request) if request.url.ends_with("/log/first?secret=1")),
        );
    assert_eq!(told[contact("localhost/log/first").unwrap()].at_ms, asked.unwrap().at_ms.unwrap());
    let typed = typed(&seen, entries(&seen)[0].1);
    let said = format!("{told:?}");
    assert!(!said.contains("secret") && !said.contains(&typed) && !said.contains(&typed[..6]), "{said}");
}
