//! A site: what the public suffix list calls a registrable domain.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A registrable domain ("eTLD+1") in its ASCII form, for instance `example.co.uk`; or an IP literal, which is
/// its own site. Two hosts are of one party if their sites are equal.
///
/// Source: <https://publicsuffix.org/list/>, private section included (`a.github.io` and `b.github.io` differ).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Site(String);

/// Why a host name is no site.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SiteError {
    /// Nothing was given.
    #[error("the host name is empty")]
    Empty,
    /// The name is a public suffix itself, such as `co.uk`: nobody's site.
    #[error("'{0}' is a public suffix, not a site")]
    PublicSuffix(String),
}

impl Site {
    /// The site of `host` (ASCII, lower case, as [`url::Url::host_str`] gives it; a trailing dot is dropped).
    ///
    /// # Errors
    /// [`SiteError::PublicSuffix`] for a host that has no registrable domain. A single label such as `localhost`
    /// is taken as its own site, so that it can be refused with its name later.
    pub fn of_host(host: &str) -> Result<Self, SiteError> {
        let host = host.trim_end_matches('.');
        if host.is_empty() {
            return Err(SiteError::Empty);
        }
        if is_ip(host) || !host.contains('.') {
            return Ok(Self(host.to_owned()));
        }
        psl::domain_str(host)
            .map(|domain| Self(domain.to_owned()))
            .ok_or_else(|| SiteError::PublicSuffix(host.to_owned()))
    }

    /// The site of a URL's host; `None` for a URL without one (`data:`, `blob:` of an opaque origin).
    #[must_use]
    pub fn of_url(url: &str) -> Option<Self> {
        let url = url::Url::parse(url.strip_prefix("blob:").unwrap_or(url)).ok()?;
        Self::of_host_or_itself(url.host_str()?)
    }

    /// Like [`Site::of_host`], but a public suffix counts as its own site: for hosts that we met, not chose.
    #[must_use]
    pub fn of_host_or_itself(host: &str) -> Option<Self> {
        match Self::of_host(host) {
            Ok(site) => Some(site),
            Err(SiteError::PublicSuffix(host)) => Some(Self(host)),
            Err(SiteError::Empty) => None,
        }
    }

    /// The name in ASCII.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_ip(host: &str) -> bool {
    host.starts_with('[') || host.parse::<std::net::IpAddr>().is_ok()
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_fall_to_their_registrable_domain() {
        for (host, site) in [
            ("www.example.co.uk", "example.co.uk"),
            ("example.com.", "example.com"),
            ("a.b.github.io", "b.github.io"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
            ("10.0.0.1", "10.0.0.1"),
            ("[::1]", "[::1]"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(Site::of_host(host).unwrap().as_str(), site, "{host}");
        }
        assert_eq!(Site::of_host("co.uk"), Err(SiteError::PublicSuffix("co.uk".into())));
        assert_eq!(Site::of_host("."), Err(SiteError::Empty));
    }

    #[test]
    fn urls_without_a_host_have_no_site() {
        assert_eq!(Site::of_url("data:text/plain,x"), None);
        assert_eq!(Site::of_url("blob:https://www.shop.test/9b").unwrap().as_str(), "shop.test");
    }
}
