//! Where a request wants to go.

use std::fmt;

use http::uri::Authority;
use url::Host;

/// A host and a port, read as a browser reads them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Destination {
    /// The host: `0x7f.1`, `127.1` and `2130706433` have become addresses (WHATWG URL § 3.5), a name is ASCII, lower
    /// case and without its final dot.
    pub host: Host<String>,
    pub port: u16,
}

impl Destination {
    /// Reads `host:port`; without a port, `default_port` is taken. `None` if it is no host or there is no port.
    pub fn parse(authority: &Authority, default_port: Option<u16>) -> Option<Self> {
        // `port()` is absent both for "host" and for a port out of range; only the former may fall back.
        let port = match authority.port() {
            Some(port) => port.as_u16(),
            None if authority.as_str().ends_with(authority.host()) => default_port?,
            None => return None,
        };
        let host = match Host::parse(authority.host()).ok()? {
            Host::Domain(name) => Host::Domain(name.strip_suffix('.').unwrap_or(&name).to_owned()),
            address => address,
        };
        Some(Self { host, port })
    }

    /// The host as in a URL: an IPv6 address in brackets.
    pub fn host(&self) -> String {
        self.host.to_string()
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        Some(Destination::parse(&text.parse().ok()?, Some(80))?.to_string())
    }

    #[test]
    fn odd_literals_become_the_address_that_a_browser_would_call() {
        for text in
            ["127.0.0.1", "127.0.0.1.", "127.1", "0x7f.1", "2130706433", "0177.0.0.1", "0x7f000001", "%31%32%37.0.0.1"]
        {
            if text.parse::<Authority>().is_ok() {
                assert_eq!(read(text).as_deref(), Some("127.0.0.1:80"), "{text}");
            }
        }
        assert_eq!(read("[::ffff:127.0.0.1]:8080").as_deref(), Some("[::ffff:7f00:1]:8080"));
        assert_eq!(read("Shop.TEST.:443").as_deref(), Some("shop.test:443"));
        assert_eq!(read("user:pw@shop.test").as_deref(), Some("shop.test:80"));
    }

    #[test]
    fn what_is_no_host_is_none() {
        for text in ["shop.test:99999", "shop.test:", "1.2.3.4.5", "256.1.1.1", "a..b:x", "[::1"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(Destination::parse(&"shop.test".parse().unwrap(), None), None);
    }
}
