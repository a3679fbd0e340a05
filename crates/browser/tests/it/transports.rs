use std::collections::HashSet;

use earshot_model::{Body, Direction, Fact, GapKind, Transport};

use earshot_browser::{BrowserConfig, Seen};

use crate::{
    bench::{Answer, Bench, html, request, requests, script, typed},
    chromium::{config, has_gap, launch, see, visit},
};

#[tokio::test]
async fn every_transport_is_seen_with_its_exact_body() {
    let bench =
        Bench::start([("/page", html(TRANSPORTS)), ("/stream", typed("text/event-stream", "data: one\n\n"))]).await;
    let seen = see(&bench.url("/page")).await;
    let names = ["beacon-text", "beacon-blob", "keepalive", "fetch-binary", "xhr", "form", "params", "image"];
    bench.assert_seen(&seen, &names);
    for (name, transport) in [
        ("/log/beacon-text", Transport::Beacon),
        ("/log/beacon-blob", Transport::Beacon),
        ("/log/keepalive", Transport::Fetch),
        ("/log/xhr", Transport::Xhr),
        ("/log/image", Transport::Image),
        ("/stream", Transport::EventSource),
        ("/ws", Transport::WebSocket),
    ] {
        let of = requests(&seen).find(|(_, request)| request.url.ends_with(name)).map(|(_, request)| request.transport);
        assert_eq!(of, Some(transport), "{name}");
    }
    assert!(!has_gap(&seen, GapKind::BodyUnread), "{:?}", seen.visit.gaps);
}

const TRANSPORTS: &str = r#"<script>
  const bytes = new Uint8Array([31, 139, 8, 0, 255, 254, 128]);
  navigator.sendBeacon('/log/beacon-text', 'hello ü');
  navigator.sendBeacon('/log/beacon-blob', new Blob([bytes], {type: 'application/octet-stream'}));
  fetch('/log/keepalive', {method: 'POST', keepalive: true, body: 'kept'});
  fetch('/log/fetch-binary', {method: 'POST', body: bytes});
  const xhr = new XMLHttpRequest();
  xhr.open('PUT', '/log/xhr');
  xhr.send(bytes.buffer);
  const form = new FormData();
  form.append('name', 'value');
  form.append('file', new File([bytes], 'a.bin'));
  fetch('/log/form', {method: 'POST', body: form});
  fetch('/log/params', {method: 'POST', body: new URLSearchParams({a: '1'})});
  new Image().src = '/log/image';
  const source = new EventSource('/stream');
  source.onerror = () => source.close();
  const socket = new WebSocket(`ws://${location.host}/ws`);
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => { socket.send('text frame'); socket.send(bytes); };
</script>"#;

#[tokio::test]
async fn frames_of_a_socket_are_seen_both_ways() {
    let bench = Bench::start([("/page", html(TRANSPORTS))]).await;
    let seen = see(&bench.url("/page")).await;
    let socket = requests(&seen).find(|(_, request)| request.transport == Transport::WebSocket).unwrap().0.seq;
    let frames: HashSet<_> = seen
        .visit
        .events
        .iter()
        .filter_map(|event| match &event.fact {
            Fact::SocketFrame(frame) if frame.request == socket => {
                Some((frame.direction == Direction::Sent, frame.body.excerpt.clone()))
            }
            _ => None,
        })
        .collect();
    let (text, binary) = (b"text frame".to_vec(), vec![31, 139, 8, 0, 255, 254, 128]);
    let expected = HashSet::from([(true, text.clone()), (true, binary.clone()), (false, text), (false, binary)]);
    assert_eq!(frames, expected);
}

#[tokio::test]
async fn workers_of_every_kind_are_seen_from_their_first_line() {
    let send = |name: &str| format!("fetch('/log/{name}', {{method: 'POST', body: new Uint8Array([0, 255, 7])}});");
    let bench = Bench::start([
        ("/page", html(WORKERS)),
        ("/worker.js", script(send("dedicated") + "new Worker('/nested.js');")),
        ("/nested.js", script(send("nested"))),
        ("/shared.js", script(send("shared"))),
        ("/service.js", script(send("service"))),
    ])
    .await;
    let seen = see(&bench.url("/page")).await;
    bench.assert_seen(&seen, &["dedicated", "nested", "shared", "service", "inline"]);
    assert!(!has_gap(&seen, GapKind::TargetUnwatched), "{:?}", seen.visit.gaps);
    let (event, _) = requests(&seen).find(|(_, request)| request.url.ends_with("/log/nested")).unwrap();
    assert_eq!(event.frame, bench.url("/nested.js"));
    for hit in bench.hits() {
        let agent = hit.headers.get("user-agent").unwrap().to_str().unwrap();
        assert!(!agent.contains("Headless"), "{}: {agent}", hit.target);
    }
}

const WORKERS: &str = r#"<script>
  new Worker('/worker.js');
  new SharedWorker('/shared.js');
  navigator.serviceWorker.register('/service.js');
  const code = `fetch('${location.origin}/log/inline', {method: 'POST', body: 'from a blob'})`;
  new Worker(URL.createObjectURL(new Blob([code], {type: 'text/javascript'})));
</script>"#;

#[tokio::test]
async fn a_large_body_is_kept_in_part_and_says_so() {
    const SIZE: usize = 1_000_000;
    let page = format!("<script>fetch('/log/large', {{method: 'POST', body: 'x'.repeat({SIZE})}})</script>");
    let bench = Bench::start([("/page", html(page))]).await;
    let seen = see(&bench.url("/page")).await;
    let body = request(&seen, "/log/large").body.clone().unwrap();
    assert_eq!((body.size, body.excerpt.len()), (SIZE as u64, Body::MAX_EXCERPT));
    assert!(has_gap(&seen, GapKind::BodyCut));
}

/// What any script can send, under the name of where it runs.
const SENDS: &str = r#"
  const bytes = new Uint8Array([31, 139, 8, 0, 255, 254, 128]);
  const post = (name, body, more) => fetch(`/log/${WHERE}-${name}`, {method: 'POST', body, ...more});
  post('fetch', 'text ü');
  post('keepalive', bytes, {keepalive: true});
  const form = new FormData();
  form.append('name', 'value');
  form.append('file', new File([bytes], 'a.bin'));
  post('form', form);
  post('blob', new Blob([bytes]));
  if (self.XMLHttpRequest) {
    const xhr = new XMLHttpRequest();
    xhr.open('POST', `/log/${WHERE}-xhr`);
    xhr.send(bytes.buffer);
  }
  if (self.EventSource) {
    const source = new EventSource(`/log/${WHERE}-events`);
    source.onerror = () => source.close();
  }
  const socket = new WebSocket(`ws://${location.host || new URL(WHERE_HOST).host}/ws`);
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => { socket.send('socket of ' + WHERE); socket.send(bytes) };
"#;

/// What only a document can send.
const DOCUMENT_SENDS: &str = r#"
  navigator.sendBeacon(`/log/${WHERE}-beacon`, 'hello ü');
  navigator.sendBeacon(`/log/${WHERE}-beacon-blob`, new Blob([bytes]));
  navigator.sendBeacon(`/log/${WHERE}-beacon-buffer`, bytes.buffer);
  new Image().src = `/log/${WHERE}-pixel?a=1`;
  for (const enctype of ['application/x-www-form-urlencoded', 'multipart/form-data']) {
    const into = document.createElement('iframe');
    into.name = enctype;
    into.hidden = true;
    const form = document.createElement('form');
    Object.assign(form, {method: 'POST', enctype, target: enctype, hidden: true});
    form.action = `/log/${WHERE}-submit-${enctype.length}`;
    form.innerHTML = '<input name=mail value="a b@c.test ü"><textarea name=text>one\ntwo</textarea>';
    document.body.append(into, form);
    form.submit();
  }
  const link = document.createElement('a');
  Object.assign(link, {href: '#here', ping: `/log/${WHERE}-ping`});
  document.body.append(link);
  link.click();
"#;

fn sends(place: &str) -> String {
    format!("const WHERE = '{place}'; const WHERE_HOST = self.origin; {SENDS}")
}

fn document(place: &str, more: &str) -> Answer {
    html(format!("<body><script>{}{DOCUMENT_SENDS}{more}</script>", sends(place)))
}

/// The names under which a place of this kind sends.
fn names(place: &str) -> Vec<String> {
    let any = ["fetch", "keepalive", "form", "blob"];
    let with_xhr = ["xhr", "events"];
    let of_document = ["beacon", "beacon-blob", "beacon-buffer", "pixel?a=1", "submit-33", "submit-19", "ping"];
    let is_document = ["page", "cross"].contains(&place);
    let names = any
        .iter()
        .chain(with_xhr.iter().filter(|_| place != "service"))
        .chain(of_document.iter().filter(|_| is_document));
    names.map(|name| format!("{place}-{name}")).collect()
}

const PLACES: &[&str] = &["page", "cross", "dedicated", "nested", "shared", "service"];

async fn everywhere(site_isolation: bool) -> (Seen, Bench) {
    let start = r#"
      const cross = document.createElement('iframe');
      cross.src = `http://localhost:${location.port}/cross`;
      document.body.append(cross);
      new Worker('/dedicated.js');
      new SharedWorker('/shared.js');
      navigator.serviceWorker.register('/service.js');"#;
    let bench = Bench::start([
        ("/page", document("page", start)),
        ("/cross", document("cross", "")),
        ("/dedicated.js", script(sends("dedicated") + "new Worker('/nested.js');")),
        ("/nested.js", script(sends("nested"))),
        ("/shared.js", script(sends("shared"))),
        ("/service.js", script(sends("service"))),
    ])
    .await;
    let browser = launch(BrowserConfig { site_isolation, ..config() }).await;
    let seen = visit(&browser, &bench.url("/page")).await.unwrap();
    assert_eq!(browser.unparsed(), std::collections::BTreeMap::new());
    browser.close().await;
    (seen, bench)
}

#[tokio::test]
async fn every_transport_is_seen_from_every_place() {
    for site_isolation in [false, true] {
        let (seen, bench) = everywhere(site_isolation).await;
        let names: Vec<_> = PLACES.iter().flat_map(|place| names(place)).collect();
        bench.assert_seen(&seen, &names.iter().map(String::as_str).collect::<Vec<_>>());
        let sockets: Vec<_> = seen
            .visit
            .events
            .iter()
            .filter_map(|event| match &event.fact {
                Fact::SocketFrame(frame) => {
                    Some((frame.direction, String::from_utf8_lossy(&frame.body.excerpt).into_owned()))
                }
                _ => None,
            })
            .collect();
        for place in PLACES {
            for direction in [Direction::Sent, Direction::Received] {
                assert!(sockets.contains(&(direction, format!("socket of {place}"))), "{place}: {sockets:?}");
            }
        }
        for (name, transport) in [
            ("page-beacon-buffer", Transport::Beacon),
            ("cross-ping", Transport::Beacon),
            ("cross-submit-19", Transport::Document),
            ("nested-events", Transport::EventSource),
            ("shared-xhr", Transport::Xhr),
            ("service-fetch", Transport::Fetch),
        ] {
            assert_eq!(request(&seen, &format!("/log/{name}")).transport, transport, "{name}");
        }
        assert!(!has_gap(&seen, GapKind::BodyUnread), "{:?}", seen.visit.gaps);
        assert!(!has_gap(&seen, GapKind::TargetUnwatched), "{:?}", seen.visit.gaps);
        assert!(!has_gap(&seen, GapKind::UnobservedUpload), "{:?}", seen.visit.gaps);
    }
}

#[tokio::test]
async fn what_has_no_bytes_to_show_is_noted() {
    let page = "<script>
      new WebTransport(`https://localhost:${location.port}/wt`).ready.catch(() => {});
      const stream = new ReadableStream({start(c) { c.enqueue(new TextEncoder().encode('streamed')); c.close() }});
      fetch('/log/stream', {method: 'POST', body: stream, duplex: 'half'}).catch(() => {});
    </script>";
    let bench = Bench::start([("/page", html(page))]).await;
    let seen = see(&bench.url("/page")).await;
    let noted = requests(&seen).find(|(_, request)| request.transport == Transport::WebTransport).unwrap().1;
    assert!(noted.url.ends_with("/wt"), "{noted:?}");
    // Without HTTP/2 Chromium does not send a stream: nothing arrived, and the request says that it failed.
    let (event, stream) = requests(&seen).find(|(_, request)| request.url.ends_with("/log/stream")).unwrap();
    assert_eq!(stream.body, None);
    assert!(bench.logged().is_empty());
    let failed = |fact: &Fact| matches!(fact, Fact::Failed { request, .. } if *request == event.seq);
    assert!(seen.visit.events.iter().any(|event| failed(&event.fact)), "{:#?}", seen.visit.events);
}
