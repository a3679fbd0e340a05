use earshot_egress::{EgressConfig, RefusalReason};

use crate::world::{Zone, connect, dns, door, echo};

const ZONE: Zone = &[
    ("shop.test", &["127.0.0.1"]),
    ("rebind.test", &["203.0.113.7", "10.0.0.1"]),
    ("six.test", &["2001:db8::7", "::1"]),
    ("broken.test", &[]),
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
    assert!(door.close().await.refused.is_empty(), "not reached is not refused");
}
