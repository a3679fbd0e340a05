//! What becomes of a piece of work.

use std::time::Duration;

use earshot_bus::{Pages, TraceParent, topology::MAX_DELIVER};
use earshot_model::{Lane, PageTask, RunId};
use tokio::time::timeout;

use crate::{
    broker::{Broker, UNHURRIED},
    samples::task,
};

/// For tests in which the ack wait passes.
const SHORT: Duration = Duration::from_secs(1);

/// Whether nothing is delivered for so long.
async fn quiet(pages: &mut Pages, how_long: Duration) -> bool {
    !matches!(timeout(how_long, pages.next()).await, Ok(Ok(Some(_))))
}

fn one_page() -> PageTask {
    task(RunId::new(), "a", Lane::Bulk)
}

#[tokio::test]
async fn work_of_a_dead_worker_comes_again() {
    let broker = Broker::start();
    let bus = broker.bus(SHORT).await;
    bus.publish_page(&one_page()).await.unwrap();
    let mut pages = bus.pages().await.unwrap();
    let first = pages.next().await.unwrap().unwrap();
    assert_eq!(first.attempt, 1);
    drop(first);
    let second = pages.next().await.unwrap().unwrap();
    assert_eq!(second.attempt, 2);
    second.ack().await.unwrap();
    assert!(quiet(&mut pages, 2 * SHORT).await);
}

#[tokio::test]
async fn work_that_is_kept_alive_stays_ours() {
    let broker = Broker::start();
    let bus = broker.bus(SHORT).await;
    bus.publish_page(&one_page()).await.unwrap();
    let (mut ours, mut other) = (bus.pages().await.unwrap(), bus.pages().await.unwrap());
    let delivery = ours.next().await.unwrap().unwrap();
    let alive = delivery.keep_alive();
    assert!(quiet(&mut other, 3 * SHORT).await, "it was given away");
    drop(alive);
    assert_eq!(other.next().await.unwrap().expect("nobody keeps it alive any more").attempt, 2);
}

#[tokio::test]
async fn the_same_visit_is_asked_for_once() {
    let broker = Broker::start();
    let bus = broker.bus(UNHURRIED).await;
    let page = one_page();
    bus.publish_pages(&[page.clone(), page.clone()]).await.unwrap();
    bus.publish_page(&page).await.unwrap();
    let mut pages = bus.pages().await.unwrap();
    let delivery = pages.next().await.unwrap().unwrap();
    assert_eq!(delivery.item, page);
    assert_eq!(delivery.trace.unwrap().trace_id, TraceParent::of_target(page.run, &page.start).trace_id);
    delivery.ack().await.unwrap();
    assert!(quiet(&mut pages, SHORT).await);
}

#[tokio::test]
async fn what_is_given_back_comes_again_until_it_is_buried() {
    let broker = Broker::start();
    let bus = broker.bus(UNHURRIED).await;
    let page = one_page();
    bus.publish_page(&page).await.unwrap();
    let mut pages = bus.pages().await.unwrap();
    for attempt in 1..=MAX_DELIVER {
        let delivery = pages.next().await.unwrap().unwrap();
        assert_eq!((delivery.attempt, &delivery.item), (attempt, &page));
        assert!(!delivery.is_exhausted());
        delivery.retry(Duration::from_millis(10)).await.unwrap();
    }
    let exhausted = pages.next().await.unwrap().unwrap();
    assert!(exhausted.is_exhausted());
    exhausted.bury("delivered 5 times and never finished").await.unwrap();
    assert!(quiet(&mut pages, 2 * SHORT).await);
    let dead = bus.dead_letters(0, 10).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].reason, "delivered 5 times and never finished");
    assert_eq!(dead[0].attempt, MAX_DELIVER + 1);
}

#[tokio::test]
async fn what_is_buried_lies_among_the_dead_as_it_came() {
    let broker = Broker::start();
    let bus = broker.bus(SHORT).await;
    let page = one_page();
    bus.publish_page(&page).await.unwrap();
    let mut pages = bus.pages().await.unwrap();
    pages.next().await.unwrap().unwrap().bury("the run is\nover").await.unwrap();
    assert!(quiet(&mut pages, 2 * SHORT).await);
    let dead = bus.dead_letters(0, 10).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!((dead[0].reason.as_str(), dead[0].attempt), ("the run is over", 1));
    assert_eq!(dead[0].subject, format!("earshot.pages.bulk.{}", page.run));
    assert_eq!(earshot_model::wire::decode::<PageTask>(&dead[0].payload).unwrap(), page);
}

#[tokio::test]
async fn what_cannot_be_read_is_buried_and_holds_nobody_up() {
    let broker = Broker::start();
    let bus = broker.bus(UNHURRIED).await;
    let raw = broker.jetstream().await;
    raw.publish("earshot.pages.bulk.x", "\u{1}garbage".into()).await.unwrap().await.unwrap();
    let page = one_page();
    bus.publish_page(&page).await.unwrap();
    let mut pages = bus.pages().await.unwrap();
    assert_eq!(pages.next().await.unwrap().unwrap().item, page);
    let dead = bus.dead_letters(0, 10).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert!(dead[0].reason.starts_with("page_task: "), "{}", dead[0].reason);
    assert_eq!(&dead[0].payload[..], b"\x01garbage");
}

#[tokio::test]
async fn work_that_is_withdrawn_is_gone_until_it_is_published_afresh() {
    let broker = Broker::start();
    let bus = broker.bus(UNHURRIED).await;
    let (page, other) = (one_page(), one_page());
    bus.publish_pages(&[page.clone(), other.clone()]).await.unwrap();
    let mut pages = bus.pages().await.unwrap();
    let held = pages.next().await.unwrap().unwrap();
    assert_eq!(held.item, page);
    bus.withdraw(page.run).await.unwrap();
    let left = pages.next().await.unwrap().unwrap();
    assert_eq!(left.item, other, "the work of other runs stays");
    left.ack().await.unwrap();
    // The broker still knows the id.
    bus.publish_page(&page).await.unwrap();
    assert!(quiet(&mut pages, SHORT).await);
    bus.afresh().publish_page(&page).await.unwrap();
    let again = pages.next().await.unwrap().unwrap();
    assert_eq!((&again.item, again.attempt), (&page, 1), "its attempts begin anew");
}

#[tokio::test]
async fn what_is_deferred_goes_to_the_end_and_has_not_failed() {
    let broker = Broker::start();
    let bus = broker.bus(UNHURRIED).await;
    let (page, other) = (one_page(), one_page());
    bus.publish_pages(&[page.clone(), other.clone()]).await.unwrap();
    let mut pages = bus.pages().await.unwrap();
    pages.next().await.unwrap().unwrap().retry(Duration::ZERO).await.unwrap();
    let second = pages.next().await.unwrap().unwrap();
    let (second, third) = match second.item == page {
        true => (second, pages.next().await.unwrap().unwrap()),
        false => (pages.next().await.unwrap().unwrap(), second),
    };
    assert_eq!((second.attempt, &third.item), (2, &other));
    second.defer().await.unwrap();
    third.defer().await.unwrap();
    let again = pages.next().await.unwrap().unwrap();
    assert_eq!((again.attempt, &again.item), (2, &page), "what had failed before still has");
    again.ack().await.unwrap();
    let last = pages.next().await.unwrap().unwrap();
    assert_eq!((last.attempt, &last.item), (1, &other));
}

#[tokio::test]
async fn a_dead_letter_is_shown_and_revived_as_if_it_were_new() {
    let broker = Broker::start();
    let bus = broker.bus(UNHURRIED).await;
    let page = one_page();
    bus.publish_page(&page).await.unwrap();
    let mut pages = bus.pages().await.unwrap();
    pages.next().await.unwrap().unwrap().bury("nobody can").await.unwrap();
    let dead = bus.dead_letters(0, 10).await.unwrap().remove(0);
    assert_eq!(bus.dead_letter(dead.number).await.unwrap().as_ref(), Some(&dead));
    assert_eq!(bus.dead_letter(dead.number + 1).await.unwrap(), None);
    let body = bus.dead_body(&dead).await.unwrap().unwrap();
    assert_eq!(earshot_model::wire::decode::<PageTask>(&body).unwrap(), page);
    bus.revive(&dead).await.unwrap();
    let again = pages.next().await.unwrap().unwrap();
    assert_eq!((&again.item, again.attempt), (&page, 1));
    assert_eq!(bus.dead_letters(0, 10).await.unwrap(), []);
    again.bury("nobody can").await.unwrap();
    assert_eq!(bus.dead_letters(0, 10).await.unwrap().len(), 1, "it can die again");
}
