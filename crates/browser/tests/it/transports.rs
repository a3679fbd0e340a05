use std::collections::HashSet;

use earshot_model::{Body, Direction, Fact, GapKind, Transport};

use crate::{
    bench::{Bench, html, request, requests, script, typed},
    chromium::{has_gap, see},
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
