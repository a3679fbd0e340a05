use earshot_egress::{AliasError, Egress, EgressConfig, Failure, RefusalReason};

use crate::world::{Zone, connect, dns, door, echo};

const ZONE: Zone = &[
    ("shop.test", &["127.0.0.1"]),
    ("rebind.test", &["203.0.113.7", "10.0.0.1"]),
    ("six.test", &["2001:db8::7", "::1"]),
    ("broken.test", &[]),
    ("metrics.shop.test", &["shop.edge.test", "7.sink.test", "203.0.113.9"]),
    ("six-only.shop.test", &["six.sink.test", "2001:db8::9"]),
    ("six.sink.test", &["2001:db8::9"]),
    ("dangling.shop.test", &["gone.sink.test"]),
    ("loop.shop.test", &["other.shop.test", "loop.shop.test", "203.0.113.9"]),
];

async fn checked(allow_private: bool) -> EgressConfig {
    EgressConfig { dns: Some(dns(ZONE).await.0), allow_private, ..EgressConfig::default() }
}

#[tokio::test]
async fn the_given_server_resolves() {
    let port = echo().await.port();
    let door = door(checked(true).await).await;
    let (head, _stream) = connect(&door, &format!("Shop.TEST.:{port}")).await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert_eq!(door.close().await.hosts["shop.test"].connections, 1);
}

#[tokio::test]
async fn one_private_answer_refuses_the_name() {
    let door = door(checked(false).await).await;
    for (name, address) in [("shop.test", "127.0.0.1"), ("rebind.test", "10.0.0.1"), ("six.test", "::1")] {
        let (head, _) = connect(&door, &format!("{name}:443")).await;
        assert!(head.contains("x-earshot-refused: private-address"), "{name}: {head}");
        let refused = door.ledger().refused.pop().unwrap();
        assert_eq!(refused.host, name);
        assert_eq!(refused.reason, RefusalReason::ResolvesToPrivate(address.parse().unwrap()));
    }
}

#[tokio::test]
async fn unknown_names_and_failing_servers_are_told_apart() {
    let door = door(checked(false).await).await;
    let endless = format!("{}.test", "x".repeat(64));
    for (name, word) in [
        ("nowhere.test", "name-not-resolved"),
        (endless.as_str(), "name-not-resolved"),
        ("broken.test", "name-server-failed"),
    ] {
        let (head, _) = connect(&door, &format!("{name}:443")).await;
        assert!(head.starts_with("HTTP/1.1 502"), "{name}: {head}");
        assert!(head.contains(&format!("x-earshot-error: {word}\r\n")), "{name}: {head}");
    }
    let ledger = door.close().await;
    assert!(ledger.refused.is_empty(), "not reached is not refused");
    assert_eq!(ledger.failed["nowhere.test"], Failure::NameNotResolved);
    assert_eq!(ledger.failed["broken.test"], Failure::NameServer);
}

#[tokio::test]
async fn aliases_are_told_with_their_chain() {
    let egress = Egress::new(checked(false).await).unwrap();
    assert_eq!(egress.aliases("metrics.shop.test").await.unwrap(), ["shop.edge.test", "7.sink.test"]);
    assert_eq!(egress.aliases("Metrics.Shop.TEST.").await.unwrap().len(), 2);
    assert_eq!(egress.aliases("six-only.shop.test").await.unwrap(), ["six.sink.test"]);
    assert_eq!(egress.aliases("dangling.shop.test").await.unwrap(), ["gone.sink.test"]);
    for none in ["shop.test", "203.0.113.9", "[2001:db8::1]"] {
        assert_eq!(egress.aliases(none).await.unwrap(), Vec::<String>::new(), "{none}");
    }
    assert!(egress.aliases("loop.shop.test").await.is_ok_and(|chain| chain.len() <= 16));
}

#[tokio::test]
async fn nobody_to_ask_is_not_no_alias() {
    let egress = Egress::new(checked(false).await).unwrap();
    assert_eq!(egress.aliases("nowhere.test").await, Err(AliasError::Unknown));
    assert_eq!(egress.aliases("broken.test").await, Err(AliasError::Server));
    let upstream = Some("http://127.0.0.1:9".parse().unwrap());
    let egress = Egress::new(EgressConfig { upstream, ..EgressConfig::default() }).unwrap();
    assert_eq!(egress.aliases("metrics.shop.test").await, Err(AliasError::Upstream));
}
