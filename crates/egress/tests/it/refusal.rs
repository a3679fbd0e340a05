use earshot_egress::{EgressConfig, RefusalReason};

use crate::world::{connect, dns, door, echo, get};

/// What must never be contacted, in every spelling that clients and tricksters use.
const FORBIDDEN: &[&str] = &[
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "0x7f.1",
    "0x7f000001",
    "2130706433",
    "0177.0.0.1",
    "017700000001",
    "0",
    "0.0.0.0",
    "10.0.0.1",
    "192.168.1.1",
    "172.16.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "0xa9fea9fe",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:a9fe:a9fe]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "[fec0::1]",
    "[ff02::1]",
    "localhost",
    "LOCALHOST.",
    "app.localhost",
    "printer.local",
    "metadata.google.internal",
    "router",
    "router.",
    "db.corp",
    "nas.home.arpa",
];

#[tokio::test]
async fn special_literals_and_names_are_refused_in_every_spelling() {
    let (server, asked) = dns(&[]).await;
    let door = door(EgressConfig { dns: Some(server), ..EgressConfig::default() }).await;
    for host in FORBIDDEN {
        let (head, _) = connect(&door, &format!("{host}:443")).await;
        assert!(head.starts_with("HTTP/1.1 403"), "{host}: {head}");
        assert!(head.contains("x-earshot-refused: private-address\r\n"), "{host}: {head}");
        let response = get(&door, &format!("http://{host}:8080/")).await;
        assert!(response.starts_with("HTTP/1.1 403"), "{host}: {response}");
        assert!(response.contains("x-earshot-refused: private-address\r\n"), "{host}: {response}");
    }
    let ledger = door.close().await;
    assert_eq!(ledger.refused.len(), 2 * FORBIDDEN.len());
    assert!(ledger.hosts.is_empty());
    assert!(asked.lock().unwrap().is_empty(), "nothing is looked up for a name that is refused");
}

#[tokio::test]
async fn a_refusal_names_host_port_and_reason() {
    let door = door(EgressConfig { dns: Some(dns(&[]).await.0), ..EgressConfig::default() }).await;
    connect(&door, "0x7f.1:9222").await;
    get(&door, "http://app.localhost/").await;
    let refused = door.close().await.refused;
    assert_eq!((refused[0].host.as_str(), refused[0].port), ("127.0.0.1", 9222));
    assert_eq!(refused[0].reason, RefusalReason::PrivateAddress([127, 0, 0, 1].into()));
    assert_eq!((refused[1].host.as_str(), refused[1].port), ("app.localhost", 80));
    assert_eq!(refused[1].reason, RefusalReason::SpecialName);
}

#[tokio::test]
async fn a_listener_on_loopback_stays_untouched_by_default() {
    let server = echo().await;
    let door = door(EgressConfig { dns: Some(dns(&[]).await.0), ..EgressConfig::default() }).await;
    let (head, _) = connect(&door, &server.to_string()).await;
    assert!(head.starts_with("HTTP/1.1 403"), "{head}");
}
