//! The DNS server, asked by a real resolver over UDP and TCP.

use std::net::{IpAddr, SocketAddr};

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{RData, RecordType};

use crate::lab;

fn resolver(dns: SocketAddr, mut connection: ConnectionConfig) -> TokioResolver {
    connection.port = dns.port();
    let server = NameServerConfig::new(dns.ip(), true, vec![connection]);
    let config = ResolverConfig::from_parts(None, vec![], vec![server]);
    TokioResolver::builder_with_config(config, TokioRuntimeProvider::default()).build().unwrap()
}

async fn addresses(resolver: &TokioResolver, name: &str) -> Option<Vec<IpAddr>> {
    Some(resolver.lookup_ip(format!("{name}.")).await.ok()?.iter().collect())
}

fn documentation(address: &IpAddr) -> bool {
    matches!(address, IpAddr::V4(v4) if v4.is_documentation())
}

#[tokio::test]
async fn names_of_the_web_have_documentation_addresses_and_others_none() {
    let lab = lab(2).await;
    for connection in [ConnectionConfig::udp(), ConnectionConfig::tcp()] {
        let resolver = resolver(lab.dns_addr(), connection);
        for name in ["clean.test", "gen-00002.test", "k.clarity.ms", "connect.facebook.net", "px.hop-one.test"] {
            let found = addresses(&resolver, name).await.unwrap_or_default();
            assert!(!found.is_empty() && found.iter().all(documentation), "{name}: {found:?}");
        }
        assert_eq!(addresses(&resolver, "gen-00003.test").await, None);
        assert_eq!(addresses(&resolver, "example.com").await, None);
    }
    lab.stop().await;
}

#[tokio::test]
async fn some_names_lead_to_private_addresses() {
    let lab = lab(0).await;
    let resolver = resolver(lab.dns_addr(), ConnectionConfig::udp());
    for (name, address) in [("rebind.test", "10.0.0.1"), ("loop.test", "127.0.0.1"), ("rebind6.test", "fd00::1")] {
        assert_eq!(addresses(&resolver, name).await, Some(vec![address.parse().unwrap()]), "{name}");
    }
    lab.stop().await;
}

#[tokio::test]
async fn a_cloaked_collector_is_a_chain_of_cnames() {
    let lab = lab(0).await;
    let resolver = resolver(lab.dns_addr(), ConnectionConfig::udp());
    let answer = resolver.lookup("metrics.cloaked.test.", RecordType::A).await.unwrap();
    let chain: Vec<String> = answer
        .answers()
        .iter()
        .filter_map(|record| match &record.data {
            RData::CNAME(target) => Some(target.0.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(chain, ["cloakedtest.sc.omtrdc.net.", "labcorp.sc.omtrdc.net."]);
    lab.stop().await;
}
