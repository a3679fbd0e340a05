//! Which addresses and names are public. Pure; by default everything is refused that is not.
//!
//! Sources: the IANA special-purpose registries for
//! [IPv4](https://www.iana.org/assignments/iana-ipv4-special-registry/) and
//! [IPv6](https://www.iana.org/assignments/iana-ipv6-special-registry/) (RFC 6890, RFC 8190), and the IPv6
//! [address space](https://www.iana.org/assignments/ipv6-address-space/), of which only `2000::/3` is global
//! unicast. The documentation blocks (192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24, 2001:db8::/32, 3fff::/20)
//! pass: they route nowhere, so nothing is exposed, and a lab may live in them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A block of IPv4 addresses that are not public: first address, prefix length, name.
type Block4 = (Ipv4Addr, u32, &'static str);

/// A block of IPv6 addresses that are not public: first address, prefix length, name.
type Block6 = (Ipv6Addr, u32, &'static str);

const fn v4(a: u8, b: u8, c: u8, d: u8) -> Ipv4Addr {
    Ipv4Addr::new(a, b, c, d)
}

const fn v6(a: u16, b: u16, c: u16) -> Ipv6Addr {
    Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0)
}

/// IPv4 blocks that are refused. 192.0.0.9 and .10 are reachable anycast addresses inside 192.0.0.0/24; no web
/// site lives there, so the block is refused whole.
const BLOCKS_V4: &[Block4] = &[
    (v4(0, 0, 0, 0), 8, "this network (RFC 791)"),
    (v4(10, 0, 0, 0), 8, "private (RFC 1918)"),
    (v4(100, 64, 0, 0), 10, "shared, carrier-grade NAT (RFC 6598)"),
    (v4(127, 0, 0, 0), 8, "loopback (RFC 1122)"),
    (v4(169, 254, 0, 0), 16, "link-local, cloud metadata (RFC 3927)"),
    (v4(172, 16, 0, 0), 12, "private (RFC 1918)"),
    (v4(192, 0, 0, 0), 24, "IETF protocol assignments (RFC 6890)"),
    (v4(192, 88, 99, 0), 24, "6to4 relay anycast, deprecated (RFC 7526)"),
    (v4(192, 168, 0, 0), 16, "private (RFC 1918)"),
    (v4(198, 18, 0, 0), 15, "benchmarking (RFC 2544)"),
    (v4(224, 0, 0, 0), 4, "multicast (RFC 5771)"),
    (v4(240, 0, 0, 0), 4, "reserved and broadcast (RFC 1112, RFC 919)"),
];

/// IPv6 blocks inside `2000::/3` that are refused. The rest of the special blocks lies outside of it.
const BLOCKS_V6: &[Block6] = &[(v6(0x2001, 0, 0), 23, "IETF protocol assignments, Teredo (RFC 2928, RFC 4380)")];

/// What is outside of `2000::/3`, by name; only for the message.
const NAMED_V6: &[Block6] = &[
    (v6(0xfc00, 0, 0), 7, "unique local (RFC 4193)"),
    (v6(0xfe80, 0, 0), 10, "link-local (RFC 4291)"),
    (v6(0xfec0, 0, 0), 10, "site-local, deprecated (RFC 3879)"),
    (v6(0xff00, 0, 0), 8, "multicast (RFC 4291)"),
    (v6(0x0064, 0xff9b, 1), 48, "local-use NAT64 (RFC 8215)"),
    (v6(0x0100, 0, 0), 64, "discard-only (RFC 6666)"),
];

/// Last labels of names that never lead to the public internet: RFC 6761 (localhost), RFC 6762 § 3 and appendix G
/// (local, and the private ones in common use), RFC 8375 (home.arpa), and ICANN's reservation of `internal`
/// (resolution 2024.07.29.06). `localdomain` is what Unix hosts files add.
const SPECIAL_SUFFIXES: &[&str] =
    &["localhost", "localdomain", "local", "internal", "intranet", "private", "corp", "home", "lan", "home.arpa"];

/// The name of the special block that `address` lies in, directly or as an IPv4 address embedded in IPv6; `None`
/// for a public unicast address.
#[must_use]
pub fn special_block(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => special_block_v4(address),
        IpAddr::V6(address) => special_block_v6(address),
    }
}

/// Whether `name` (ASCII, lower case, with or without a final dot) is one that is never public: `localhost`, a
/// suffix reserved for private networks, or a single label.
#[must_use]
pub fn special_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let under = |suffix: &str| name.strip_suffix(suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    !name.contains('.') || SPECIAL_SUFFIXES.iter().any(|suffix| under(suffix))
}

fn special_block_v4(address: Ipv4Addr) -> Option<&'static str> {
    let bits = address.to_bits();
    let holds = |(first, length, _): &&Block4| (bits ^ first.to_bits()) >> (32 - length) == 0;
    BLOCKS_V4.iter().find(holds).map(|(_, _, name)| *name)
}

fn special_block_v6(address: Ipv6Addr) -> Option<&'static str> {
    if let Some(name) = find_v6(NAMED_V6, address).or_else(|| find_v6(BLOCKS_V6, address)) {
        return Some(name);
    }
    if address.is_unspecified() || address.is_loopback() {
        return Some("unspecified or loopback (RFC 4291)");
    }
    if let Some(embedded) = embedded_v4(address) {
        return special_block_v4(embedded);
    }
    (address.segments()[0] >> 13 != 1).then_some("not global unicast (RFC 4291 § 2.4)")
}

fn find_v6(blocks: &'static [Block6], address: Ipv6Addr) -> Option<&'static str> {
    let bits = address.to_bits();
    let holds = |(first, length, _): &&Block6| (bits ^ first.to_bits()) >> (128 - length) == 0;
    blocks.iter().find(holds).map(|(_, _, name)| *name)
}

/// The IPv4 address that a gateway or the kernel would reach for `address`: IPv4-mapped and -compatible
/// (RFC 4291 § 2.5.5), IPv4-translated (RFC 2765), NAT64 (RFC 6052), 6to4 (RFC 3056) and ISATAP (RFC 5214).
/// Teredo is refused as a whole.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let of = |high: u16, low: u16| Some(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)));
    match address.segments() {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] => of(high, low),
        [0, 0, 0, 0, 0xffff, 0, high, low] => of(high, low),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => of(high, low),
        [0x2002, high, low, ..] => of(high, low),
        [_, _, _, _, 0 | 0x200, 0x5efe, high, low] => of(high, low),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFUSED: &[&str] = &[
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.0",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.0",
        "192.0.0.255",
        "192.88.99.1",
        "192.168.0.0",
        "192.168.255.255",
        "198.18.0.0",
        "198.19.255.255",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::127.0.0.1",
        "::10.0.0.1",
        "::ffff:0:10.0.0.1",
        "64:ff9b::10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:0:4136:e378::1",
        "2001:2::1",
        "2001:10::1",
        "2002:7f00:1::1",
        "2002:a9fe:a9fe::1",
        "2002:c0a8:1::",
        "fc00::1",
        "fdff::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1",
        "5f00::1",
        "4000::1",
        "2a00::5efe:10.0.0.1",
        "2a00::200:5efe:192.168.0.1",
        "fd00:ec2::254",
    ];

    const PUBLIC: &[&str] = &[
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.0.2.1",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "198.51.100.7",
        "203.0.113.9",
        "223.255.255.255",
        "2606:4700::1111",
        "2001:200::1",
        "2001:db8::1",
        "3fff::1",
        "::ffff:1.1.1.1",
        "64:ff9b::1.1.1.1",
        "2002:101:101::1",
        "2a00:1450:4001::200e",
    ];

    #[test]
    fn special_blocks_are_refused_up_to_their_edges() {
        for text in REFUSED {
            assert!(special_block(text.parse().unwrap()).is_some(), "{text} passed");
        }
        for text in PUBLIC {
            assert_eq!(special_block(text.parse().unwrap()), None, "{text}");
        }
    }

    #[test]
    fn every_v4_block_is_refused_inside_v6_too() {
        for (first, _, name) in BLOCKS_V4 {
            let [a, b, c, d] = first.octets();
            let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
            for embedding in [
                first.to_ipv6_mapped(),
                Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
                Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1),
            ] {
                assert_eq!(special_block(embedding.into()), Some(*name), "{embedding}");
            }
        }
    }

    #[test]
    fn names_of_private_networks_are_known() {
        for name in [
            "localhost",
            "localhost.",
            "a.localhost",
            "printer.local",
            "x.local.",
            "metadata.google.internal",
            "internal",
            "router",
            "router.",
            "nas.home.arpa",
            "db.corp",
            "localhost.localdomain",
            "",
        ] {
            assert!(special_name(name), "{name} passed");
        }
        for name in ["example.com", "shop.test.", "notlocal.example", "mylocalhost.com", "local.example", "arpa.net"] {
            assert!(!special_name(name), "{name} was refused");
        }
    }
}
