//! What some workers of a role can do and others cannot: who cannot leaves it to them, for as long as they are there.

use std::fmt;

use earshot_model::Region;

use crate::{Bus, BusError, topology::WORKERS};

/// What the keys of abilities begin with, beside those of the workers themselves.
pub(crate) const PREFIX: &str = "able.";

/// Something that not every worker of a role can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ability {
    /// It sees the web through the exit of that region.
    Region(Region),
    /// It makes choices about consent.
    Consent,
}

impl fmt::Display for Ability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Region(region) => write!(f, "region.{}", region.as_str()),
            Self::Consent => f.write_str("consent"),
        }
    }
}

impl Bus {
    /// Says that a worker of that role is able to do so; counts for as long as [`Bus::announce`] does.
    ///
    /// # Errors
    /// [`BusError::Bucket`].
    pub async fn announce_ability(&self, role: &str, ability: &Ability) -> Result<(), BusError> {
        let put = self.workers_bucket().await?.put(key(role, ability), "".into()).await;
        put.map_err(BusError::bucket(WORKERS))?;
        Ok(())
    }

    /// Whether a worker of that role has lately said that it is able to do so.
    ///
    /// # Errors
    /// [`BusError::Bucket`].
    pub async fn is_anybody_able(&self, role: &str, ability: &Ability) -> Result<bool, BusError> {
        let said = self.workers_bucket().await?.entry(key(role, ability)).await;
        Ok(said.map_err(BusError::bucket(WORKERS))?.is_some())
    }
}

fn key(role: &str, ability: &Ability) -> String {
    format!("{PREFIX}{role}.{ability}")
}
