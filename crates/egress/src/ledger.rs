//! What went through a door: every host, connection, byte and refusal.

use std::{
    collections::BTreeMap,
    fmt,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use crate::{answer::Failure, destination::Destination};

/// Hosts that one door keeps apart. A page contacts tens, the worst measured a few hundred; what a hostile page
/// adds beyond is counted under [`Ledger::OTHER_HOSTS`].
const MAX_HOSTS: usize = 2_000;

/// Refusals that one door keeps. Later ones are answered alike, but only counted.
const MAX_REFUSALS: usize = 1_000;

/// Hosts whose failures one door keeps apart. Later ones are answered alike, but not kept.
const MAX_FAILURES: usize = 1_000;

/// A picture of what went through a door.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Traffic by host, as written in a URL (ASCII, lower case, no port, IPv6 in brackets).
    pub hosts: BTreeMap<String, Traffic>,
    /// What was refused, in order; at most 1,000.
    pub refused: Vec<Refusal>,
    /// Refusals beyond those kept.
    pub refused_more: u64,
    /// Why hosts could not be reached, by host as above: the last failure of each; at most 1,000. In a tunnel that was
    /// never opened a client hears nothing of it.
    pub failed: BTreeMap<String, Failure>,
}

/// What one host received and sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Connections opened to it (through the upstream, where there is one).
    pub connections: u64,
    /// Bytes sent to it: TLS records for a tunnel, request heads and bodies for plain HTTP.
    pub bytes_up: u64,
    /// Bytes received from it, likewise.
    pub bytes_down: u64,
    /// The address that was connected to first; `None` through an upstream, which connects itself.
    pub address: Option<SocketAddr>,
}

/// One attempt that was not let through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The host as it was asked for, in URL form.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Why.
    pub reason: RefusalReason,
}

/// Why an attempt was not let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalReason {
    /// The host is an address that is not public.
    PrivateAddress(IpAddr),
    /// The host is a name, and at least one of its addresses is not public (DNS rebinding looks like this).
    ResolvesToPrivate(IpAddr),
    /// The name belongs to private networks: `localhost`, `*.internal`, a single label.
    SpecialName,
}

/// The book that a door writes while it is open.
#[derive(Debug, Default)]
pub(crate) struct Book(Mutex<Pages>);

#[derive(Debug, Default)]
struct Pages {
    hosts: BTreeMap<String, Arc<Tally>>,
    refused: Vec<Refusal>,
    refused_more: u64,
    failed: BTreeMap<String, Failure>,
}

/// Running totals of one host.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    connections: AtomicU64,
    pub up: AtomicU64,
    pub down: AtomicU64,
    address: OnceLock<SocketAddr>,
}

impl Ledger {
    /// Under this key stands the traffic of all hosts beyond the first 2,000.
    pub const OTHER_HOSTS: &'static str = "*";
}

impl RefusalReason {
    /// The value of the header `x-earshot-refused`: one word for all, since they mean the same to a caller.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        "private-address"
    }
}

impl fmt::Display for RefusalReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PrivateAddress(address) => write!(f, "{address} is not a public address"),
            Self::ResolvesToPrivate(address) => write!(f, "the name leads to {address}, not a public address"),
            Self::SpecialName => f.write_str("the name belongs to private networks"),
        }
    }
}

impl Book {
    /// Counts a connection to `destination`, which `address` answered, and gives the totals that its bytes are added to.
    pub fn connected(&self, destination: &Destination, address: Option<SocketAddr>) -> Arc<Tally> {
        let mut pages = self.pages();
        let host = destination.host();
        let room = pages.hosts.len() < MAX_HOSTS || pages.hosts.contains_key(&host);
        let key = if room { host } else { Ledger::OTHER_HOSTS.to_owned() };
        let tally = pages.hosts.entry(key).or_default().clone();
        tally.connections.fetch_add(1, Relaxed);
        if let Some(address) = address {
            let _ = tally.address.set(address);
        }
        tally
    }

    pub fn refused(&self, destination: &Destination, reason: RefusalReason) {
        let mut pages = self.pages();
        if pages.refused.len() < MAX_REFUSALS {
            pages.refused.push(Refusal { host: destination.host(), port: destination.port, reason });
        } else {
            pages.refused_more += 1;
        }
    }

    pub fn failed(&self, destination: &Destination, failure: Failure) {
        let (mut pages, host) = (self.pages(), destination.host());
        if pages.failed.len() < MAX_FAILURES || pages.failed.contains_key(&host) {
            pages.failed.insert(host, failure);
        }
    }

    pub fn snapshot(&self) -> Ledger {
        let pages = self.pages();
        let hosts = pages.hosts.iter().map(|(host, tally)| (host.clone(), tally.traffic())).collect();
        let (refused, failed) = (pages.refused.clone(), pages.failed.clone());
        Ledger { hosts, refused, refused_more: pages.refused_more, failed }
    }

    /// Counters stay true even if a thread died while it held them.
    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tally {
    fn traffic(&self) -> Traffic {
        Traffic {
            connections: self.connections.load(Relaxed),
            bytes_up: self.up.load(Relaxed),
            bytes_down: self.down.load(Relaxed),
            address: self.address.get().copied(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn destination(authority: &str) -> Destination {
        Destination::parse(&authority.parse().unwrap(), Some(443)).unwrap()
    }

    #[test]
    fn a_ledger_is_bounded_and_says_what_it_left_out() {
        let book = Book::default();
        for number in 0..MAX_HOSTS + 3 {
            book.connected(&destination(&format!("h{number}.test")), None);
        }
        for _ in 0..MAX_REFUSALS + 2 {
            book.refused(&destination("localhost:22"), RefusalReason::SpecialName);
        }
        for number in 0..MAX_FAILURES + 2 {
            book.failed(&destination(&format!("f{number}.test")), Failure::ConnectFailed);
            book.failed(&destination("f0.test"), Failure::NameNotResolved);
        }
        let ledger = book.snapshot();
        assert_eq!(ledger.hosts.len(), MAX_HOSTS + 1);
        assert_eq!(ledger.hosts[Ledger::OTHER_HOSTS].connections, 3);
        assert_eq!((ledger.refused.len(), ledger.refused_more), (MAX_REFUSALS, 2));
        assert_eq!((ledger.failed.len(), ledger.failed["f0.test"]), (MAX_FAILURES, Failure::NameNotResolved));
        assert_eq!((ledger.refused[0].host.as_str(), ledger.refused[0].port), ("localhost", 22));
    }
}
