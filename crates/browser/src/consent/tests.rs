//! A real Chromium: what a press is before, and what it is after.

use axum::{Router, response::Html};
use chromiumoxide::cdp::{
    browser_protocol::{
        input::{DispatchMouseEventParams, DispatchMouseEventType, MouseButton},
        page::NavigateParams,
    },
    js_protocol::runtime::EvaluateParams,
};
use earshot_egress::{Egress, EgressConfig};
use earshot_model::{Event, Fact, Profile, Site};

use super::{Press, Signal};
use crate::{
    Audience, BrowserConfig, bounds,
    context::Context,
    instance::Instance,
    live::Telling,
    message::Unread,
    pump::{Notes, Pump},
    sandbox::Sandbox,
    session::Session,
    setup,
};

/// What a button's handlers send: at once and a little later, when it goes down and when it is clicked.
const PAGE: &str =
    "<!doctype html><button id=it style='position:fixed;left:0;top:0;width:200px;height:100px'>OK</button>
    <script>
    let round = 0;
    const send = (what, at = round) => fetch(`/log/${what}/${at}`, { method: 'POST' });
    it.addEventListener('pointerdown', () => send('down'));
    addEventListener('click', () => { const at = round; send('handler'); queueMicrotask(() => send('microtask', at)) }, true);
    const socket = (what) => new WebSocket(`ws://${location.host}/log/${what}/${round}`);
    const go = () => { send('before'); socket('opened'); it.click(); socket('reopened'); send('after') };
    const all = () => { go(); if (++round < 20) setTimeout(all, 7 + Math.random() * 5) };
    </script>";

/// What was pressed and sent on such a page.
async fn pressed(press: impl AsyncFn(&Session), presses: usize) -> (Vec<Press>, Vec<Event>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/page", listener.local_addr().unwrap());
    let app = Router::new().fallback(|| async { Html(PAGE) });
    let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    let egress = Egress::new(EgressConfig { allow_private: true, ..EgressConfig::default() }).unwrap();
    let instance =
        Instance::launch(&BrowserConfig::default(), &egress, Unread::default(), Signal::None, &Sandbox::off("a test"))
            .await
            .unwrap();
    let door = egress.open().await.unwrap();
    let (context, messages) = Context::open(instance.session(), &door).await.unwrap();
    let page = context.page().await.unwrap();
    setup::page(&page, instance.presented()).await.unwrap();
    let own = Site::of_host_or_itself("127.0.0.1").unwrap();
    let notes = Notes::new(&page, Telling::new(Audience::default(), own));
    let mut pump = Pump::new(&page, instance.session(), instance.presented(), &notes, messages);
    let steps = async {
        page.session.call(NavigateParams::new(url), bounds::CALL).await.unwrap();
        let mut progress = notes.progress();
        progress.wait_for(|progress| progress.loaded.is_some()).await.unwrap();
        press(&page.session).await;
        let mut sight = notes.sight();
        sight.wait_for(|sight| sight.presses.len() == presses).await.unwrap();
        // What is told in answer to this was told before.
        page.session.call(EvaluateParams::new("0"), bounds::CALL).await.unwrap();
    };
    tokio::select! {
        () = steps => {}
        () = pump.run() => panic!("the browser is gone"),
    }
    pump.drain();
    let presses = notes.sight().borrow().presses.clone();
    context.dispose().await.unwrap();
    server.abort();
    (presses, notes.into_recorder().finish(Profile::Accept, Some(&[])).0)
}

fn at_ms(events: &[Event], what: &str, round: usize) -> f64 {
    let target = format!("/log/{what}/{round}");
    let is_it = |event: &&Event| matches!(&event.fact, Fact::Request(request) if request.url.ends_with(&target));
    events.iter().find(is_it).unwrap_or_else(|| panic!("{target}")).at_ms.unwrap()
}

#[tokio::test]
async fn a_press_parts_what_was_sent_before_from_what_it_causes() {
    let click = async |session: &Session| session.fire(&EvaluateParams::new("all()"));
    let (presses, events) = pressed(click, 20).await;
    for (round, press) in presses.iter().enumerate() {
        assert_eq!((press.from_ms, press.selector.as_str()), (press.at_ms, "button#it"));
        let [before, handler, microtask, after] =
            ["before", "handler", "microtask", "after"].map(|what| at_ms(&events, what, round));
        let [opened, reopened] = ["opened", "reopened"].map(|what| at_ms(&events, what, round));
        assert!(before < press.at_ms && opened < press.at_ms, "{round}: {before} {opened} {press:?}");
        assert!(press.at_ms <= reopened, "{round}: {press:?} {reopened}");
        assert!(press.at_ms <= handler && handler <= microtask && press.at_ms <= after, "{round}: {press:?} {handler}");
    }
}

#[tokio::test]
async fn a_press_begins_when_the_mouse_goes_down() {
    let click = async |session: &Session| {
        for r#type in [DispatchMouseEventType::MousePressed, DispatchMouseEventType::MouseReleased] {
            let mouse = DispatchMouseEventParams {
                button: Some(MouseButton::Left),
                click_count: Some(1),
                ..DispatchMouseEventParams::new(r#type, 50.0, 50.0)
            };
            session.call(mouse, bounds::CALL).await.unwrap();
        }
    };
    let (presses, events) = pressed(click, 1).await;
    let (down, handler) = (at_ms(&events, "down", 0), at_ms(&events, "handler", 0));
    let Press { from_ms, at_ms, .. } = presses[0];
    assert!(from_ms <= down && down < at_ms && at_ms <= handler, "{from_ms} {down} {at_ms} {handler}");
}
