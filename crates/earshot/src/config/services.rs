//! Services that run elsewhere.

use std::time::Duration;

use serde::Deserialize;

/// Services that run elsewhere.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Elsewhere {
    /// How long `earshot run` waits at its start for services that do not answer yet.
    #[serde(with = "humantime_serde")]
    pub patience: Duration,
}
