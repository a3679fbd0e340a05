//! Who works, and how much waits.

use earshot_bus::{Ability, Depth, Worker};
use earshot_model::{Lane, RunId};
use uuid::Uuid;

use crate::{
    broker::{Broker, UNHURRIED},
    samples::{seed, task},
};

fn worker(role: &str, pid: u32) -> Worker {
    Worker {
        instance: Uuid::new_v4(),
        role: role.to_owned(),
        host: "scan-01.example.com".to_owned(),
        pid,
        version: "0.1.0".to_owned(),
        since: "2026-11-21T20:00:00Z".parse().unwrap(),
        busy: 3,
        limit: 8,
        done: 120,
        failed: 2,
        rss: 64 << 20,
    }
}

#[tokio::test]
async fn workers_are_seen_while_they_say_that_they_are_there() {
    let broker = Broker::start();
    let bus = broker.bus(UNHURRIED).await;
    assert_eq!(bus.workers().await.unwrap(), []);
    let (one, mut two) = (worker("recorder", 2), worker("browser", 3));
    bus.announce(&one).await.unwrap();
    bus.announce(&two).await.unwrap();
    two.done += 1;
    bus.announce(&two).await.unwrap();
    assert_eq!(bus.workers().await.unwrap(), [two.clone(), one.clone()], "by role, each once, as it last was");
    bus.withdraw_worker(&two).await.unwrap();
    assert_eq!(bus.workers().await.unwrap(), [one]);
}

#[tokio::test]
async fn who_lacks_something_hears_whether_another_of_the_role_has_it() {
    let broker = Broker::start();
    let bus = broker.bus(UNHURRIED).await;
    let of = |region: &str| Ability::Region(region.parse().unwrap());
    for (role, ability) in [("browser", of("eu")), ("crawler", of("us-east_1")), ("browser", Ability::Consent)] {
        assert!(!bus.is_anybody_able(role, &ability).await.unwrap());
        bus.announce_ability(role, &ability).await.unwrap();
        assert!(bus.is_anybody_able(role, &ability).await.unwrap(), "{role} {ability}");
    }
    assert!(!bus.is_anybody_able("crawler", &of("eu")).await.unwrap());
    assert_eq!(bus.workers().await.unwrap(), []);
}

#[tokio::test]
async fn what_waits_and_what_somebody_is_at_is_counted_by_lane() {
    let broker = Broker::start();
    let bus = broker.bus(UNHURRIED).await;
    let run = RunId::new();
    bus.publish_seed(&seed(run, "a.example", Lane::Interactive)).await.unwrap();
    for path in ["a", "b", "c"] {
        bus.publish_page(&task(run, path, Lane::Bulk)).await.unwrap();
    }
    let at_work = bus.pages().await.unwrap().next().await.unwrap().unwrap();
    let depths = bus.depths().await.unwrap();
    let of = |stream: &str, lane: &str| {
        let depth = depths.iter().find(|depth| (depth.stream, depth.lane) == (stream, lane));
        depth.map(|Depth { waiting, in_work, .. }| (*waiting, *in_work))
    };
    assert_eq!(of("sites", "interactive"), Some((1, 0)));
    assert_eq!(of("sites", "bulk"), Some((0, 0)));
    assert_eq!(of("pages", "bulk"), Some((2, 1)));
    assert_eq!((of("visits", "all"), of("notices", "all")), (Some((0, 0)), Some((0, 0))));
    assert_eq!(bus.count_dead().await.unwrap(), 0);
    at_work.bury("nobody wants it").await.unwrap();
    assert_eq!(bus.count_dead().await.unwrap(), 1);
    assert!(bus.is_connected());
}
