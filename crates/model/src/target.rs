//! One thing to scan, as a person writes it: a domain or an address.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{PageUrl, PageUrlError, Site};

/// What a person asked for on one line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Target {
    /// Where the crawl starts. For a bare domain `https` is assumed; the crawler falls back to `http` if nothing
    /// answers there, which [`Target::scheme_given`] forbids.
    pub start: PageUrl,
    /// Whether the address was written with its scheme.
    pub scheme_given: bool,
    /// Whether just this page is meant: an address with a path or a query. A bare domain means its site.
    pub only_this_page: bool,
}

/// Why a line names nothing to scan.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum TargetError {
    /// The line has white space inside.
    #[error("more than one word; put one domain or URL on a line")]
    ManyWords,
    /// A name without a dot, an e-mail address, or other text that is no address.
    #[error("'{0}' is no domain name; write a name such as example.com or a full URL")]
    NoDomain(String),
    /// It does not parse.
    #[error(transparent)]
    Url(#[from] PageUrlError),
}

impl Target {
    /// Reads `example.com`, `example.com:8443`, `bücher.example`, `example.com.`, `https://example.com/contact`.
    ///
    /// # Errors
    /// See [`TargetError`]. The text has no surrounding white space and no comment any more.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        if text.split_whitespace().count() > 1 {
            return Err(TargetError::ManyWords);
        }
        let scheme_given = text.contains("://");
        if !scheme_given && text.contains('@') {
            return Err(TargetError::NoDomain(text.to_owned()));
        }
        let start = PageUrl::parse(&if scheme_given { text.to_owned() } else { format!("https://{text}") })?;
        let host = start.host();
        if !scheme_given && !plausible_name(host) {
            return Err(TargetError::NoDomain(text.to_owned()));
        }
        let only_this_page = start.url().path() != "/" || start.url().query().is_some();
        Ok(Self { start, scheme_given, only_this_page })
    }

    /// The site it belongs to.
    #[must_use]
    pub fn site(&self) -> Site {
        self.start.site()
    }
}

/// LDH labels (RFC 1123 § 2.1) with at least one dot, `localhost`, or an IP literal. Underscores are let through:
/// the DNS has them although host names should not.
fn plausible_name(host: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    host == "localhost"
        || host.starts_with('[')
        || (host.len() <= 253 && host.contains('.') && host.split('.').all(label))
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.start.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_write_targets_in_many_ways() {
        for (text, start, only) in [
            ("example.com", "https://example.com/", false),
            ("Example.COM.", "https://example.com/", false),
            ("example.com:8443", "https://example.com:8443/", false),
            ("http://example.com", "http://example.com/", false),
            ("bücher.example", "https://xn--bcher-kva.example/", false),
            ("example.com/contact", "https://example.com/contact", true),
            ("https://example.com/?id=1", "https://example.com/?id=1", true),
            ("localhost", "https://localhost/", false),
        ] {
            let target = Target::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!((target.start.as_str(), target.only_this_page), (start, only), "{text}");
        }
    }

    #[test]
    fn garbage_is_refused() {
        for text in [
            "foo bar",
            "just-a-word",
            "http://",
            "://x",
            "-bad.example",
            "a..b",
            "mailto:me@example.com",
            "ftp://example.com",
            "%%%",
            "co.uk",
        ] {
            assert!(Target::parse(text).is_err(), "{text}");
        }
    }
}
