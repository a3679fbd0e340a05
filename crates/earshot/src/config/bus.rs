//! How the bus keeps what it is given.

use anyhow::{Result, bail};
use serde::Deserialize;

/// How the bus keeps what it is given.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bus {
    /// On how many nodes of a NATS cluster each message lies.
    pub replicas: usize,
}

impl Bus {
    /// NATS keeps at most so many copies of a stream.
    const MAX_REPLICAS: usize = 5;

    pub(super) fn validate(&self) -> Result<()> {
        if !(1..=Self::MAX_REPLICAS).contains(&self.replicas) {
            bail!("bus.replicas: must be from 1 to {}", Self::MAX_REPLICAS);
        }
        Ok(())
    }
}
