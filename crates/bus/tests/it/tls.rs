//! TLS and credentials: what lets us in, and what is said when we are kept out.

use std::time::Duration;

use earshot_bus::{Bus, BusConfig, BusError, Credentials, Tls};

use crate::{broker::Broker, secured};

async fn refused(config: BusConfig) -> (BusError, String) {
    let error = Bus::connect(config).await.unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("hunter2"), "{shown}");
    (error, shown)
}

#[tokio::test]
async fn who_is_kept_out_is_told_why_and_no_secret_is_shown() {
    let broker = secured::start(false);
    let usual = || secured::config(&broker, "browser");

    let wrong = Credentials::UserPassword { user: "browser".into(), password: "hunter2".into() };
    let (error, shown) = refused(BusConfig { credentials: wrong, ..usual() }).await;
    assert!(matches!(error, BusError::Refused { .. }) && !error.retry_helps(), "{shown}");
    assert!(shown.contains("user 'browser'") && shown.contains("bus.password"), "{shown}");

    let (error, shown) = refused(BusConfig { credentials: Credentials::None, ..usual() }).await;
    assert!(matches!(error, BusError::Refused { .. }), "{shown}");

    let stranger = Tls { ca: Some(broker.dir().join("stranger.pem")), ..usual().tls };
    let (error, shown) = refused(BusConfig { tls: stranger, ..usual() }).await;
    assert!(matches!(error, BusError::Tls { .. }) && !error.retry_helps(), "{shown}");
    assert!(shown.contains("UnknownIssuer") && shown.contains("bus.ca_cert"), "{shown}");

    // A system that knows nothing of this CA, and a client that was not told of TLS at all.
    let (error, shown) = refused(BusConfig { tls: Tls::default(), ..usual() }).await;
    assert!(matches!(error, BusError::Tls { .. }), "{shown}");

    // The password within the address counts the same, and the client does not get to log it.
    let url = format!("nats://browser:{}@localhost:{}", "hunter2", broker.port());
    let (error, shown) = refused(BusConfig { tls: usual().tls, ..BusConfig::at(url) }).await;
    assert!(matches!(error, BusError::Refused { .. }), "{shown}");

    let absent = Tls { ca: Some("/nonexistent/ca.pem".into()), ..usual().tls };
    let (error, shown) = refused(BusConfig { tls: absent, ..usual() }).await;
    assert!(matches!(error, BusError::Tls { .. }), "{shown}");
}

#[tokio::test]
async fn a_certificate_of_ours_is_shown_to_a_broker_that_asks_for_one() {
    let broker = secured::start(true);
    let usual = || secured::config(&broker, "admin");
    let patience = Duration::from_millis(300);
    let (error, shown) = refused(BusConfig { connect_patience: patience, ..usual() }).await;
    assert!(matches!(error, BusError::Tls { .. } | BusError::Connect { .. }), "{shown}");

    let client = Some((broker.dir().join("client.pem"), broker.dir().join("client-key.pem")));
    let bus = Bus::connect(BusConfig { tls: Tls { client, ..usual().tls }, ..usual() }).await.unwrap();
    bus.ensure_topology().await.unwrap();
}

#[tokio::test]
async fn tls_that_is_demanded_is_not_done_without() {
    let broker = Broker::start();
    let tls = Tls { required: true, ..Tls::default() };
    let config = BusConfig { tls, connect_patience: Duration::from_millis(300), ..BusConfig::at(broker.url()) };
    assert!(matches!(refused(config).await.0, BusError::Tls { .. } | BusError::Connect { .. }));
}

#[tokio::test]
async fn several_servers_are_tried_until_one_answers() {
    let mut gone = Broker::start();
    gone.kill();
    let broker = Broker::start();
    let urls = format!("{},{}", gone.url(), broker.url());
    Bus::connect(BusConfig::at(urls)).await.unwrap().ensure_topology().await.unwrap();
}
