//! What is told of visits while they go on.

use std::time::Duration;

use earshot_bus::{Bus, BusConfig, Watch, topology::LIVE_KEPT};
use earshot_model::{Lane, Live, LiveEvent, LiveFact, Outcome, PictureKind, RunId, Transport};
use futures::StreamExt as _;
use tokio::time::timeout;

use crate::{broker::Broker, samples::task};

/// No test waits for half of this.
const PATIENCE: Duration = Duration::from_secs(20);

fn contact(at: u32) -> LiveEvent {
    let fact = LiveFact::Contact { address: format!("collect.example/{at}"), transport: Transport::Beacon };
    LiveEvent { at_ms: f64::from(at), fact }
}

async fn bus(broker: &Broker) -> Bus {
    Bus::connect(BusConfig::at(broker.url())).await.unwrap()
}

async fn next(watch: &mut Watch) -> Live {
    timeout(PATIENCE, watch.next()).await.expect("nothing was told").unwrap()
}

/// So many events, in their order, whatever stretches they come in.
async fn told(watch: &mut Watch, count: usize) -> Vec<LiveEvent> {
    let mut events = Vec::new();
    while events.len() < count {
        let live = next(watch).await;
        assert_eq!(live.first as usize, events.len());
        events.extend(live.events);
    }
    events
}

#[tokio::test]
async fn who_watches_is_told_what_has_been_and_what_comes_and_who_does_not_costs_nothing() {
    let broker = Broker::start();
    let (worker, run, other) = (bus(&broker).await, RunId::new(), RunId::new());
    let mut wire = async_nats::connect(broker.url()).await.unwrap().subscribe("earshot.live.>").await.unwrap();
    let narrator = worker.narrator();
    let (visit, unwatched) =
        (narrator.open(&task(run, "a", Lane::Bulk)), narrator.open(&task(other, "a", Lane::Interactive)));
    visit.tell(LiveEvent { at_ms: 0.0, fact: LiveFact::Navigated });
    visit.tell(contact(1));
    let picture = LiveFact::Picture { kind: PictureKind::Banner, jpeg: vec![7; LiveFact::PICTURE] };
    visit.tell(LiveEvent { at_ms: 2.0, fact: picture });

    let mut early = bus(&broker).await.watch(run).await.unwrap();
    let before = told(&mut early, 4).await;
    assert_eq!((&before[0].fact, &before[2]), (&LiveFact::Opened, &contact(1)));
    visit.tell(contact(3));
    unwatched.tell(contact(3));
    let live = next(&mut early).await;
    assert_eq!((live.first, live.events, live.task), (4, vec![contact(3)], task(run, "a", Lane::Bulk)));
    assert!(live.clock_ms.unwrap() >= 0.0);

    // Who comes late is told all of it; who has had it, nothing twice.
    let mut late = bus(&broker).await.watch(run).await.unwrap();
    assert_eq!(told(&mut late, 5).await.len(), 5);
    let ended = LiveEvent { at_ms: 9.0, fact: LiveFact::Ended(Outcome::Loaded { status: 200 }) };
    visit.tell(ended.clone());
    for watch in [&mut early, &mut late] {
        let live = next(watch).await;
        assert_eq!((live.first, live.events), (5, vec![ended.clone()]));
    }

    // On the wire there was nothing of the run that nobody watches.
    while let Ok(Some(message)) = timeout(Duration::ZERO, wire.next()).await {
        assert_eq!(message.subject.as_str(), format!("earshot.live.{run}"));
    }
}

#[tokio::test]
async fn a_flood_is_dropped_and_what_was_dropped_is_told_once_it_is_asked_for() {
    let broker = Broker::start();
    let (worker, run) = (bus(&broker).await, RunId::new());
    let visit = worker.narrator().open(&task(run, "a", Lane::Bulk));
    let mut watch = bus(&broker).await.watch(run).await.unwrap();
    assert_eq!(told(&mut watch, 1).await.len(), 1);
    // Nothing is sent meanwhile: it never yields.
    (0..2_000).for_each(|at| visit.tell(contact(at)));
    let mut events = 1;
    while events < LIVE_KEPT {
        let live = next(&mut watch).await;
        assert_eq!(live.first as usize, events);
        events += live.events.len();
    }
    assert_eq!(events, LIVE_KEPT);
}
