//! What can go wrong with the lab itself.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Short for a result with this crate's error.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, named after the part that failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The vendors' SDKs are not where they should be.
    #[error("no vendor SDKs in {}: run `make setup`, or point at them with --sdk", .0.display())]
    SdkMissing(PathBuf),
    /// A module of an SDK could not be read or resolved.
    #[error("SDK module {module} (wanted by {}): {reason}", .wanted_by.display())]
    SdkModule {
        /// What was asked for.
        module: String,
        /// Who asked.
        wanted_by: PathBuf,
        /// Why it failed.
        reason: String,
    },
    /// A file of the synthetic web contradicts itself.
    #[error("lab site {site}: {reason}")]
    Site {
        /// Folder of the site.
        site: String,
        /// What is wrong.
        reason: String,
    },
    /// The table of vendors does not parse.
    #[error("vendors.toml: {0}")]
    Vendors(String),
    /// A socket could not be bound.
    #[error("cannot listen on {addr}: {source}")]
    Listen {
        /// Where.
        addr: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
    /// A file of the lab (CA, log, ready file) could not be written.
    #[error("cannot write {}: {source}", .path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A certificate could not be made.
    #[error("certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// TLS could not be set up.
    #[error("TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// The DNS server broke.
    #[error("DNS server: {0}")]
    Dns(String),
}
