//! Who is told what changed, with real receivers on loopback: each notice once, again where it was not taken, and never
//! in a run's way.

pub(super) mod receiver;
mod smtp;

use std::{collections::BTreeSet, time::Duration};

use earshot::{
    notify::{Channel, Destination, Email, Message, Signer, Slack, Webhook},
    role::{
        coordinator::Coordinator,
        notifier::{self, Backoff, Notifier},
    },
};
use earshot_bus::{Bus, BusConfig};
use earshot_detect::changes::Topic;
use earshot_evidence::{Evidence, SigningKey};
use earshot_local::{Engine, EngineCommand, EngineOptions, Nats, NatsOptions, Part, parts};
use earshot_model::{Exposure, Notice, NoticeId, Outcome, Run, RunId, RunState};
use earshot_store::{Store, StoreConfig};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use url::Url;
use uuid::Uuid;

use super::{earshot::turn, make};
use receiver::{Receiver, SECRET};

/// As short as it may be: pauses are not what these tests are about.
const HURRIED: Backoff = Backoff { first: Duration::from_millis(1), longest: Duration::from_millis(5), attempts: 4 };
/// Work of who died comes again after this time.
const ACK_WAIT: Duration = Duration::from_secs(1);

/// A bus and a store of one's own.
struct Services {
    bus: Bus,
    store: Store,
    nats: Nats,
    engine: Engine,
    _dir: TempDir,
}

impl Services {
    async fn start() -> Self {
        turn();
        let dir = tempfile::tempdir().unwrap();
        let find = |part| parts::find(part, None).unwrap_or_else(|error| panic!("{error}")).path;
        let nats = NatsOptions { dir: dir.path().join("nats"), port: None };
        let nats = Nats::start(&find(Part::Nats), nats).await.unwrap();
        let command = EngineCommand { exe: env!("CARGO_BIN_EXE_earshot").into(), args: vec!["engine".into()] };
        let options = EngineOptions { library: find(Part::Clickhouse), dir: dir.path().join("clickhouse"), port: None };
        let engine = Engine::start(&command, options).await.unwrap();
        let bus = Bus::connect(BusConfig { ack_wait: ACK_WAIT, ..BusConfig::at(nats.url()) }).await.unwrap();
        bus.ensure_topology().await.unwrap();
        let (user, password) = (Engine::USER.to_owned(), engine.password().to_owned());
        let database = StoreConfig::DATABASE.to_owned();
        let store = Store::connect(StoreConfig { url: engine.url(), database, user, password });
        store.migrate().await.unwrap();
        Self { bus, store, nats, engine, _dir: dir }
    }

    /// Two runs of a shop: a tracker came.
    async fn two_runs(&self) -> (Run, Run) {
        let (earlier, later) = (self.run(&[]).await, self.run(&[("clarity", Exposure::Content, 1200.0)]).await);
        (earlier, later)
    }

    /// A complete run over one page.
    async fn run(&self, vendors: &[(&str, Exposure, f64)]) -> Run {
        let run = Run { state: RunState::Complete, ..make::run(1) };
        let page = "https://shop.test/";
        self.store.put_crawls(&[make::crawl(run.id, page, &[page])]).await.unwrap();
        self.store.put_visits(&[make::visit(run.id, page, Outcome::of_status(200), vendors)]).await.unwrap();
        self.store.put_run(&run).await.unwrap();
        run
    }

    fn notifier(&self, channels: Vec<Channel>) -> Notifier {
        Notifier { bus: self.bus.clone(), store: self.store.clone(), channels, backoff: HURRIED }
    }

    /// Sends what waits now, and returns.
    async fn send_what_waits(&self, channels: Vec<Channel>) {
        let ended = CancellationToken::new();
        ended.cancel();
        notifier::run(self.notifier(channels), ended).await.unwrap();
    }

    async fn stop(self) {
        drop(self.bus);
        self.engine.stop().await;
        self.nats.stop().await;
    }
}

fn channel(name: &str, to: Destination) -> Channel {
    let on = BTreeSet::from([Topic::New, Topic::Regression, Topic::Coverage]);
    Channel { name: name.to_owned(), on, to }
}

fn webhook(receiver: &Receiver) -> Channel {
    channel("ops", Destination::Webhook(Webhook { url: receiver.url(), signer: Signer::new(SECRET).unwrap() }))
}

fn notice(earlier: &Run, later: &Run, channel: &str) -> Notice {
    Notice { earlier: earlier.id, later: later.id, channel: channel.to_owned() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_fails_twice_is_told_once() {
    let services = Services::start().await;
    let (earlier, later) = services.two_runs().await;
    let mut receiver = Receiver::answering(&[500, 503, 200]).await;
    let notice = notice(&earlier, &later, "ops");
    services.bus.publish_notice(&notice).await.unwrap();
    let shutdown = CancellationToken::new();
    let running = tokio::spawn(notifier::run(services.notifier(vec![webhook(&receiver)]), shutdown.clone()));
    // The receiver has held each signature against the secret.
    let posts = [receiver.next().await, receiver.next().await, receiver.next().await];
    assert!(posts.iter().all(|post| post.id == notice.id().to_string()), "one id for all tries");
    let body = &posts[2].body;
    assert_eq!((&body["type"], &body["data"]["schema"]), (&"earshot.changes".into(), &"earshot.changes/1".into()));
    let change = &body["data"]["changes"][0];
    assert_eq!((&change["kind"], &change["vendor"]["id"]), (&"new_tracker".into(), &"clarity".into()));
    assert_eq!((&change["site"], &change["after"]), (&"shop.test".into(), &1200.0.into()));
    shutdown.cancel();
    running.await.unwrap().unwrap();
    assert!(services.bus.was_sent(notice.id()).await.unwrap());

    // Asked for once more, as by a coordinator that was killed too early, it is not sent once more.
    services.bus.afresh().publish_notice(&notice).await.unwrap();
    services.send_what_waits(vec![webhook(&receiver)]).await;
    assert!(services.bus.notices().await.unwrap().waiting().await.unwrap().is_none(), "it is settled");
    assert_eq!(receiver.received(), 3);
    services.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_dies_after_sending_does_not_send_again() {
    let services = Services::start().await;
    let (earlier, later) = services.two_runs().await;
    let receiver = Receiver::answering(&[200]).await;
    let notice = notice(&earlier, &later, "ops");
    services.bus.publish_notice(&notice).await.unwrap();
    // It was taken by the other side, that was remembered, and then the notifier died.
    let mut notices = services.bus.notices().await.unwrap();
    let delivery = notices.next().await.unwrap().unwrap();
    services.bus.note_sent(delivery.item.id()).await.unwrap();
    drop(delivery);
    let again = notices.next().await.unwrap().unwrap();
    assert_eq!(again.attempt, 2);
    services.notifier(vec![webhook(&receiver)]).take(again).await.unwrap();
    assert!(notices.waiting().await.unwrap().is_none(), "it is settled");
    assert_eq!(receiver.received(), 0);
    services.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_never_taken_lies_among_the_dead_letters_with_the_reason() {
    let services = Services::start().await;
    let (earlier, later) = services.two_runs().await;
    let gone = Receiver::answering(&[410]).await;
    let mut down = Receiver::answering(&[500; 4]).await;
    let (ops, off) = (webhook(&gone), Channel { name: "off".into(), ..webhook(&down) });
    for name in ["ops", "off", "nobody"] {
        services.bus.publish_notice(&notice(&earlier, &later, name)).await.unwrap();
    }
    let shutdown = CancellationToken::new();
    let running = tokio::spawn(notifier::run(services.notifier(vec![ops, off]), shutdown.clone()));
    for _ in 0..HURRIED.attempts {
        down.next().await;
    }
    shutdown.cancel();
    running.await.unwrap().unwrap();
    let mut reasons: Vec<_> = services
        .bus
        .dead_letters(0, 10)
        .await
        .unwrap()
        .into_iter()
        .map(|letter| (letter.attempt, letter.reason))
        .collect();
    reasons.sort();
    assert_eq!(reasons.len(), 3, "{reasons:?}");
    assert!(reasons[0].1.starts_with("410 Gone"), "{reasons:?}");
    assert_eq!(reasons[1], (1, "no channel called 'nobody' is configured".to_owned()));
    assert_eq!(reasons[2].0, HURRIED.attempts);
    assert!(reasons[2].1.starts_with("500 Internal Server Error"), "{reasons:?}");
    assert_eq!((gone.received(), down.received()), (1, 4));
    services.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_ends_asks_for_its_notices_and_a_quiet_channel_hears_nothing() {
    let services = Services::start().await;
    let (_, mut later) = services.two_runs().await;
    later.state = RunState::Running;
    services.store.put_run(&later).await.unwrap();
    let (bus, store) = (services.bus.clone(), services.store.clone());
    let channels = vec!["ops".to_owned(), "quiet".to_owned()];
    let folder = tempfile::tempdir().unwrap();
    let (evidence, key) = (Evidence::in_directory(folder.path()).unwrap(), SigningKey::generate().unwrap());
    let coordinator = Coordinator {
        bus,
        store,
        evidence,
        key: key.into(),
        only: None,
        scheduler: None,
        channels,
        name: "test".into(),
        alone: true,
        metrics: earshot::metrics::Coordinator::unseen(),
    };
    coordinator.begin().await.unwrap();
    let state = |run: Option<Run>| run.unwrap().state;
    assert_eq!(state(services.store.run(later.id).await.unwrap()), RunState::Complete);
    let mut receiver = Receiver::answering(&[200]).await;
    let quiet = Channel { name: "quiet".into(), on: BTreeSet::from([Topic::Gone]), ..webhook(&receiver) };
    services.send_what_waits(vec![webhook(&receiver), quiet]).await;
    assert_eq!(receiver.next().await.body["data"]["later"]["id"], later.id.to_string());
    assert_eq!(receiver.received(), 1);

    // A run with nothing before it has nothing to tell.
    let first = Run { id: RunId::new(), digest: "another".into(), seeds: 0, ..later };
    services.store.put_run(&first).await.unwrap();
    coordinator.begin().await.unwrap();
    assert_eq!(state(services.store.run(first.id).await.unwrap()), RunState::Complete);
    assert!(services.bus.notices().await.unwrap().waiting().await.unwrap().is_none());
    services.stop().await;
}

#[tokio::test]
async fn slack_gets_text_and_blocks() {
    let mut receiver = Receiver::answering(&[200, 429]).await;
    let slack = channel("team", Destination::Slack(Slack { url: receiver.url() }));
    let id = NoticeId(Uuid::new_v4());
    assert_eq!(slack.send(id, &Message::sample()).await.unwrap(), "200 OK thanks");
    let body = receiver.next().await.body;
    assert_eq!(body["text"], "Earshot: test notice");
    let kinds: Vec<_> =
        body["blocks"].as_array().unwrap().iter().map(|block| block["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["header", "section", "context"]);
    assert!(body["blocks"][1]["text"]["text"].as_str().unwrap().contains("Example Replay"), "{body}");
    assert!(body["blocks"][2].to_string().contains(&id.to_string()), "{body}");
    let refused = slack.send(id, &Message::sample()).await.unwrap_err();
    assert!(refused.reason.starts_with("429 "), "{refused}");
    assert_eq!(refused.again, earshot::notify::Again::After(Some(Duration::from_secs(7))), "as Retry-After says");
}

#[tokio::test]
async fn a_letter_comes_as_text_and_html() {
    let (port, mut letters) = smtp::server().await;
    let email = |port: u16| Email {
        smtp: Url::parse(&format!("smtp://127.0.0.1:{port}")).unwrap(),
        from: "Earshot <earshot@example.test>".parse().unwrap(),
        to: vec!["legal@example.test".parse().unwrap(), "Ops <ops@example.test>".parse().unwrap()],
    };
    let (legal, id) = (channel("legal", Destination::Email(email(port))), NoticeId(Uuid::new_v4()));
    let answer = legal.send(id, &Message::sample()).await.unwrap();
    assert!(answer.starts_with("250"), "{answer}");
    let letter = letters.recv().await.unwrap();
    assert_eq!(letter.to, ["legal@example.test", "ops@example.test"]);
    for said in [
        &format!("Message-ID: <{id}@example.test>"),
        "Subject: Earshot: test notice",
        "Content-Type: multipart/alternative",
        "Content-Type: text/plain",
        "Content-Type: text/html",
        "<h2>Earshot: test notice</h2>",
        "Example Replay",
    ] {
        assert!(letter.text.contains(said), "{said} is missing:\n{}", letter.text);
    }
    let nobody = channel("nobody", Destination::Email(email(1)));
    let refused = nobody.send(id, &Message::sample()).await;
    assert!(matches!(refused.unwrap_err().again, earshot::notify::Again::After(None)));
}
