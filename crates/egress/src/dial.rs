//! Opening the connection that was admitted.

use std::{net::SocketAddr, time::Duration};

use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time::timeout};
use tokio_util::either::Either;

use crate::{admission::Way, answer::Failure, destination::Destination, upstream::Upstream};

/// From the first SYN to a usable connection, over all addresses. Browsers give up after tens of seconds; a site
/// that needs more than this has lost its visitors.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// For one address, so that a dead one leaves time for the next.
const ADDRESS_TIMEOUT: Duration = Duration::from_secs(6);

/// Addresses of one host that are tried.
const MAX_ADDRESSES: usize = 4;

/// A connection to a host, straight or through the upstream.
pub(crate) type Wire = Either<TcpStream, TokioIo<Upgraded>>;

/// A connection that ends at `destination`.
pub(crate) async fn tunnel(way: &Way, upstream: Option<&Upstream>, destination: &Destination) -> Result<Wire, Failure> {
    let opened = async {
        match (way, upstream) {
            (Way::Direct(addresses), _) => direct(addresses).await.map(Either::Left),
            (Way::Upstream, Some(upstream)) => upstream.tunnel(destination).await.map(Either::Right),
            (Way::Upstream, None) => Err(Failure::Upstream),
        }
    };
    timeout(CONNECT_TIMEOUT, opened).await.unwrap_or(Err(Failure::TimedOut))
}

/// Who answered a connection; `None` through the upstream.
pub(crate) fn peer(wire: &Wire) -> Option<SocketAddr> {
    match wire {
        Either::Left(stream) => stream.peer_addr().ok(),
        Either::Right(_) => None,
    }
}

/// A connection that takes a plain HTTP request for `way`: to the host, or to the upstream.
pub(crate) async fn plain(way: &Way, upstream: Option<&Upstream>) -> Result<TcpStream, Failure> {
    let opened = async {
        match (way, upstream) {
            (Way::Direct(addresses), _) => direct(addresses).await,
            (Way::Upstream, Some(upstream)) => upstream.dial().await,
            (Way::Upstream, None) => Err(Failure::Upstream),
        }
    };
    timeout(CONNECT_TIMEOUT, opened).await.unwrap_or(Err(Failure::TimedOut))
}

/// The first of the addresses that takes the connection.
async fn direct(addresses: &[SocketAddr]) -> Result<TcpStream, Failure> {
    let mut failure = Failure::ConnectFailed;
    for address in addresses.iter().take(MAX_ADDRESSES) {
        match timeout(ADDRESS_TIMEOUT, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // Latency matters more than packets: heads are small and awaited.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Ok(Err(_)) => failure = Failure::ConnectFailed,
            Err(_) => failure = Failure::TimedOut,
        }
    }
    Err(failure)
}
