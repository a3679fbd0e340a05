//! The exits of a process: the usual one, and those of regions.

use std::{collections::BTreeMap, fmt};

use crate::Egress;

/// Through which exit each region of the world is seen. Cheap to clone.
#[derive(Clone)]
pub struct Exits {
    usual: Egress,
    regions: BTreeMap<String, Egress>,
}

impl Exits {
    /// The usual exit, and that of each region by its name.
    #[must_use]
    pub fn new(usual: Egress, regions: BTreeMap<String, Egress>) -> Self {
        Self { usual, regions }
    }

    /// The one for what names no region.
    #[must_use]
    pub fn usual(&self) -> &Egress {
        &self.usual
    }

    /// The exit of a region, or the usual one; `None` for a region that this process does not know.
    #[must_use]
    pub fn of(&self, region: Option<&str>) -> Option<&Egress> {
        match region {
            None => Some(&self.usual),
            Some(name) => self.regions.get(name),
        }
    }
}

impl From<Egress> for Exits {
    fn from(usual: Egress) -> Self {
        Self::new(usual, BTreeMap::new())
    }
}

impl fmt::Debug for Exits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exits").field("usual", &self.usual).field("regions", &self.regions.keys()).finish()
    }
}
