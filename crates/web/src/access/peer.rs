//! Where a request comes from.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::{Extensions, HeaderMap, HeaderName, request::Parts};

/// The other end of the connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub IpAddr);

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// The part of an IPv6 address that one customer has (RFC 6177 § 2: at least so much).
const NETWORK: u128 = u128::MAX << 64;

/// Whom a request counts for: an IPv4 address, or the first half of an IPv6 address. Behind a reverse proxy it is the last one
/// that `X-Forwarded-For` names: those before it anybody can make up.
pub(crate) fn client(parts: &Parts, behind_proxy: bool) -> IpAddr {
    who(&parts.headers, &parts.extensions, behind_proxy)
}

/// As [`client`], of a request that is not taken apart.
pub(crate) fn who(headers: &HeaderMap, extensions: &Extensions, behind_proxy: bool) -> IpAddr {
    let peer = extensions.get::<Peer>().map_or(Ipv6Addr::UNSPECIFIED.into(), |peer| peer.0);
    counted(forwarded(headers).filter(|_| behind_proxy).unwrap_or(peer))
}

fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all(FORWARDED_FOR).into_iter().next_back()?.to_str().ok()?;
    let last = last.rsplit(',').next()?.trim();
    let bare = || last.trim_matches(['[', ']']).parse().ok();
    last.parse::<SocketAddr>().map(|address| address.ip()).ok().or_else(bare)
}

fn counted(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & NETWORK).into(),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_our_own_proxy_adds_is_believed() {
        let of = |lines: &[&str], behind_proxy| {
            let headers = lines.iter().map(|line| (FORWARDED_FOR, line.parse().unwrap())).collect();
            let mut extensions = Extensions::new();
            extensions.insert(Peer([127, 0, 0, 1].into()));
            who(&headers, &extensions, behind_proxy).to_string()
        };
        assert_eq!(of(&["192.0.2.1"], false), "127.0.0.1");
        for (lines, address) in [
            (&["192.0.2.9, 198.51.100.1", "192.0.2.1"][..], "192.0.2.1"),
            (&["192.0.2.9, 192.0.2.1:4711"], "192.0.2.1"),
            (&["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::"),
            (&["[2001:db8:1:2:3:4:5:6]:443"], "2001:db8:1:2::"),
            (&["::ffff:192.0.2.1"], "192.0.2.1"),
            (&["192.0.2.1, nonsense"], "127.0.0.1"),
            (&[], "127.0.0.1"),
        ] {
            assert_eq!(of(lines, true), address, "{lines:?}");
        }
    }
}
