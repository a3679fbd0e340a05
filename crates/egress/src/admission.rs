//! The check before every connection: may we go there, and at which addresses?

use std::net::{IpAddr, SocketAddr};

use hickory_resolver::{
    TokioResolver,
    config::{ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolveHosts, ResolverConfig},
    net::{NetError, runtime::TokioRuntimeProvider},
};
use url::Host;

use crate::{
    AliasError, EgressConfig, EgressError, RefusalReason, alias,
    answer::{Denial, Failure},
    destination::Destination,
    policy,
};

/// Decides who may be contacted. What it returns is what is connected to: nothing is looked up a second time, so
/// a name that changes its answer (DNS rebinding) gains nothing.
#[derive(Clone)]
pub(crate) struct Admission {
    allow_private: bool,
    /// `None` where names are the upstream's business alone.
    resolver: Option<TokioResolver>,
    upstream: bool,
}

/// How a checked destination is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// At one of these addresses, all of them checked.
    Direct(Vec<SocketAddr>),
    /// Through the upstream, which looks the name up itself.
    Upstream,
}

impl Admission {
    pub fn new(config: &EgressConfig) -> Result<Self, EgressError> {
        let upstream = config.upstream.is_some();
        let resolver = match config.dns {
            Some(server) => Some(resolver_at(server)?),
            None if upstream => None,
            None => Some(system_resolver()?),
        };
        Ok(Self { allow_private: config.allow_private, resolver, upstream })
    }

    /// The names that the CNAMEs of `host` lead through.
    pub async fn aliases(&self, host: &str) -> Result<Vec<String>, AliasError> {
        alias::chain(self.resolver.as_ref().ok_or(AliasError::Upstream)?, host).await
    }

    /// Judges `destination`, looking its name up where that is ours to do.
    pub async fn admit(&self, destination: &Destination) -> Result<Way, Denial> {
        let addresses = match &destination.host {
            Host::Ipv4(address) => self.judge(vec![(*address).into()], RefusalReason::PrivateAddress)?,
            Host::Ipv6(address) => self.judge(vec![(*address).into()], RefusalReason::PrivateAddress)?,
            Host::Domain(name) => {
                if !self.allow_private && policy::special_name(name) {
                    return Err(Denial::Refused(RefusalReason::SpecialName));
                }
                self.judge(self.resolve(name).await?, RefusalReason::ResolvesToPrivate)?
            }
        };
        if self.upstream {
            return Ok(Way::Upstream);
        }
        Ok(Way::Direct(addresses.into_iter().map(|address| SocketAddr::new(address, destination.port)).collect()))
    }

    /// One special address among many spoils all: which of them a connection takes is chance.
    fn judge(&self, addresses: Vec<IpAddr>, reason: fn(IpAddr) -> RefusalReason) -> Result<Vec<IpAddr>, Denial> {
        let special = addresses.iter().find(|address| policy::special_block(**address).is_some());
        match special {
            Some(address) if !self.allow_private => Err(Denial::Refused(reason(*address))),
            _ => Ok(addresses),
        }
    }

    /// Every address of `name`. With an upstream, a name that is unknown here has none and passes: the upstream
    /// may know it, and decides.
    async fn resolve(&self, name: &str) -> Result<Vec<IpAddr>, Failure> {
        let Some(resolver) = &self.resolver else { return Ok(Vec::new()) };
        // The final dot keeps the system's search domains out.
        match resolver.lookup_ip(format!("{name}.")).await {
            Ok(answer) => Ok(ordered(answer.iter().collect())),
            Err(error) if error.is_no_records_found() || error.is_nx_domain() => match self.upstream {
                true => Ok(Vec::new()),
                false => Err(Failure::NameNotResolved),
            },
            Err(NetError::Proto(_)) => Err(Failure::NameNotResolved),
            Err(error) => {
                tracing::debug!(host = name, %error, "name lookup failed");
                Err(Failure::NameServer)
            }
        }
    }
}

/// IPv4 first: many networks that scan from have no IPv6 route, and every public site has IPv4.
fn ordered(mut addresses: Vec<IpAddr>) -> Vec<IpAddr> {
    addresses.sort_by_key(IpAddr::is_ipv6);
    addresses.dedup();
    addresses
}

fn resolver_at(server: SocketAddr) -> Result<TokioResolver, EgressError> {
    let connection = |mut connection: ConnectionConfig| {
        connection.port = server.port();
        connection
    };
    let connections = vec![connection(ConnectionConfig::udp()), connection(ConnectionConfig::tcp())];
    let config =
        ResolverConfig::from_parts(None, Vec::new(), vec![NameServerConfig::new(server.ip(), true, connections)]);
    let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
    builder.options_mut().use_hosts_file = ResolveHosts::Never;
    builder.options_mut().ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
    Ok(builder.build()?)
}

fn system_resolver() -> Result<TokioResolver, EgressError> {
    let mut builder = TokioResolver::builder_tokio()?;
    builder.options_mut().ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
    Ok(builder.build()?)
}
