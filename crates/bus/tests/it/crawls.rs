//! A crawl is decided once.

use earshot_model::RunId;
use futures::future::join_all;

use crate::{
    broker::{Broker, UNHURRIED},
    samples::crawl,
};

#[tokio::test]
async fn whoever_decides_first_decides_for_all() {
    let broker = Broker::start();
    let bus = broker.bus(UNHURRIED).await;
    let run = RunId::new();
    let paths: Vec<String> = (0..8).map(|n| format!("page{n}")).collect();
    let crawls: Vec<_> = paths.iter().map(|path| crawl(run, &[path])).collect();
    let decided = join_all(crawls.iter().map(|crawl| bus.decide_crawl(crawl))).await;
    let decided: Vec<_> = decided.into_iter().map(Result::unwrap).collect();
    assert!(crawls.contains(&decided[0]));
    assert!(decided.iter().all(|crawl| crawl == &decided[0]));
    // Another run decides for itself.
    let other = crawl(RunId::new(), &["other"]);
    assert_eq!(bus.decide_crawl(&other).await.unwrap(), other);
}
