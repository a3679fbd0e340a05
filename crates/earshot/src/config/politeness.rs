//! How sites are treated, whatever the number of workers.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use earshot_bus::Manners;
use serde::Deserialize;
use url::Host;

/// How sites are treated, whatever the number of workers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Politeness {
    /// Visits of one site at once at most.
    pub at_once: usize,
    /// Least time between the starts of two.
    #[serde(with = "humantime_serde")]
    pub gap: Duration,
    /// Longest gap, and longest `Retry-After`, that a site can ask for.
    #[serde(with = "humantime_serde")]
    pub longest_gap: Duration,
    /// After so many failures in a row a site is set aside; 0: never.
    pub failures: u32,
    /// For how long.
    #[serde(with = "humantime_serde")]
    pub rest: Duration,
    do_not_scan: Vec<String>,
}

/// Hosts that are not scanned, with everything below them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DoNotScan(Vec<String>);

impl Politeness {
    pub(super) fn validate(&self) -> Result<()> {
        if self.at_once == 0 {
            bail!("politeness.at_once: must be at least 1");
        }
        if self.longest_gap > LONGEST_GAP {
            bail!("politeness.longest_gap: must be at most {} s", LONGEST_GAP.as_secs());
        }
        if self.rest > LONGEST_REST {
            bail!("politeness.rest: must be at most {} h", LONGEST_REST.as_secs() / 3600);
        }
        self.do_not_scan().map(drop)
    }

    /// As the bus wants it; `visit` is the hard limit of a visit.
    #[must_use]
    pub fn manners(&self, visit: Duration) -> Manners {
        Manners {
            at_once: self.at_once,
            gap: self.gap,
            longest_gap: self.longest_gap,
            failures: self.failures,
            rest: self.rest,
            visit_limit: visit + AFTER_A_VISIT,
        }
    }

    /// What is not scanned.
    ///
    /// # Errors
    /// If an entry is no host.
    pub fn do_not_scan(&self) -> Result<DoNotScan> {
        let host = |entry: &String| {
            let bare = entry.trim().trim_start_matches("*.").trim_matches('.');
            let host = Host::parse(bare).ok().filter(|_| !bare.is_empty());
            let host = host.with_context(|| format!("politeness.do_not_scan: '{entry}' is no host"))?;
            Ok(host.to_string().trim_matches(['[', ']']).to_owned())
        };
        self.do_not_scan.iter().map(host).collect::<Result<_>>().map(DoNotScan)
    }
}

impl DoNotScan {
    /// Whether `host` (ASCII, lower case, as in a URL) is on the list, or below what is.
    #[must_use]
    pub fn holds(&self, host: &str) -> bool {
        let host = host.trim_matches(['[', ']']).trim_end_matches('.');
        let covers = |entry: &String| {
            host.strip_suffix(entry.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        self.0.iter().any(covers)
    }
}

/// Who waits for a turn waits longer than that.
const LONGEST_GAP: Duration = Duration::from_secs(80);
/// The bus remembers a site for a day.
const LONGEST_REST: Duration = Duration::from_secs(12 * 3600);
/// What is done after a visit, before its turn is given back.
const AFTER_A_VISIT: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_listed_with_everything_below_it() {
        let list = ["Example.com", "*.gov", ".b\u{fc}cher.test", "127.0.0.1"].map(str::to_owned).to_vec();
        let politeness = Politeness {
            at_once: 1,
            gap: Duration::ZERO,
            longest_gap: Duration::ZERO,
            failures: 0,
            rest: Duration::ZERO,
            do_not_scan: list,
        };
        let list = politeness.do_not_scan().unwrap();
        for host in ["example.com", "www.example.com", "nasa.gov", "gov", "xn--bcher-kva.test", "127.0.0.1"] {
            assert!(list.holds(host), "{host}");
        }
        for host in ["notexample.com", "example.com.evil.test", "gov.uk", "27.0.0.1"] {
            assert!(!list.holds(host), "{host}");
        }
        let wrong = Politeness { do_not_scan: vec!["a b".into()], ..politeness };
        assert!(wrong.do_not_scan().unwrap_err().to_string().contains("'a b' is no host"));
    }
}
