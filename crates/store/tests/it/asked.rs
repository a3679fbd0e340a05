//! What visits asked for, as a verdict reads it.

use earshot_model::{Event, Fact, Outcome, Request, Response, Transport};
use earshot_store::EventNote;

use crate::{Fixture, make};

/// What was asked for, what came of it, and whether it counts as what did not come: as `detect::verdict` has it for a visit
/// that was judged just now.
const CASES: [(&str, Transport, Result<u16, &str>, bool); 9] = [
    ("came", Transport::Script, Ok(200), false),
    ("broken", Transport::Script, Ok(503), true),
    ("busy", Transport::Script, Ok(429), true),
    ("turned-away", Transport::Document, Ok(403), true),
    ("taken-away", Transport::Script, Ok(404), false),
    ("unreached", Transport::Script, Err("net::ERR_CONNECTION_REFUSED"), true),
    ("unconnected", Transport::Script, Err(Fact::UNCONNECTED), true),
    ("forbidden", Transport::Script, Err("net::ERR_BLOCKED_BY_CSP"), false),
    ("picture", Transport::Image, Ok(503), false),
];

#[tokio::test]
async fn scripts_and_documents_that_did_not_come_are_told() {
    let it = Fixture::new().await;
    let run = make::run(1);
    it.store.put_run(&run).await.unwrap();
    let mut judged = make::visit(run.id, "https://a.test/", Outcome::Loaded { status: 200 }, &[]);
    for (name, transport, came, _) in CASES {
        let asked = u32::try_from(judged.visit.events.len()).unwrap();
        let request = Request { url: format!("https://cdn.test/{name}"), transport, ..Request::default() };
        let answer = match came {
            Ok(status) => Fact::Response(Response { request: asked, status, ..Response::default() }),
            Err(error) => Fact::Failed { request: asked, error: error.to_owned() },
        };
        for (seq, fact) in (asked..).zip([Fact::Request(request), answer]) {
            judged.visit.events.push(Event::new(seq, Some(1.0), "https://a.test/", fact));
            judged.events.push(EventNote { vendor: None, decoded_bytes: 0, cause: None });
        }
    }
    it.store.put_visits(&[judged]).await.unwrap();
    let rows = it.store.asked_of(run.id, "a.test").unwrap().all().await.unwrap();
    let told: Vec<_> = rows.iter().map(|row| (row.url.rsplit('/').next().unwrap(), row.is_missing)).collect();
    assert_eq!(told, CASES.map(|(name, .., is_missing)| (name, is_missing)));
    it.engine.stop().await;
}
