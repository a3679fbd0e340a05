//! Who holds what only one may.

use std::time::Duration;

use earshot_bus::topology::LEASE_LASTS;
use tokio::time::{sleep, timeout};

use crate::broker::{Broker, UNHURRIED};

const NAME: &str = "coordinator";

#[tokio::test]
async fn one_holds_it_and_the_next_has_it_when_it_is_given_back() {
    let broker = Broker::start();
    let bus = broker.bus(UNHURRIED).await;
    let first = bus.lease(NAME, "a", false).await.unwrap().expect("nobody had it");
    assert!(bus.lease(NAME, "b", false).await.unwrap().is_none());
    assert_eq!(bus.lease_holder(NAME).await.unwrap().as_deref(), Some("a"));
    first.release().await;
    assert_eq!(bus.lease_holder(NAME).await.unwrap(), None);
    assert!(bus.lease(NAME, "b", false).await.unwrap().is_some());
}

#[tokio::test]
async fn a_holder_keeps_it_and_a_dead_one_loses_it() {
    let broker = Broker::start();
    let bus = broker.bus(UNHURRIED).await;
    let held = bus.lease(NAME, "a", false).await.unwrap().unwrap();
    let longer = LEASE_LASTS + Duration::from_secs(2);
    assert!(timeout(longer, held.lost().cancelled()).await.is_err(), "it is renewed");
    assert!(bus.lease(NAME, "b", false).await.unwrap().is_none());
    drop(held);
    let taken = async {
        loop {
            match bus.lease(NAME, "b", false).await.unwrap() {
                Some(lease) => break lease,
                None => sleep(Duration::from_millis(100)).await,
            }
        }
    };
    assert!(timeout(longer, taken).await.is_ok(), "it ends by itself");
}

#[tokio::test]
async fn who_has_lost_it_is_told() {
    let mut broker = Broker::start();
    let bus = broker.bus(UNHURRIED).await;
    let held = bus.lease(NAME, "a", false).await.unwrap().unwrap();
    let other = bus.lease(NAME, "b", true).await.unwrap().expect("by force");
    timeout(LEASE_LASTS, held.lost().cancelled()).await.expect("somebody else has it");
    broker.kill();
    timeout(LEASE_LASTS, other.lost().cancelled()).await.expect("nobody can tell any more");
}
