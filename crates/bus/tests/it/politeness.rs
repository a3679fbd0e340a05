//! Turns at a site, asked for by many.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use earshot_bus::{Ended, Manners, Turn, Turns};
use earshot_model::{Lane, PageUrl, Site};
use futures::future::join_all;
use tokio::time::sleep;
use uuid::Uuid;

use crate::broker::{Broker, UNHURRIED};

const MANNERS: Manners = Manners {
    at_once: 2,
    gap: Duration::from_millis(200),
    longest_gap: Duration::from_secs(60),
    failures: 2,
    rest: Duration::from_secs(60),
    visit_limit: Duration::from_secs(30),
};

fn site() -> Site {
    PageUrl::parse("https://a.test/").unwrap().site()
}

/// Waits for its turn and takes some time for a visit; gives when that began.
async fn visit(turns: &Turns, now: &AtomicUsize, most: &AtomicUsize) -> Instant {
    let who = Uuid::new_v4();
    while let Turn::Later(wait) = turns.ask(&site(), who, Lane::Bulk).await.unwrap() {
        sleep(wait).await;
    }
    let began = Instant::now();
    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
    sleep(Duration::from_millis(500)).await;
    now.fetch_sub(1, Ordering::SeqCst);
    turns.end(&site(), who, &Ended::Well).await.unwrap();
    began
}

#[tokio::test]
async fn however_many_workers_ask_a_site_meets_few_of_them() {
    let broker = Broker::start();
    let (one, two) = (broker.bus(UNHURRIED).await, broker.bus(UNHURRIED).await);
    let workers = [one.turns(MANNERS).await.unwrap(), two.turns(MANNERS).await.unwrap()];
    let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let visits = (0..8).map(|number| visit(&workers[number % 2], &now, &most));
    let mut began = join_all(visits).await;
    assert_eq!(most.into_inner(), 2, "as many as may, and no more");
    began.sort_unstable();
    // Our own clock and the one that decides are read some milliseconds apart.
    let least = MANNERS.gap - Duration::from_millis(50);
    assert!(began.windows(2).all(|pair| pair[1] - pair[0] >= least), "{began:?}");
}

#[tokio::test]
async fn what_one_worker_meets_all_of_them_know() {
    let broker = Broker::start();
    let (one, two) = (broker.bus(UNHURRIED).await, broker.bus(UNHURRIED).await);
    let (one, two) = (one.turns(MANNERS).await.unwrap(), two.turns(MANNERS).await.unwrap());
    let who = Uuid::new_v4();
    assert_eq!(one.ask(&site(), who, Lane::Bulk).await.unwrap(), Turn::Now);
    one.end(&site(), who, &Ended::TooFast(Some(Duration::from_secs(20)))).await.unwrap();
    let Turn::Later(wait) = two.ask(&site(), who, Lane::Bulk).await.unwrap() else { panic!("it asked for a pause") };
    assert!(wait > Duration::from_secs(15), "{wait:?}");
    one.end(&site(), who, &Ended::Failed("HTTP 503".into())).await.unwrap();
    let aside = two.ask(&site(), who, Lane::Bulk).await.unwrap();
    assert_eq!(aside, Turn::SetAside("2 failures in a row, the last: HTTP 503".into()));
    let other = PageUrl::parse("https://b.test/").unwrap().site();
    assert_eq!(two.ask(&other, who, Lane::Bulk).await.unwrap(), Turn::Now, "another site has nothing to do with it");
}
