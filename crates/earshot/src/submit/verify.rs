//! A verify: pages of an earlier run once more, as they were visited then.

use anyhow::Result;
use earshot_model::{Run, RunKind};

use super::Wanted;
use crate::config::Config;

/// Visits of each page under each profile, where nobody says otherwise.
pub const VISITS: u32 = 3;

/// The same configuration with the profiles of the earlier run.
#[must_use]
pub fn configuration(config: &Config, against: &Run) -> Config {
    config.for_scan(None, Some(&against.profiles))
}

/// What the run is to be.
#[must_use]
pub fn wanted(against: &Run, label: String, visits: u32) -> Wanted {
    let kind = RunKind::Verify { against: against.id };
    Wanted { label, kind, repetitions: visits, region: against.region.clone() }
}

/// Why the pages would be seen from elsewhere than by the earlier run, and so may be other pages; none if they would not, or if
/// nobody noted from where it saw them.
///
/// # Errors
/// If the exit of its region is not configured.
pub fn other_exit(config: &Config, against: &Run) -> Result<Option<String>> {
    let (then, now) = (&against.egress, config.egress_of(against.region.as_ref())?.exit());
    let differs = !then.is_empty() && *then != now;
    Ok(differs.then(|| {
        format!(
            "run {} saw the web from: {then}; this would see it from: {now}. Pages differ by region, so give the same \
             --proxy, or scan anew",
            against.id
        )
    }))
}
