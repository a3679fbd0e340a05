//! Who is served first.

use earshot_bus::{Pages, topology::BULK_TURN};
use earshot_model::{Lane, RunId};

use crate::{
    broker::{Broker, UNHURRIED},
    samples::{seed, task},
};

/// Takes and finishes the next page.
async fn done(pages: &mut Pages) -> String {
    let delivery = pages.next().await.unwrap().expect("a page waits");
    let path = delivery.item.page.url().path().to_owned();
    delivery.ack().await.unwrap();
    path
}

#[tokio::test]
async fn what_people_wait_for_comes_before_bulk() {
    let broker = Broker::start();
    let bus = broker.bus(UNHURRIED).await;
    let run = RunId::new();
    for path in ["b1", "b2"] {
        bus.publish_page(&task(run, path, Lane::Bulk)).await.unwrap();
    }
    for path in ["i1", "i2"] {
        bus.publish_page(&task(run, path, Lane::Interactive)).await.unwrap();
    }
    let mut pages = bus.pages().await.unwrap();
    let mut order = vec![];
    for _ in 0..4 {
        order.push(done(&mut pages).await);
    }
    assert_eq!(order, ["/i1", "/i2", "/b1", "/b2"]);
}

#[tokio::test]
async fn bulk_has_its_turn_however_many_people_wait() {
    let broker = Broker::start();
    let bus = broker.bus(UNHURRIED).await;
    let run = RunId::new();
    let waiting: Vec<_> = (0..2 * BULK_TURN).map(|n| task(run, &format!("i{n}"), Lane::Interactive)).collect();
    bus.publish_pages(&waiting).await.unwrap();
    bus.publish_page(&task(run, "bulk", Lane::Bulk)).await.unwrap();
    let mut pages = bus.pages().await.unwrap();
    let mut order = vec![];
    for _ in 0..BULK_TURN {
        order.push(done(&mut pages).await);
    }
    assert_eq!(order.last().unwrap(), "/bulk");
}

#[tokio::test]
async fn seeds_have_lanes_too() {
    let broker = Broker::start();
    let bus = broker.bus(UNHURRIED).await;
    let run = RunId::new();
    let (bulk, urgent) = (seed(run, "a.example", Lane::Bulk), seed(run, "b.example", Lane::Interactive));
    bus.publish_seed(&bulk).await.unwrap();
    bus.publish_seed(&urgent).await.unwrap();
    let mut seeds = bus.seeds().await.unwrap();
    assert_eq!(seeds.next().await.unwrap().unwrap().item, urgent);
    assert_eq!(seeds.next().await.unwrap().unwrap().item, bulk);
}

#[tokio::test]
async fn a_worker_takes_no_more_than_it_works_on() {
    let broker = Broker::start();
    let bus = broker.bus(UNHURRIED).await;
    let run = RunId::new();
    bus.publish_pages(&[task(run, "1", Lane::Bulk), task(run, "2", Lane::Bulk)]).await.unwrap();
    let (mut one, mut two) = (bus.pages().await.unwrap(), bus.pages().await.unwrap());
    let first = one.next().await.unwrap().unwrap();
    let second = two.next().await.unwrap().unwrap();
    assert_eq!((first.item.page.url().path(), second.item.page.url().path()), ("/1", "/2"));
}

#[tokio::test]
async fn an_idle_worker_is_woken_and_an_empty_queue_says_so() {
    let broker = Broker::start();
    let bus = broker.bus(UNHURRIED).await;
    let mut pages = bus.pages().await.unwrap();
    let publisher = bus.clone();
    let waiting = tokio::spawn(async move { (pages.next().await.unwrap().map(|delivery| delivery.item), pages) });
    let page = task(RunId::new(), "late", Lane::Bulk);
    publisher.publish_page(&page).await.unwrap();
    let (got, mut pages) = waiting.await.unwrap();
    assert_eq!(got, Some(page));
    assert!(pages.next().await.unwrap().is_none());
}
