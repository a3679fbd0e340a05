use earshot_model::{Outcome, Transport};

use crate::{
    bench::{Bench, html, request, requests, script},
    chromium::see,
};

#[tokio::test]
async fn the_first_line_of_script_is_seen_in_every_frame() {
    let frame = |name: &str| html(format!("<script>fetch('/log/{name}')</script>"));
    let bench = Bench::start([
        ("/same", frame("same")),
        ("/nested", html("<script>fetch('/log/outer')</script><iframe src=/same2></iframe>")),
        ("/same2", frame("inner")),
        ("/cross", frame("cross")),
        ("/sandboxed", html("<script>navigator.sendBeacon('/log/sandboxed', 'x')</script>")),
        ("/page", html(PAGE)),
    ])
    .await;
    let seen = see(&bench.url("/page")).await;
    assert_eq!(seen.visit.outcome, Outcome::Loaded { status: 200 });
    bench.assert_seen(&seen, &["main", "same", "outer", "inner", "cross", "sandboxed", "srcdoc", "blank", "dynamic"]);
}

/// `localhost` is another site than 127.0.0.1. The blank frame is the classic way around a page's own hooks.
const PAGE: &str = r#"<script>fetch('/log/main')</script>
<iframe src=/same></iframe>
<iframe src=/nested></iframe>
<iframe sandbox=allow-scripts src=/sandboxed></iframe>
<iframe srcdoc="<script>fetch('/log/srcdoc')</script>"></iframe>
<script>
  const cross = document.createElement('iframe');
  cross.src = `http://localhost:${location.port}/cross`;
  document.body.append(cross);
  const blank = document.createElement('iframe');
  document.body.append(blank);
  blank.contentWindow.fetch(location.origin + '/log/blank');
  const dynamic = document.createElement('iframe');
  document.body.append(dynamic);
  dynamic.contentDocument.write("<script>fetch('/log/dynamic')<\/script>");
  dynamic.contentDocument.close();
</script>"#;

#[tokio::test]
async fn a_request_knows_who_made_it_and_when() {
    let bench = Bench::start([
        ("/page", html("<script src=/tag.js></script><script>new Worker('/work.js')</script>")),
        ("/tag.js", script("function tag() { setTimeout(function later() { fetch('/log/tagged') }, 50) }\ntag();")),
        (
            "/work.js",
            script("async function work() { await 0; fetch('/log/worked') }\nfunction begin() { work() }\nbegin();"),
        ),
    ])
    .await;
    let seen = see(&bench.url("/page")).await;
    let document = requests(&seen).next().unwrap();
    assert_eq!((document.0.seq, document.0.at_ms, document.1.transport), (0, Some(0.0), Transport::Document));
    let tagged = request(&seen, "/log/tagged");
    assert_eq!((tagged.transport, tagged.initiator.kind.as_str()), (Transport::Fetch, "script"));
    let functions: Vec<_> = tagged.initiator.stack.iter().map(|frame| frame.function.as_str()).collect();
    assert_eq!(&functions[..2], ["later", "tag"], "the stack goes on across the timer");
    assert_eq!(tagged.initiator.stack[0].url, bench.url("/tag.js"));
    let worked = request(&seen, "/log/worked");
    let functions: Vec<_> = worked.initiator.stack.iter().map(|frame| frame.function.as_str()).collect();
    assert_eq!(functions, ["work", "begin", ""], "and across what is awaited, in a worker too");
    let (event, _) = requests(&seen).find(|(_, request)| request.url.ends_with("/log/tagged")).unwrap();
    assert!(event.at_ms.unwrap() >= 50.0, "{:?}", event.at_ms);
    assert_eq!(event.frame, bench.url("/page"));
}

#[tokio::test]
async fn events_are_in_order_and_refer_to_requests() {
    let bench = Bench::start([
        ("/page", html("<img src=/hop.png><script>fetch('/log/x').then(() => fetch('/log/y'))</script>")),
        ("/hop.png", crate::bench::redirect("/log/pixel")),
    ])
    .await;
    let seen = see(&bench.url("/page")).await;
    let events = &seen.visit.events;
    assert!(events.iter().zip(0..).all(|(event, position)| event.seq == position));
    assert!(
        events
            .windows(2)
            .all(|pair| { pair[1].at_ms.is_none_or(|after| pair[0].at_ms.is_some_and(|before| before <= after)) })
    );
    let pixel = request(&seen, "/log/pixel");
    let hop = &events[pixel.redirect_of.unwrap() as usize];
    assert!(matches!(&hop.fact, earshot_model::Fact::Request(hop) if hop.url.ends_with("/hop.png")));
    let answers: Vec<_> = events
        .iter()
        .filter_map(|event| match &event.fact {
            earshot_model::Fact::Response(answer) if answer.request == hop.seq => Some(answer.status),
            _ => None,
        })
        .collect();
    assert_eq!(answers, [302]);
}
