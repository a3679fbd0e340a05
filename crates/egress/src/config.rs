//! How an egress reaches the world.

use std::{fmt, net::SocketAddr};

use url::Url;

/// Where connections go and what is refused. The default goes straight out, asks the system's name servers and
/// refuses everything that is not public.
#[derive(Clone, Default)]
pub struct EgressConfig {
    /// A forward proxy that all traffic takes: `http://[user:password@]host:port`. A region's exit, or the lab.
    /// Its own address is the operator's choice and is not judged.
    pub upstream: Option<Url>,
    /// A DNS server (UDP and TCP) that is asked instead of the system's. With an upstream it serves the check of
    /// addresses only: the upstream still resolves for itself.
    pub dns: Option<SocketAddr>,
    /// Lets private, loopback and other special addresses pass. For tests and for networks of one's own.
    pub allow_private: bool,
}

impl EgressConfig {
    /// From where the web is seen: `direct`, or `proxy HOST:PORT`, without credentials.
    #[must_use]
    pub fn exit(&self) -> String {
        match &self.upstream {
            None => "direct".to_owned(),
            Some(url) => {
                let host = url.host_str().unwrap_or_default();
                format!("proxy {host}:{}", url.port_or_known_default().unwrap_or_default())
            }
        }
    }
}

/// The upstream's credentials are left out.
impl fmt::Debug for EgressConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let upstream =
            self.upstream.as_ref().map(|url| (url.host_str().unwrap_or_default(), url.port_or_known_default()));
        f.debug_struct("EgressConfig")
            .field("upstream", &upstream)
            .field("dns", &self.dns)
            .field("allow_private", &self.allow_private)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_printed() {
        let upstream = Some(Url::parse("http://ann:s3cret@exit.example:3128").unwrap());
        let printed = format!("{:?}", EgressConfig { upstream: upstream.clone(), ..EgressConfig::default() });
        assert!(printed.contains("exit.example") && printed.contains("3128"), "{printed}");
        assert!(!printed.contains("s3cret") && !printed.contains("ann"), "{printed}");
        assert_eq!(EgressConfig { upstream, ..EgressConfig::default() }.exit(), "proxy exit.example:3128");
        assert_eq!(EgressConfig::default().exit(), "direct");
    }
}
