//! Services that run elsewhere.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Deserialize;

use super::given;

/// Services that run elsewhere.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Elsewhere {
    /// How long `earshot run` waits at its start for services that do not answer yet.
    #[serde(with = "humantime_serde")]
    pub patience: Duration,
}

/// The store elsewhere.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreElsewhere {
    ca_cert: PathBuf,
}

impl StoreElsewhere {
    /// The CA that signed its certificate, if it is none that the system knows.
    #[must_use]
    pub fn ca_cert(&self) -> Option<&Path> {
        given(&self.ca_cert)
    }
}
