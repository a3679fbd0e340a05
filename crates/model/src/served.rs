//! Who answered for a page.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Who answered for the document of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Served {
    /// IP address and port that were connected to; `None` behind a proxy, which connects itself.
    pub address: Option<String>,
    /// The certificate; `None` for http, and where the browser did not tell it.
    pub certificate: Option<Certificate>,
}

/// A server's certificate, and what was agreed on with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Such as `TLS 1.3`.
    pub protocol: String,
    /// Common name of the subject.
    pub subject: String,
    /// Common name of the issuer.
    pub issuer: String,
    /// When it begins to be valid.
    pub valid_from: Timestamp,
    /// When it ends.
    pub valid_until: Timestamp,
    /// SHA-256 of its DER form, in hex; empty if the browser did not give it.
    pub sha256: String,
}
