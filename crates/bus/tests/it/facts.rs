//! What the recorder gets.

use std::time::Duration;

use async_nats::jetstream;
use earshot_bus::{BusError, Fact, Finished, topology::MAX_PULL};
use earshot_model::{Crawl, Lane, RunId, Visit};
use futures::StreamExt;

use crate::{
    broker::{Broker, UNHURRIED},
    samples::{crawl, task, visit},
};

const WAIT: Duration = Duration::from_millis(500);

async fn recorded(finished: &mut Finished) -> (Vec<Visit>, Vec<Crawl>) {
    let (mut visits, mut crawls) = (vec![], vec![]);
    for fact in finished.next_batch(100, WAIT).await.unwrap() {
        match &fact {
            Fact::Visit(delivery) => visits.push(delivery.item.clone()),
            Fact::Crawl(delivery) => crawls.push(delivery.item.clone()),
        }
        fact.ack().await.unwrap();
    }
    (visits, crawls)
}

async fn bodies(context: &jetstream::Context) -> usize {
    let bucket = context.get_object_store("visit-bodies").await.unwrap();
    bucket.list().await.unwrap().count().await
}

#[tokio::test]
async fn each_fact_is_recorded_once() {
    let broker = Broker::start();
    let bus = broker.bus(UNHURRIED).await;
    let run = RunId::new();
    let (crawl, visit) = (crawl(run, &["", "a"]), visit(task(run, "a", Lane::Bulk), 1));
    for _ in 0..2 {
        bus.publish_crawl(&crawl).await.unwrap();
        bus.publish_visit(&visit).await.unwrap();
    }
    let mut finished = bus.finished().await.unwrap();
    assert_eq!(recorded(&mut finished).await, (vec![visit.clone()], vec![crawl]));
    assert_eq!(recorded(&mut finished).await, (vec![], vec![]));
    // A second worker that finished the same page late does not make it count twice.
    bus.publish_visit(&visit).await.unwrap();
    assert_eq!(recorded(&mut finished).await, (vec![], vec![]));
    let mut stream = broker.jetstream().await.get_stream("visits").await.unwrap();
    assert_eq!(stream.info().await.unwrap().state.messages, 0, "what is recorded takes no room");
}

#[tokio::test]
async fn a_batch_of_large_visits_ends_before_it_is_full() {
    let broker = Broker::start();
    let bus = broker.bus(UNHURRIED).await;
    let mut finished = bus.finished().await.unwrap();
    let mut batch = async |size: u32, count: usize| {
        let run = RunId::new();
        for number in 0..count {
            bus.publish_visit(&visit(task(run, &number.to_string(), Lane::Bulk), size)).await.unwrap();
        }
        let (visits, _) = recorded(&mut finished).await;
        let rest = recorded(&mut finished).await.0;
        (visits.len(), rest.len())
    };
    assert_eq!(batch(0, MAX_PULL + 6).await, (MAX_PULL + 6, 0));
    // Half a MB each.
    assert_eq!(batch(2, MAX_PULL + 6).await, (MAX_PULL, 6));
}

#[tokio::test]
async fn a_large_visit_goes_round_and_leaves_nothing_behind() {
    let broker = Broker::start();
    let bus = broker.bus(UNHURRIED).await;
    let context = broker.jetstream().await;
    let large = visit(task(RunId::new(), "a", Lane::Bulk), 12);
    bus.publish_visit(&large).await.unwrap();
    bus.publish_visit(&large).await.unwrap();
    assert_eq!(bodies(&context).await, 1, "the second copy takes its body back");
    let mut finished = bus.finished().await.unwrap();
    let (visits, _) = recorded(&mut finished).await;
    assert!(visits == [large], "3 MB came back changed");
    assert_eq!(bodies(&context).await, 0);
}

#[tokio::test]
async fn a_visit_that_nobody_would_read_is_not_sent() {
    let broker = Broker::start();
    let bus = broker.bus(UNHURRIED).await;
    let error = bus.publish_visit(&visit(task(RunId::new(), "a", Lane::Bulk), 130)).await.unwrap_err();
    assert!(matches!(error, BusError::TooLarge { stream: "visits", .. }), "{error}");
    let mut contradictory = visit(task(RunId::new(), "b", Lane::Bulk), 1);
    contradictory.events[0].seq = 7;
    let error = bus.publish_visit(&contradictory).await.unwrap_err();
    assert!(matches!(error, BusError::Invalid { stream: "visits", .. }), "{error}");
    assert!(error.to_string().contains("seq"), "{error}");
    assert_eq!(bodies(&broker.jetstream().await).await, 0);
}

#[tokio::test]
async fn facts_are_never_given_up() {
    let broker = Broker::start();
    let bus = broker.bus(UNHURRIED).await;
    let visit = visit(task(RunId::new(), "a", Lane::Bulk), 0);
    bus.publish_visit(&visit).await.unwrap();
    let mut finished = bus.finished().await.unwrap();
    for attempt in 1..=8 {
        let mut batch = finished.next_batch(1, Duration::from_secs(5)).await.unwrap();
        let fact = batch.pop().expect("an unrecorded fact comes again");
        assert!(matches!(&fact, Fact::Visit(delivery) if delivery.attempt == attempt));
        fact.retry(Duration::from_millis(1)).await.unwrap();
    }
    assert_eq!(bus.dead_letters(0, 1).await.unwrap(), []);
}

#[tokio::test]
async fn a_visit_whose_body_is_gone_is_buried() {
    let broker = Broker::start();
    let bus = broker.bus(UNHURRIED).await;
    bus.publish_visit(&visit(task(RunId::new(), "a", Lane::Bulk), 4)).await.unwrap();
    let bucket = broker.jetstream().await.get_object_store("visit-bodies").await.unwrap();
    let body = bucket.list().await.unwrap().next().await.unwrap().unwrap();
    bucket.delete(&body.name).await.unwrap();
    let mut finished = bus.finished().await.unwrap();
    assert_eq!(recorded(&mut finished).await, (vec![], vec![]));
    assert_eq!(bus.dead_letters(0, 1).await.unwrap()[0].reason, "its body is no longer in the bucket");
}
