//! The egress: what all doors of a process share.

use std::{fmt, sync::Arc};

use url::Host;

use crate::{AliasError, Door, EgressConfig, EgressError, admission::Admission, upstream::Upstream};

/// How this process reaches the world. Cheap to clone; clones share the resolver and its cache.
#[derive(Clone)]
pub struct Egress(Arc<Shared>);

/// What a door needs to let somebody through.
pub(crate) struct Shared {
    pub admission: Admission,
    pub upstream: Option<Upstream>,
    /// [`EgressConfig::exit`].
    pub exit: String,
}

impl Egress {
    /// Reads the configuration; contacts nobody yet.
    ///
    /// # Errors
    /// [`EgressError::Upstream`] and [`EgressError::UpstreamScheme`] for an address that is no plain HTTP proxy,
    /// [`EgressError::Resolver`] if the system's name servers are needed and not configured.
    pub fn new(config: EgressConfig) -> Result<Self, EgressError> {
        let exit = config.exit();
        let upstream = config.upstream.as_ref().map(Upstream::new).transpose()?;
        Ok(Self(Arc::new(Shared { admission: Admission::new(&config)?, upstream, exit })))
    }

    /// From where the web is seen: [`EgressConfig::exit`].
    #[must_use]
    pub fn exit(&self) -> &str {
        &self.0.exit
    }

    /// Opens a listener of its own on loopback: one for each visit and each crawl.
    ///
    /// # Errors
    /// [`EgressError::Listen`] if no loopback port is free.
    pub async fn open(&self) -> Result<Door, EgressError> {
        Door::open(self.0.clone()).await
    }

    /// The names that the CNAMEs of `host` (as in a URL) lead through, in order, without `host` itself; at most 16.
    /// Empty if there is none, and for an address. Asked of the resolver that the doors use.
    ///
    /// # Errors
    /// [`AliasError`] if nobody can say: no resolver of ours, an unknown name, a server that fails.
    pub async fn aliases(&self, host: &str) -> Result<Vec<String>, AliasError> {
        match Host::parse(host) {
            Ok(Host::Domain(name)) => self.0.admission.aliases(name.trim_end_matches('.')).await,
            Ok(Host::Ipv4(_) | Host::Ipv6(_)) => Ok(Vec::new()),
            Err(_) => Err(AliasError::Unknown),
        }
    }
}

impl fmt::Debug for Egress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Egress").field("upstream", &self.0.upstream).finish_non_exhaustive()
    }
}
