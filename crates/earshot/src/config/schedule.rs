//! Schedules: crawls of portfolios that start by themselves.

use std::{collections::HashSet, time::Duration};

use anyhow::{Context as _, Result, bail};
use earshot_model::{Region, SeedTask};
use serde::Deserialize;

use super::Config;
use crate::{cli::portfolio_name, schedule::Schedule};

/// One schedule, as it is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleSettings {
    name: String,
    portfolio: String,
    cron: String,
    #[serde(default = "utc")]
    timezone: String,
    pages: Option<u32>,
    profiles: Option<String>,
    region: Option<Region>,
    #[serde(default)]
    tags: std::collections::BTreeMap<String, String>,
    #[serde(default = "an_hour", with = "humantime_serde")]
    grace: Duration,
}

fn utc() -> String {
    "UTC".to_owned()
}

fn an_hour() -> Duration {
    Duration::from_secs(3600)
}

impl Config {
    /// The schedules, checked.
    ///
    /// # Errors
    /// Names the schedule that is none: a cron expression or a time zone that is none, a name that is there twice, a region
    /// that is not configured.
    pub fn schedules(&self) -> Result<Vec<Schedule>> {
        let mut names = HashSet::new();
        let parsed = |settings: &ScheduleSettings| {
            let name = &settings.name;
            if name.trim().is_empty() || !names.insert(name.clone()) {
                bail!("each schedule needs a name of its own, and '{name}' is none");
            }
            self.schedule(settings).with_context(|| format!("schedule '{name}'"))
        };
        self.schedule.iter().map(parsed).collect()
    }

    fn schedule(&self, settings: &ScheduleSettings) -> Result<Schedule> {
        let portfolio = portfolio_name(&settings.portfolio).map_err(anyhow::Error::msg)?;
        self.egress_of(settings.region.as_ref())?;
        let config = self.for_crawl(settings.pages, settings.profiles.as_deref());
        if !(1..=SeedTask::MAX_PAGES).contains(&config.pages) {
            bail!("pages: must be from 1 to {}", SeedTask::MAX_PAGES);
        }
        config.profiles()?;
        let schedule = Schedule::new(&settings.name, &portfolio, &settings.cron, &settings.timezone)?;
        let tags = settings.tags.clone().into_iter().collect();
        Ok(schedule.with(settings.region.clone(), tags, settings.grace, settings.pages, settings.profiles.clone()))
    }

    /// The same with other pages and profiles, where some are given.
    #[must_use]
    pub fn for_crawl(&self, pages: Option<u32>, profiles: Option<&str>) -> Self {
        let mut config = self.clone();
        config.pages = pages.unwrap_or(config.pages);
        if let Some(profiles) = profiles {
            profiles.clone_into(&mut config.profiles);
        }
        config
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, Overrides};

    fn load(text: &str) -> anyhow::Result<Config> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        Config::load(Some(file.path()), &Overrides::default())
    }

    #[test]
    fn mistakes_in_a_schedule_are_named_with_it() {
        let nightly = |more: &str| {
            format!("[[schedule]]\nname = \"nightly\"\nportfolio = \"ours\"\ncron = \"0 2 * * *\"\n{more}\n")
        };
        let config =
            load(&nightly("timezone = \"Europe/Berlin\"\ngrace = \"30m\"\ntags = { sector = \"health\" }")).unwrap();
        assert_eq!(config.schedules().unwrap().len(), 1);
        let good = nightly("");
        for (text, said) in [
            (good.replace("0 2 * * *", "0 25 * * *"), "schedule 'nightly': cron '0 25 * * *'"),
            (good.replace("0 2 * * *", "0 0 2 * * *"), "schedule 'nightly': cron '0 0 2 * * *'"),
            (good.replace("0 2 * * *", "0 0 30 2 *"), "never comes"),
            (nightly("timezone = \"Mars/Olympus\""), "schedule 'nightly': timezone 'Mars/Olympus'"),
            (nightly("region = \"asia\""), "schedule 'nightly': there is no region 'asia'"),
            (nightly("profiles = \"refuse\""), "schedule 'nightly': profiles: 'refuse' is no profile"),
            (good.replace("\"ours\"", "\"no name\""), "schedule 'nightly': 'no name' is no name of a portfolio"),
            (format!("{good}{good}"), "each schedule needs a name of its own, and 'nightly'"),
            (nightly("when = 3"), "unknown field"),
        ] {
            let error = format!("{:#}", load(&text).unwrap_err());
            assert!(error.contains(said), "{text}\ngave {error}");
        }
    }
}
