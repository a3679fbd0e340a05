//! `deploy/nats/permissions.conf` on the real server: each role can do all that it has to, and nothing that it has not.

use std::time::Duration;

use async_nats::{ConnectOptions, Event};
use earshot_bus::{Ability, Bus, BusConfig, BusError, Fact, Part, Signal};
use earshot_model::{Lane, Notice, RunId};

use tokio::time::timeout;

use crate::{
    broker::Broker,
    samples::{crawl, seed, task, visit},
    secured,
};

const ROLES: [(&str, &[Part]); 4] = [
    ("crawler", &[Part::SeedsOut, Part::PagesIn, Part::FinishedIn, Part::Crawls, Part::Signals]),
    ("browser", &[Part::PagesOut, Part::FinishedIn, Part::Signals]),
    ("recorder", &[Part::FinishedOut, Part::Signals]),
    ("web", &[Part::Signals]),
];

/// The work of a run goes from hand to hand, each hand with its own user.
#[tokio::test]
async fn each_role_does_its_work() {
    let broker = secured::start(false);
    let bus = async |user| secured::bus(&broker, user).await.unwrap();
    let coordinator = bus("coordinator").await;
    coordinator.ensure_topology().await.unwrap();
    coordinator.ensure_topology().await.unwrap();
    for (user, parts) in ROLES {
        bus(user).await.check_topology(parts).await.unwrap_or_else(|error| panic!("{user}: {error}"));
    }

    for role in ["crawler", "browser"] {
        let (bus, eu) = (bus(role).await, Ability::Region("eu".parse().unwrap()));
        bus.announce_ability(role, &eu).await.unwrap();
        assert!(bus.is_anybody_able(role, &eu).await.unwrap());
    }

    let run = RunId::new();
    coordinator.withdraw(run).await.unwrap();
    coordinator.publish_seed(&seed(run, "shop.example", Lane::Bulk)).await.unwrap();

    let crawler = bus("crawler").await;
    let mut seeds = crawler.seeds().await.unwrap();
    let delivery = seeds.next().await.unwrap().unwrap();
    assert!(!crawler.is_cancelled(run).await.unwrap());
    let found = crawler.decide_crawl(&crawl(run, &["", "a", "b"])).await.unwrap();
    assert_eq!(crawler.decide_crawl(&crawl(run, &["c"])).await.unwrap(), found);
    crawler.publish_pages(&["", "a", "b"].map(|path| task(run, path, Lane::Bulk))).await.unwrap();
    crawler.publish_crawl(&found).await.unwrap();
    // What it stops doing it puts back, and what nobody can do it buries.
    crawler.afresh().publish_seed(&delivery.item).await.unwrap();
    delivery.ack().await.unwrap();
    seeds.next().await.unwrap().unwrap().bury("no such site").await.unwrap();

    let web = bus("web").await;
    web.pause(run).await.unwrap();
    assert_eq!(web.signal(run).await.unwrap(), Signal::Pause);
    web.unpause(run).await.unwrap();

    let browser = bus("browser").await;
    let mut signals = browser.watch_signals().await.unwrap();
    assert_eq!(signals.next().await.unwrap(), Some((run, Signal::Go)));
    let mut pages = browser.pages().await.unwrap();
    for (at, bodies) in [(0, 0), (1, 4)] {
        let delivery = pages.next().await.unwrap().unwrap();
        let _alive = delivery.keep_alive();
        // The second is too large for a message.
        browser
            .publish_visit(&visit(delivery.item.clone(), bodies))
            .await
            .unwrap_or_else(|error| panic!("{at}: {error}"));
        delivery.ack().await.unwrap();
    }
    let delivery = pages.next().await.unwrap().unwrap();
    browser.afresh().publish_page(&delivery.item).await.unwrap();
    delivery.ack().await.unwrap();
    pages.next().await.unwrap().unwrap().bury("no such page").await.unwrap();

    let recorder = bus("recorder").await;
    let mut finished = recorder.finished().await.unwrap();
    let mut visits = 0;
    while visits < 2 {
        for fact in finished.next_batch(10, Duration::from_secs(1)).await.unwrap() {
            visits += usize::from(matches!(fact, Fact::Visit(_)));
            fact.ack().await.unwrap();
        }
    }

    // Who watches hears what the browser's visits do; both with what their users may.
    let narration = browser.narrator().open(&task(run, "c", Lane::Bulk));
    let mut watch = web.watch(run).await.unwrap();
    let told = timeout(Duration::from_secs(20), watch.next()).await.unwrap().unwrap();
    assert_eq!((told.first, told.events.len()), (0, 1), "{told:?}");
    drop(narration);

    let notice = Notice { earlier: RunId::new(), later: run, channel: "ops".into() };
    coordinator.publish_notice(&notice).await.unwrap();
    let delivery = coordinator.notices().await.unwrap().next().await.unwrap().unwrap();
    assert!(!coordinator.was_sent(notice.id()).await.unwrap());
    coordinator.note_sent(notice.id()).await.unwrap();
    delivery.ack().await.unwrap();
    assert!(!coordinator.is_cancelled(run).await.unwrap());

    let admin = bus("admin").await;
    admin.ensure_topology().await.unwrap();
    assert_eq!(admin.dead_letters(0, 10).await.unwrap().len(), 2);
    admin.cancel(run).await.unwrap();
    assert!(browser.is_cancelled(run).await.unwrap());
}

#[tokio::test]
async fn a_browser_cannot_seed_nor_read_what_others_saw_nor_delete() {
    let broker = secured::start(false);
    secured::bus(&broker, "coordinator").await.unwrap().ensure_topology().await.unwrap();
    let run = RunId::new();
    // A refused request gets no answer; all of them wait for it at once, each on a connection of its own.
    let browser = async || secured::bus(&broker, "browser").await.unwrap();
    let (seeding, reading, creating, telling, withdrawing) = tokio::join!(
        async { browser().await.publish_seed(&seed(run, "shop.example", Lane::Bulk)).await.unwrap_err() },
        async { browser().await.finished().await.unwrap_err() },
        async { browser().await.ensure_topology().await.unwrap_err() },
        async { browser().await.pause(run).await.unwrap_err() },
        async { browser().await.withdraw(run).await.unwrap_err() },
    );
    for (error, subject) in [
        (seeding, format!("earshot.sites.bulk.{run}")),
        (reading, "$JS.API.CONSUMER.INFO.visits.recorder".to_owned()),
        (creating, "$JS.API.STREAM.UPDATE.sites".to_owned()),
        (telling, format!("$KV.runs.{run}")),
        (withdrawing, "$JS.API.STREAM.INFO.sites".to_owned()),
    ] {
        let shown = error.to_string();
        assert!(matches!(error, BusError::Denied { .. }), "{shown}");
        assert!(shown.contains(&subject) && shown.contains("permissions.conf"), "{shown}");
    }
}

/// What our own code never asks for: the protocol, as somebody speaks it who owns the machine.
#[tokio::test]
async fn whoever_owns_a_roles_machine_owns_no_more_than_the_role() {
    let broker = secured::start(false);
    for user in ["coordinator", "crawler", "browser", "recorder", "web"] {
        let mut taken = Taken::over(&broker, user).await;
        for stream in ["sites", "pages", "visits", "dead", "KV_runs", "OBJ_visit-bodies"] {
            taken.is_refused_publish(&format!("$JS.API.STREAM.DELETE.{stream}")).await;
            taken.is_refused_publish(&format!("$JS.API.STREAM.MSG.DELETE.{stream}")).await;
        }
        let others =
            ["coordinator", "crawler", "browser", "recorder", "web"].into_iter().filter(|other| *other != user);
        for other in others {
            taken.is_refused_subscribe(&format!("_INBOX_{other}.>")).await;
        }
        if user != "browser" {
            taken.is_refused_publish("earshot.live.x").await;
            taken.is_refused_subscribe("earshot.watch.*").await;
        }
        if user != "web" {
            taken.is_refused_publish("earshot.watch.x").await;
            taken.is_refused_subscribe("earshot.live.*").await;
        }
        for subject in [">", "_INBOX.>", "earshot.>", "earshot.visits.*", "$JS.>", "$KV.>", "$O.>"] {
            taken.is_refused_subscribe(subject).await;
        }
        taken.is_refused_publish("$JS.API.CONSUMER.CREATE.visits").await;
        taken.is_refused_publish("$JS.API.STREAM.MSG.GET.visits").await;
        taken.is_refused_publish("$JS.API.DIRECT.GET.visits").await;
        if user != "recorder" {
            taken.is_refused_publish("$JS.API.CONSUMER.MSG.NEXT.visits.recorder").await;
            taken.is_refused_publish("$JS.API.DIRECT.GET.OBJ_visit-bodies.$O.visit-bodies.C.x").await;
            taken.is_refused_publish("$JS.API.STREAM.PURGE.OBJ_visit-bodies").await;
        }
        if user != "coordinator" {
            for subject in
                ["$JS.API.STREAM.CREATE.x", "$JS.API.STREAM.PURGE.pages", "$KV.leases.x", "earshot.notices.x"]
            {
                taken.is_refused_publish(subject).await;
            }
        }
    }
}

#[tokio::test]
async fn who_may_only_look_waits_for_the_coordinator_and_then_says_who_has_to_set_up() {
    let broker = secured::start(false);
    let patience = Duration::from_millis(200);
    let config = BusConfig { connect_patience: patience, ..secured::config(&broker, "browser") };
    let parts = ROLES[1].1;
    let error = Bus::connect(config).await.unwrap().check_topology(parts).await.unwrap_err();
    let shown = error.to_string();
    assert!(
        matches!(error, BusError::NotSetUp { name: "pages", .. }) && shown.contains("earshot migrate --bus"),
        "{shown}"
    );

    let browser = secured::bus(&broker, "browser").await.unwrap();
    let coordinator = secured::bus(&broker, "coordinator").await.unwrap();
    let (looked, ensured) = tokio::join!(browser.check_topology(parts), coordinator.ensure_topology());
    looked.unwrap();
    ensured.unwrap();
    assert!(browser.pages().await.unwrap().waiting().await.unwrap().is_none());
}

/// A connection as one user, without our manners.
struct Taken {
    client: async_nats::Client,
    refusals: tokio::sync::mpsc::UnboundedReceiver<String>,
    user: &'static str,
}

impl Taken {
    async fn over(broker: &Broker, user: &'static str) -> Self {
        let (say, refusals) = tokio::sync::mpsc::unbounded_channel();
        let client = ConnectOptions::with_user_and_password(user.to_owned(), format!("{user}{}", secured::PASSWORD))
            .add_root_certificates(broker.dir().join("ca.pem"))
            .event_callback(move |event| {
                if let Event::ServerError(error) = event {
                    let _ = say.send(error.to_string());
                }
                async {}
            })
            .connect(format!("tls://localhost:{}", broker.port()))
            .await
            .unwrap();
        Self { client, refusals, user }
    }

    async fn is_refused_publish(&mut self, subject: &str) {
        self.client.publish(subject.to_owned(), "{}".into()).await.unwrap();
        self.is_refused("Publish", subject).await;
    }

    async fn is_refused_subscribe(&mut self, subject: &str) {
        let _subscribed = self.client.subscribe(subject.to_owned()).await.unwrap();
        self.is_refused("Subscription", subject).await;
    }

    /// The next thing that the broker says is that it refuses this. A patience that is over means that it did not.
    async fn is_refused(&mut self, what: &str, subject: &str) {
        let said = tokio::time::timeout(Duration::from_secs(5), self.refusals.recv()).await;
        let said = said.unwrap_or_else(|_| panic!("{} is not refused {what} to {subject}", self.user)).unwrap();
        assert!(said.contains(&format!("Violation for {what} to \"{subject}\"")), "{}: {said}", self.user);
    }
}
