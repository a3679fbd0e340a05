//! Where a service is to come from.

use std::path::{Path, PathBuf};

use url::Url;

/// Where a local service is to come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Start it here, found by itself.
    Found,
    /// Start this one here.
    Path(PathBuf),
    /// Use the one that runs there; of several addresses of a cluster the first.
    Url(Url),
}

impl Place {
    pub(super) fn parse(text: &str) -> Self {
        match Url::parse(text.split(',').next().unwrap_or(text)) {
            _ if text.is_empty() => Self::Found,
            Ok(url) if text.contains("://") => Self::Url(url),
            _ => Self::Path(text.into()),
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
