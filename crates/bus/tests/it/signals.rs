//! What a run is told.

use std::collections::HashMap;

use earshot_bus::Signal;
use earshot_model::RunId;

use crate::broker::{Broker, UNHURRIED};

#[tokio::test]
async fn a_run_is_paused_goes_on_and_is_cancelled_for_good() {
    let broker = Broker::start();
    let bus = broker.bus(UNHURRIED).await;
    let run = RunId::new();
    assert_eq!(bus.signal(run).await.unwrap(), Signal::Go);
    bus.pause(run).await.unwrap();
    assert_eq!(bus.signal(run).await.unwrap(), Signal::Pause);
    bus.unpause(run).await.unwrap();
    assert!(!bus.is_cancelled(run).await.unwrap());
    bus.cancel(run).await.unwrap();
    bus.unpause(run).await.unwrap();
    assert!(bus.is_cancelled(run).await.unwrap());
}

#[tokio::test]
async fn a_watch_hears_what_was_said_and_what_is_said() {
    let broker = Broker::start();
    let bus = broker.bus(UNHURRIED).await;
    let (before, after) = (RunId::new(), RunId::new());
    bus.cancel(before).await.unwrap();
    let mut watch = bus.watch_signals().await.unwrap();
    bus.pause(after).await.unwrap();
    let mut heard = HashMap::new();
    for _ in 0..2 {
        heard.extend(watch.next().await.unwrap());
    }
    assert_eq!(heard, HashMap::from([(before, Signal::Cancel), (after, Signal::Pause)]));
}
