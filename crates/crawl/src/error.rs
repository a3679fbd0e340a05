//! What can go wrong on our side. A site that refuses, fails or is silent is an [`earshot_model::Outcome`].

use std::path::PathBuf;

use thiserror::Error;

/// Why a crawl could not be done. None of these says anything about the site.
#[derive(Debug, Error)]
pub enum CrawlError {
    /// The certificate authorities could not be read.
    #[error("cannot read the CA certificates in {path}: {source}")]
    CaFile {
        /// The file that was named.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file holds no usable certificate, or the proxy's address or the user agent is none.
    #[error("the HTTP client could not be set up: {0}")]
    Client(#[from] spider::reqwest::Error),
    /// Nobody listens at the door's address: it was closed, or never opened.
    #[error("the egress door at {0} does not answer")]
    Door(String),
}
