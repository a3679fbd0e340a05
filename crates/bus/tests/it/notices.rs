//! Notices: one queue with one lane, and what was sent is remembered.

use earshot_model::{Notice, RunId};

use crate::broker::{Broker, UNHURRIED};

#[tokio::test]
async fn a_notice_that_is_asked_for_twice_waits_once() {
    let broker = Broker::start();
    let bus = broker.bus(UNHURRIED).await;
    let notice = Notice { earlier: RunId::new(), later: RunId::new(), channel: "ops & others".into() };
    let mut notices = bus.notices().await.unwrap();
    assert!(notices.waiting().await.unwrap().is_none());
    bus.publish_notice(&notice).await.unwrap();
    bus.publish_notice(&notice).await.unwrap();
    let delivery = notices.next().await.unwrap().unwrap();
    assert_eq!(delivery.item, notice);
    assert!(!bus.was_sent(notice.id()).await.unwrap());
    bus.note_sent(notice.id()).await.unwrap();
    delivery.ack().await.unwrap();
    assert!(notices.waiting().await.unwrap().is_none());
    let other = Notice { channel: "legal".into(), ..notice.clone() };
    assert!(bus.was_sent(notice.id()).await.unwrap() && !bus.was_sent(other.id()).await.unwrap());
}
