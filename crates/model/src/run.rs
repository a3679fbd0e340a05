//! A run: one campaign over a portfolio, and the profile under which its pages are visited.

use std::{fmt, str::FromStr};

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{Choice, Lane, Region, RunId};

/// One campaign: tonight's scan, a verify, one URL.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// When it was started (wall clock).
    pub started_at: Timestamp,
    /// What people call it: a file's name, a domain.
    pub label: String,
    /// SHA-256, in hex, over targets and options: what `--resume` recognises the same command by.
    pub digest: String,
    /// How many targets it has. The run is complete when each was crawled and each planned page was recorded.
    pub seeds: u64,
    /// How many pages of each site are visited at most.
    pub pages_per_site: u32,
    /// How its visits behave.
    pub profiles: Vec<Profile>,
    /// How often each page is visited under each profile, from 1.
    pub repetitions: u32,
    /// From where the web is seen: `direct`, or host and port of a proxy; empty where an earlier version did not note it.
    pub egress: String,
    /// Through which region's exit; `None` for the usual one.
    #[serde(default)]
    pub region: Option<Region>,
    /// The portfolio whose targets it has; `None` for targets of its own.
    #[serde(default)]
    pub portfolio: Option<String>,
    /// The night that it is the crawl of, if it is one.
    #[serde(default)]
    pub night: Option<Date>,
    /// What it is for.
    pub kind: RunKind,
    /// Whether it goes on.
    pub state: RunState,
}

/// What a run is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunKind {
    /// To see what there is.
    #[default]
    Scan,
    /// To see whether what another run has found is fixed: the same pages once more.
    Verify {
        /// The run that it is held against.
        against: RunId,
    },
}

/// Whether a run goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// There is work left, or there may be.
    Running,
    /// Somebody holds it back: there is work left, and nobody is at it.
    Paused,
    /// Every target was crawled and every planned page recorded.
    Complete,
    /// Somebody ended it early.
    Cancelled,
}

/// How a visit behaves towards consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// Never touches a consent banner: all that happens, happens before any choice. Types into fields, if that is wanted.
    Untouched,
    /// Watches, refuses what the banner asks for, watches on, loads the page once more, and watches again.
    Reject,
    /// The same, and agrees.
    Accept,
    /// Never touches a banner, and says from the start that it opts out of sale and sharing: `Sec-GPC: 1` and
    /// `navigator.globalPrivacyControl` (W3C, Global Privacy Control).
    Gpc,
}

impl Run {
    /// Targets of a run that somebody waits for at most.
    pub const A_FEW: u64 = 10;

    /// Where its work waits: somebody who scans a few sites, or looks whether something is fixed, waits for it.
    #[must_use]
    pub fn lane(&self) -> Lane {
        match self.kind {
            RunKind::Verify { .. } => Lane::Interactive,
            RunKind::Scan if self.seeds <= Self::A_FEW && self.portfolio.is_none() => Lane::Interactive,
            RunKind::Scan => Lane::Bulk,
        }
    }
}

impl Profile {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Untouched, Self::Reject, Self::Accept, Self::Gpc];

    /// The choice that it makes, if it makes one.
    #[must_use]
    pub fn choice(self) -> Option<Choice> {
        match self {
            Self::Untouched | Self::Gpc => None,
            Self::Reject => Some(Choice::Reject),
            Self::Accept => Some(Choice::Accept),
        }
    }

    /// The name used on the command line, in ids and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Untouched => "untouched",
            Self::Reject => "reject",
            Self::Accept => "accept",
            Self::Gpc => "gpc",
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl RunState {
    /// Whether there may be work left.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Running | Self::Paused)
    }

    /// The name used in reports and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Complete => "complete",
            Self::Cancelled => "cancelled",
        }
    }
}

impl FromStr for RunState {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Running, Self::Paused, Self::Complete, Self::Cancelled]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| format!("'{text}' is no run state"))
    }
}

impl FromStr for Profile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|profile| profile.as_str() == text)
            .ok_or_else(|| format!("'{text}' is no profile; there are: untouched, reject, accept, gpc"))
    }
}
