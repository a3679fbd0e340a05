//! Patterns of the catalogue: addresses, cookie names, storage keys.

use std::fmt;

use earshot_model::StorageArea;
use url::Url;

/// A text in which `*` stands for any number of characters, none included. Case counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wildcard(String);

/// Which hosts an address pattern covers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum HostRule {
    /// `host`: this host only.
    Exact(String),
    /// `*.suffix`: the suffix itself and every host below it.
    Below(String),
    /// `*`: every host; only with a path.
    Any,
}

/// Host and optional path: `*.clarity.ms`, `www.facebook.com/tr`, `*.sentry.io/api/*/envelope`, `*/matomo.php`.
///
/// The path is a prefix in whole segments: `/tr` covers `/tr`, `/tr/` and `/tr/x`, not `/trend`. Query and scheme do
/// not matter.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UrlPattern {
    /// Which hosts.
    pub host: HostRule,
    /// The leading segments of the path; empty for every path.
    pub path: Vec<Wildcard>,
}

/// A key of web storage, or the name of a database or cache: `local:amplitude_*`, `session:sentryReplaySession`,
/// `indexeddb:rrweb_*`, `cache:acme-*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoragePattern {
    /// Which storage.
    pub area: StorageArea,
    /// The key or name.
    pub key: Wildcard,
}

impl Wildcard {
    /// Takes any non-empty text that is more than stars (which would claim every name).
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        match text.chars().all(|c| c == '*') {
            true => Err(format!("'{text}' would match everything")),
            false => Ok(Self(text.to_owned())),
        }
    }

    /// A segment of a path, where a star may stand for the whole: the segments around it say enough.
    pub(super) fn segment(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How many characters it fixes; without a star it fixes all of the name, and there is no bound.
    #[must_use]
    pub fn fixed(&self) -> usize {
        let stars = self.0.bytes().filter(|byte| *byte == b'*').count();
        if stars == 0 { usize::MAX } else { self.0.chars().count() - stars }
    }

    /// Whether the whole of `text` fits. Linear in `text` but for backtracking to the last star.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let (pattern, text) = (self.0.as_bytes(), text.as_bytes());
        let (mut p, mut t, mut star) = (0, 0, None);
        while t < text.len() {
            if p < pattern.len() && pattern[p] == b'*' {
                star = Some((p, t));
                p += 1;
            } else if p < pattern.len() && pattern[p] == text[t] {
                (p, t) = (p + 1, t + 1);
            } else if let Some((star_at, taken)) = star {
                star = Some((star_at, taken + 1));
                (p, t) = (star_at + 1, taken + 1);
            } else {
                return false;
            }
        }
        pattern[p..].iter().all(|byte| *byte == b'*')
    }
}

impl HostRule {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let (name, rule): (&str, fn(String) -> Self) = match text.strip_prefix("*.") {
            Some(suffix) => (suffix, Self::Below),
            None => (text, Self::Exact),
        };
        let label = |label: &str| {
            !label.is_empty() && label.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-')
        };
        if !name.contains('.') || !name.split('.').all(label) {
            return Err(format!("'{text}' is no host, '*.suffix' or '*' (lower case, no scheme, no port)"));
        }
        Ok(rule(name.to_owned()))
    }

    /// Whether `host` (ASCII, lower case) is covered.
    #[must_use]
    pub fn matches(&self, host: &str) -> bool {
        match self {
            Self::Exact(name) => host == name,
            Self::Below(suffix) => {
                host.strip_suffix(suffix.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            }
            Self::Any => true,
        }
    }
}

impl UrlPattern {
    /// Reads `host[/path]`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (host, path) = text.split_once('/').unwrap_or((text, ""));
        let host = HostRule::parse(host)?;
        if path.contains(['?', '#', ' ']) {
            return Err(format!("'{text}': a path pattern has no query"));
        }
        let path: Vec<_> = segments(path).map(Wildcard::segment).collect();
        if host == HostRule::Any && path.iter().all(|segment| Wildcard::parse(&segment.0).is_err()) {
            return Err(format!("'{text}' would match every address"));
        }
        Ok(Self { host, path })
    }

    /// Whether the address is covered. One without a host never is.
    #[must_use]
    pub fn matches(&self, url: &Url) -> bool {
        url.host_str().is_some_and(|host| self.host.matches(host.trim_end_matches('.'))) && self.covers_path(url.path())
    }

    pub(super) fn covers_path(&self, path: &str) -> bool {
        let mut given = segments(path);
        self.path.iter().all(|wanted| given.next().is_some_and(|segment| wanted.matches(segment)))
    }

    /// After how many segments its path stands in `path`: a proxy puts some before it. 0 for a pattern without a path.
    pub(super) fn path_offset(&self, path: &str) -> Option<usize> {
        if self.path.is_empty() {
            return Some(0);
        }
        let given: Vec<_> = segments(path).collect();
        let fits = |part: &[&str]| self.path.iter().zip(part).all(|(wanted, segment)| wanted.matches(segment));
        given.windows(self.path.len()).position(fits)
    }
}

/// Empty segments say nothing: `/tr/` is `/tr`, `//tr` too.
pub(super) fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

impl StoragePattern {
    const AREAS: [StorageArea; 4] =
        [StorageArea::Local, StorageArea::Session, StorageArea::IndexedDb, StorageArea::Cache];

    /// Reads `AREA:KEY`, the area by its name in reports.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (area, key) = text.split_once(':').unwrap_or_default();
        match Self::AREAS.into_iter().find(|known| known.as_str() == area) {
            Some(area) => Ok(Self { area, key: Wildcard::parse(key)? }),
            None => Err(format!("'{text}' begins with none of 'local:', 'session:', 'indexeddb:', 'cache:'")),
        }
    }

    /// Whether the key in that storage is covered.
    #[must_use]
    pub fn matches(&self, area: StorageArea, key: &str) -> bool {
        self.area == area && self.key.matches(key)
    }
}

impl fmt::Display for HostRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(host) => f.write_str(host),
            Self::Below(suffix) => write!(f, "*.{suffix}"),
            Self::Any => f.write_str("*"),
        }
    }
}

impl fmt::Display for UrlPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.host.fmt(f)?;
        self.path.iter().try_for_each(|segment| write!(f, "/{}", segment.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_whole() {
        for (pattern, text, fits) in [
            ("_clck", "_clck", true),
            ("_clck", "_clck2", false),
            ("_clck", "_CLCK", false),
            ("_hjSession_*", "_hjSession_12", true),
            ("_hjSession_*", "_hjSession_", true),
            ("_hjSession_*", "_hjSession", false),
            ("SL_C_*_SID", "SL_C_a_b_SID", true),
            ("SL_C_*_SID", "SL_C_a_b_SIDE", false),
            ("*a*b", "xaxxab", true),
            ("*a*b", "xaxxba", false),
            ("ü*", "über", true),
        ] {
            assert_eq!(Wildcard::parse(pattern).unwrap().matches(text), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn addresses_fit_by_host_and_leading_segments() {
        for (pattern, url, fits) in [
            ("*.clarity.ms", "https://clarity.ms/", true),
            ("*.clarity.ms", "https://k.clarity.ms/collect?x", true),
            ("*.clarity.ms", "https://notclarity.ms/", false),
            ("*.clarity.ms", "https://clarity.ms.evil.test/", false),
            ("plausible.io", "https://www.plausible.io/", false),
            ("plausible.io", "https://plausible.io./js", true),
            ("www.facebook.com/tr", "https://www.facebook.com/tr/?id=1", true),
            ("www.facebook.com/tr", "https://www.facebook.com/tr?id=1", true),
            ("www.facebook.com/tr", "https://www.facebook.com/trends", false),
            ("*.sentry.io/api/*/envelope", "wss://o1.ingest.sentry.io/api/7/envelope/", true),
            ("*.sentry.io/api/*/envelope", "https://o1.ingest.sentry.io/api/envelope", false),
            ("*/matomo.php", "https://any.test/matomo.php?x", true),
            ("*/matomo.php", "https://any.test/a/matomo.php", false),
            ("*.clarity.ms", "data:text/plain,clarity.ms", false),
        ] {
            let pattern = UrlPattern::parse(pattern).unwrap();
            assert_eq!(pattern.matches(&Url::parse(url).unwrap()), fits, "{pattern} {url}");
        }
    }

    #[test]
    fn impossible_patterns_are_refused() {
        for text in [
            "",
            "*",
            "*/",
            "*/*",
            "localhost",
            "https://a.test",
            "A.test",
            "a..test",
            "*.*.test",
            "a.test:8",
            "a.test/x?y",
        ] {
            assert!(UrlPattern::parse(text).is_err(), "{text}");
        }
        for text in ["", "key", "cookie:a", "local:", "local:*", ":key"] {
            assert!(StoragePattern::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn storage_is_told_by_area_and_key() {
        for (text, area) in [
            ("local:a_*", StorageArea::Local),
            ("session:a_*", StorageArea::Session),
            ("indexeddb:a_*", StorageArea::IndexedDb),
            ("cache:a_*", StorageArea::Cache),
        ] {
            let pattern = StoragePattern::parse(text).unwrap();
            assert!(pattern.matches(area, "a_1") && !pattern.matches(area, "b"), "{text}");
            assert_eq!(StoragePattern::AREAS.iter().filter(|area| pattern.matches(**area, "a_1")).count(), 1);
        }
    }
}
