//! What can go wrong on the bus, where, and what to do.

use earshot_model::wire::WireError;
use thiserror::Error;

/// The client library's errors, of which it has dozens.
pub(crate) type Source = Box<dyn std::error::Error + Send + Sync>;

/// What went wrong on the bus.
#[derive(Debug, Error)]
pub enum BusError {
    /// Nobody answered in time.
    #[error("cannot reach NATS at {url}: {source}; start nats-server, or mend the address")]
    Connect {
        /// The address, without credentials.
        url: String,
        /// Why.
        source: Source,
    },
    /// It cannot be reached there, ever.
    #[error("'{url}' is no address of NATS; write nats://host:4222, or tls://host:4222")]
    Address {
        /// What was given, without credentials.
        url: String,
    },
    /// The broker does not know us.
    #[error(
        "NATS at {url} refuses us: {who}; mend the user, the password or the key (bus.user, bus.password, bus.nkey_file, \
         bus.creds_file), or let the server know them"
    )]
    Refused {
        /// The address, without credentials.
        url: String,
        /// As whom we came, without what is secret.
        who: String,
    },
    /// No protected connection came about.
    #[error(
        "cannot speak TLS with NATS at {url}: {source}; is bus.ca_cert the CA that signed the server's certificate, does \
         that name this host, and are bus.client_cert and bus.client_key a pair that the server trusts?"
    )]
    Tls {
        /// The address, without credentials.
        url: String,
        /// Why.
        source: Source,
    },
    /// What is to prove who we are is no such thing.
    #[error("credentials for NATS: {what}")]
    Credentials {
        /// What is wrong, without what is secret.
        what: &'static str,
    },
    /// The broker knows us, and does not let us do this.
    #[error(
        "NATS does not permit this user: {what}; give it the permissions of its role (deploy/nats/permissions.conf)"
    )]
    Denied {
        /// What was refused, with its subject.
        what: String,
    },
    /// A stream, consumer or bucket is not there, or is another than this version needs; whoever looked may only look.
    #[error("'{name}' is not set up on NATS: {why}; start a coordinator, or run `earshot migrate --bus` as its user")]
    NotSetUp {
        /// Which one.
        name: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// A stream, consumer or bucket could not be set up.
    #[error(
        "cannot set up '{name}': {source}; does nats-server run with JetStream (-js), with enough nodes for the \
         replicas asked for, and is there no stream of that name with another retention?"
    )]
    Topology {
        /// Which one.
        name: &'static str,
        /// Why.
        source: Source,
    },
    /// A message was not stored.
    #[error("'{stream}' did not take a message: {source}; is NATS up, its disk not full, and the topology set up?")]
    Publish {
        /// For which stream.
        stream: &'static str,
        /// Why.
        source: Source,
        /// Whether the broker was just not there.
        transient: bool,
    },
    /// A message would be refused by whoever reads it.
    #[error("a message for '{stream}' contradicts itself: {source}; this is a mistake in Earshot")]
    Invalid {
        /// For which stream.
        stream: &'static str,
        /// What is wrong with it.
        source: WireError,
    },
    /// A message is larger than its readers take.
    #[error("a message of {len} bytes for '{stream}' is more than the {max} that it takes; lower the page limits")]
    TooLarge {
        /// For which stream or bucket.
        stream: &'static str,
        /// Its length in bytes.
        len: usize,
        /// The limit in bytes.
        max: usize,
    },
    /// No messages could be asked for.
    #[error("cannot take messages from '{stream}': {source}; is NATS up, and the topology set up?")]
    Pull {
        /// From which stream.
        stream: &'static str,
        /// Why.
        source: Source,
    },
    /// An acknowledgement was not confirmed: the message will come again.
    #[error("'{stream}' did not confirm an acknowledgement: {source}; the message will be delivered again")]
    Ack {
        /// Of which stream.
        stream: &'static str,
        /// Why.
        source: Source,
    },
    /// A bucket did not answer.
    #[error("bucket '{bucket}' did not answer: {source}; is NATS up, and the topology set up?")]
    Bucket {
        /// Which one.
        bucket: &'static str,
        /// Why.
        source: Source,
    },
    /// A bucket holds what this version cannot read.
    #[error("bucket '{bucket}' holds what this version cannot read: {source}; start a new run, or upgrade")]
    Undecodable {
        /// Which one.
        bucket: &'static str,
        /// What is wrong with it.
        source: WireError,
    },
}

impl BusError {
    /// Whether the same call may succeed later with nothing changed but the broker's health.
    #[must_use]
    pub fn retry_helps(&self) -> bool {
        match self {
            Self::Connect { .. } | Self::Pull { .. } | Self::Ack { .. } | Self::Bucket { .. } => true,
            Self::Publish { transient, .. } => *transient,
            Self::NotSetUp { .. } => true,
            Self::Address { .. }
            | Self::Refused { .. }
            | Self::Tls { .. }
            | Self::Credentials { .. }
            | Self::Denied { .. } => false,
            Self::Topology { .. } | Self::Invalid { .. } | Self::TooLarge { .. } | Self::Undecodable { .. } => false,
        }
    }

    pub(crate) fn topology<E: Into<Source>>(name: &'static str) -> impl Fn(E) -> Self {
        move |source| Self::Topology { name, source: source.into() }
    }

    pub(crate) fn pull<E: Into<Source>>(stream: &'static str) -> impl Fn(E) -> Self {
        move |source| Self::Pull { stream, source: source.into() }
    }

    pub(crate) fn bucket<E: Into<Source>>(bucket: &'static str) -> impl Fn(E) -> Self {
        move |source| Self::Bucket { bucket, source: source.into() }
    }
}
