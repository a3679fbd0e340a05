//! The broker dies and comes back.

use std::{collections::HashSet, time::Duration};

use earshot_bus::{Bus, BusConfig, BusError};
use earshot_model::{Lane, RunId};

use crate::{
    broker::{Broker, UNHURRIED},
    samples::task,
};

const SHORT: Duration = Duration::from_secs(2);

#[tokio::test]
async fn nothing_is_lost_when_the_broker_is_killed() {
    let mut broker = Broker::start();
    let bus = broker.bus(SHORT).await;
    let run = RunId::new();
    let mut waiting: Vec<_> = (0..20).map(|n| task(run, &format!("p{n}"), Lane::Bulk)).collect();
    bus.publish_pages(&waiting).await.unwrap();
    let mut pages = bus.pages().await.unwrap();
    let in_work = pages.next().await.unwrap().unwrap();
    broker.kill();
    let late = task(run, "late", Lane::Bulk);
    let (publisher, page) = (bus.clone(), late.clone());
    let publishing = tokio::spawn(async move { publisher.publish_pages(&[page]).await });
    broker.restart();
    publishing.await.unwrap().unwrap();
    waiting.push(late);
    drop(in_work);
    let mut seen = HashSet::new();
    while seen.len() < waiting.len() {
        // An error says that the broker is not back yet; the guard is the test's own time limit.
        if let Ok(Some(delivery)) = pages.next().await {
            seen.insert(delivery.item.visit_id());
            delivery.ack().await.unwrap();
        }
    }
    assert_eq!(seen, waiting.iter().map(|page| page.visit_id()).collect());
    assert!(pages.next().await.unwrap().is_none(), "the queue is empty");
}

#[tokio::test]
async fn the_topology_can_be_set_up_again_and_again() {
    let broker = Broker::start();
    let bus = broker.bus(UNHURRIED).await;
    let page = task(RunId::new(), "a", Lane::Bulk);
    bus.publish_page(&page).await.unwrap();
    bus.ensure_topology().await.unwrap();
    let other = broker.bus(SHORT).await;
    assert_eq!(other.pages().await.unwrap().next().await.unwrap().unwrap().item, page);
}

#[tokio::test]
async fn a_broker_that_is_not_there_is_named_without_secrets() {
    let mut broker = Broker::start();
    broker.kill();
    let url = broker.url().replace("nats://", "nats://me:secret@");
    let patience = Duration::from_millis(300);
    let error = Bus::connect(BusConfig { connect_patience: patience, ..BusConfig::at(url) }).await.unwrap_err();
    assert!(matches!(error, BusError::Connect { .. }) && error.retry_helps());
    let shown = error.to_string();
    assert!(shown.contains(&broker.url()[7..]) && !shown.contains("secret"), "{shown}");
}

#[tokio::test]
async fn without_a_topology_the_error_names_the_stream() {
    let broker = Broker::start();
    let bus = Bus::connect(BusConfig::at(broker.url())).await.unwrap();
    let error = bus.pages().await.unwrap_err().to_string();
    assert!(error.contains("'pages'") && error.contains("topology"), "{error}");
}
