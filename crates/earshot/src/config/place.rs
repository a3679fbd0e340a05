//! Where a service is to come from.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use url::Url;

/// Where a local service is to come from.
#[derive(Clone, PartialEq, Eq)]
pub enum Place {
    /// Start it here, found by itself.
    Found,
    /// Start this one here.
    Path(PathBuf),
    /// Use the one that runs there; of several addresses of a cluster the first.
    Url(Url),
}

/// Without what an address may hold of passwords.
impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Found => f.write_str("Found"),
            Self::Path(path) => f.debug_tuple("Path").field(path).finish(),
            Self::Url(url) => f.debug_tuple("Url").field(&url.host_str()).field(&url.port()).finish(),
        }
    }
}

impl Place {
    pub(super) fn parse(text: &str) -> Self {
        match Url::parse(text.split(',').next().unwrap_or(text)) {
            _ if text.is_empty() => Self::Found,
            Ok(url) if text.contains("://") => Self::Url(url),
            _ => Self::Path(text.into()),
        }
    }

    /// What went wrong with that service, and where that is if it runs elsewhere.
    pub(crate) fn blamed(&self, service: &str, error: anyhow::Error) -> anyhow::Error {
        match self {
            Self::Url(url) => {
                let port = url.port_or_known_default().map(|port| format!(":{port}")).unwrap_or_default();
                error.context(format!("{service} at {}{port}", url.host_str().unwrap_or_default()))
            }
            Self::Found | Self::Path(_) => error,
        }
    }

    /// The path, where it is one.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Path(path) => Some(path),
            Self::Found | Self::Url(_) => None,
        }
    }
}
