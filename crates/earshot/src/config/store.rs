//! The store: where it is elsewhere, how it is spread, and for how long it keeps what.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use earshot_store::{Days, Retention};
use serde::{Deserialize, Deserializer, de::Error as _};

use super::given;

/// The word for what never leaves.
const FOREVER: &str = "forever";
/// One day.
const DAY_S: u64 = 24 * 60 * 60;
/// The longest that ClickHouse's dates can count to from today, with room to spare.
const LONGEST_DAYS: u64 = 20_000;

/// The store.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreSettings {
    ca_cert: PathBuf,
    cluster: String,
    #[serde(deserialize_with = "days")]
    keep_events: Days,
    #[serde(deserialize_with = "days")]
    keep_visits: Days,
    #[serde(deserialize_with = "days")]
    keep_findings: Days,
    #[serde(deserialize_with = "days")]
    keep_rollups: Days,
}

impl StoreSettings {
    pub(super) fn validate(&self) -> Result<()> {
        if !self.cluster.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')) {
            bail!("store.cluster: letters, digits, _ and - only");
        }
        // What belongs to a visit that is gone does not count.
        let outlives = |days: Days| days.is_none_or(|days| self.keep_visits.is_some_and(|visits| days > visits));
        for (key, days) in [("keep_events", self.keep_events), ("keep_findings", self.keep_findings)] {
            if self.keep_visits.is_some() && outlives(days) {
                bail!("store.{key}: must not be more than store.keep_visits");
            }
        }
        Ok(())
    }

    /// The CA that signed its certificate, if it is none that the system knows.
    #[must_use]
    pub fn ca_cert(&self) -> Option<&Path> {
        given(&self.ca_cert)
    }

    /// The cluster whose nodes have the tables, if there is one.
    #[must_use]
    pub fn cluster(&self) -> Option<&str> {
        (!self.cluster.is_empty()).then_some(self.cluster.as_str())
    }

    /// For how long rows are kept.
    #[must_use]
    pub fn retention(&self) -> Retention {
        Retention {
            events: self.keep_events,
            visits: self.keep_visits,
            findings: self.keep_findings,
            rollups: self.keep_rollups,
        }
    }
}

fn days<'de, D: Deserializer<'de>>(from: D) -> Result<Days, D::Error> {
    let text = String::deserialize(from)?;
    if text.trim() == FOREVER {
        return Ok(None);
    }
    let wrong =
        || D::Error::custom(format!("'{text}' is no time that rows can be kept for: write \"90d\", or \"forever\""));
    let seconds = text.parse::<humantime_serde::re::humantime::Duration>().map_err(|_| wrong())?.as_secs();
    let (days, rest) = (seconds / DAY_S, seconds % DAY_S);
    if rest > 0 || days == 0 || days > LONGEST_DAYS {
        return Err(D::Error::custom(format!("'{text}': whole days, from 1d to {LONGEST_DAYS}d, or \"forever\"")));
    }
    Ok(u32::try_from(days).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::load;

    #[test]
    fn rows_are_kept_for_whole_days_or_for_ever() {
        assert_eq!(load("").unwrap().store.retention(), Retention::default());
        let config = load("[store]\nkeep_events = \"90d\"\nkeep_rollups = \"5000days\"\ncluster = \"fleet\"").unwrap();
        let wanted = Retention { events: Some(90), rollups: Some(5000), ..Retention::default() };
        assert_eq!((config.store.retention(), config.store.cluster()), (wanted, Some("fleet")));
        for (text, message) in [
            ("keep_events = \"90\"", "no time that rows can be kept for"),
            ("keep_events = \"36h\"", "whole days"),
            ("keep_events = \"0d\"", "whole days"),
            ("keep_visits = \"30d\"", "store.keep_events: must not be more"),
            ("keep_visits = \"30d\"\nkeep_events = \"20d\"\nkeep_findings = \"31d\"", "store.keep_findings"),
            ("cluster = \"a b\"", "store.cluster"),
            ("keep_event = \"1d\"", "unknown key 'store.keep_event'"),
        ] {
            let error = format!("{:#}", load(&format!("[store]\n{text}")).unwrap_err());
            assert!(error.contains(message), "{text:?} gave {error:?}");
        }
    }
}
