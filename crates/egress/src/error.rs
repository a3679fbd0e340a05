//! What can go wrong on our side. A host that refuses or does not answer is no error but an answer of the door.

use thiserror::Error;

/// Why an egress could not be set up.
#[derive(Debug, Error)]
pub enum EgressError {
    /// The upstream is no `http://host:port`. Only plain HTTP proxies are chained.
    #[error("the upstream proxy must be http://[user:password@]host:port, not '{scheme}:'")]
    UpstreamScheme {
        /// The scheme that was given; the rest is withheld, it may hold a password.
        scheme: String,
    },
    /// The upstream has no host, or a user name that is no header value.
    #[error("the upstream proxy's address is unusable: {0}")]
    Upstream(&'static str),
    /// The name resolver could not be set up from the system's configuration or the server given.
    #[error("the name resolver could not be set up: {0}")]
    Resolver(#[from] hickory_resolver::net::NetError),
    /// No loopback port could be opened for a door.
    #[error("no loopback port for a door: {0}")]
    Listen(#[source] std::io::Error),
}
