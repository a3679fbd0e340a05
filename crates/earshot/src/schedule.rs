//! A schedule: when a crawl of a portfolio is due, and what is to be done about it. No clock is looked at here.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use croner::{
    Cron,
    parser::{CronParser, Seconds, Year},
};
use earshot_model::{Region, RunId};
use earshot_store::Selection;
use jiff::{Timestamp, tz::TimeZone};

use crate::{config::Config, submit::crawl::Order};

/// Due times that are told one by one after a long absence; of what lies before them only the number is.
pub const TOLD: usize = 100;
/// From so late on a start is told as late.
const LATE: Duration = Duration::from_secs(60);

/// When a crawl of a portfolio is due.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// Its name.
    pub name: String,
    /// What is crawled.
    pub selection: Selection,
    /// The cron expression, five fields.
    pub cron: String,
    /// The time zone, as the tz database has it.
    pub timezone: String,
    /// Through which region's exit.
    pub region: Option<Region>,
    /// How late a crawl may still start.
    pub grace: Duration,
    pages: Option<u32>,
    profiles: Option<String>,
    times: Cron,
    zone: TimeZone,
}

/// The times at which a schedule was due since the last decision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// The latest ones, oldest first; at most [`TOLD`].
    pub times: Vec<Timestamp>,
    /// How many there were before those.
    pub untold: u64,
}

/// What is done about a time at which a schedule was due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The crawl is started, so much too late.
    Start {
        /// When it was due.
        due: Timestamp,
        /// Too late by this.
        late: Duration,
    },
    /// An earlier crawl still goes on.
    Overlap {
        /// When it was due.
        due: Timestamp,
        /// The earlier one.
        going: RunId,
    },
    /// Nobody was there in time.
    Missed {
        /// When it was due.
        due: Timestamp,
    },
}

impl Schedule {
    /// Reads when it is due.
    ///
    /// # Errors
    /// An expression or a time zone that is none; an expression that no time fits.
    pub fn new(name: &str, portfolio: &str, cron: &str, timezone: &str) -> Result<Self> {
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        let times = parser.parse(cron);
        let times =
            times.with_context(|| format!("cron '{cron}': write minute hour day month weekday, as in 30 2 * * *"))?;
        let zone = TimeZone::get(timezone);
        let zone = zone.with_context(|| format!("timezone '{timezone}': write a name such as Europe/Berlin"))?;
        let schedule = Self {
            name: name.to_owned(),
            selection: Selection { portfolio: portfolio.to_owned(), tags: Vec::new() },
            cron: cron.to_owned(),
            timezone: timezone.to_owned(),
            region: None,
            grace: Duration::from_secs(3600),
            pages: None,
            profiles: None,
            times,
            zone,
        };
        if schedule.after(Timestamp::UNIX_EPOCH).is_none() {
            bail!("cron '{cron}': such a time never comes");
        }
        Ok(schedule)
    }

    /// The same with how the crawl is made.
    #[must_use]
    pub fn with(
        self,
        region: Option<Region>,
        tags: Vec<(String, String)>,
        grace: Duration,
        pages: Option<u32>,
        profiles: Option<String>,
    ) -> Self {
        let selection = Selection { tags, ..self.selection };
        Self { selection, region, grace, pages, profiles, ..self }
    }

    /// What its times depend on, in words: if they change, the earlier decisions say nothing about it any more.
    #[must_use]
    pub fn expression(&self) -> String {
        format!("{} {}", self.cron, self.timezone)
    }

    /// The first time after `moment`. A local time that a night does not have comes when the clock has been put forward; one
    /// that it has twice comes once, unless the expression asks for every hour or minute.
    #[must_use]
    pub fn after(&self, moment: Timestamp) -> Option<Timestamp> {
        let next = self.times.find_next_occurrence(&moment.to_zoned(self.zone.clone()), false).ok()?;
        Some(next.timestamp()).filter(|next| *next > moment)
    }

    /// The next times after `moment`.
    pub fn next(&self, moment: Timestamp) -> impl Iterator<Item = Timestamp> + '_ {
        std::iter::successors(self.after(moment), |last| self.after(*last))
    }

    /// When it was due after `last`, up to `now`.
    #[must_use]
    pub fn due(&self, last: Timestamp, now: Timestamp) -> Due {
        let mut due = Due::default();
        for time in self.next(last).take_while(|time| *time <= now) {
            if due.times.len() == TOLD {
                due.times.remove(0);
                due.untold += 1;
            }
            due.times.push(time);
        }
        due
    }

    /// A time as people there read it.
    #[must_use]
    pub fn local(&self, moment: Timestamp) -> String {
        moment.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M %Z").to_string()
    }

    /// The crawl that is due then: the night is the local date. If it is due more than once on that date, each is a crawl of
    /// its own.
    #[must_use]
    pub fn order(&self, due: Timestamp) -> Order {
        let local = due.to_zoned(self.zone.clone());
        let midnight = local.start_of_day().map_or(due, |midnight| midnight.timestamp());
        // Midnight itself is a time of that date.
        let before = midnight.checked_sub(jiff::SignedDuration::from_secs(1)).unwrap_or(midnight);
        let turn = self.next(before).take_while(|time| *time < due).count();
        Order {
            selection: self.selection.clone(),
            night: local.date(),
            turn: u32::try_from(turn).unwrap_or(u32::MAX),
            region: self.region.clone(),
        }
    }

    /// The configuration of its crawls.
    #[must_use]
    pub fn config(&self, config: &Config) -> Config {
        config.for_crawl(self.pages, self.profiles.as_deref())
    }
}

/// What is done about the times at which a schedule was due, oldest first. Only the last one can still be started; `going` is
/// an earlier crawl that has not ended.
#[must_use]
pub fn decide(due: &Due, now: Timestamp, grace: Duration, going: Option<RunId>) -> Vec<Decision> {
    let Some((&last, earlier)) = due.times.split_last() else { return Vec::new() };
    let late = Duration::try_from(now.duration_since(last)).unwrap_or_default();
    let mut decisions: Vec<_> = earlier.iter().map(|&due| Decision::Missed { due }).collect();
    decisions.push(match going {
        _ if late > grace => Decision::Missed { due: last },
        Some(going) => Decision::Overlap { due: last, going },
        None => Decision::Start { due: last, late: if late < LATE { Duration::ZERO } else { late } },
    });
    decisions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin(cron: &str) -> Schedule {
        Schedule::new("nightly", "ours", cron, "Europe/Berlin").unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn next(schedule: &Schedule, from: &str, count: usize) -> Vec<String> {
        schedule.next(at(from)).take(count).map(|time| time.to_string()).collect()
    }

    #[test]
    fn each_night_has_one_crawl_whatever_the_clocks_do() {
        let nightly = berlin("30 2 * * *");
        // 2026-03-29 has no 02:30: the clock goes from 02:00 (01:00 UTC) to 03:00.
        let spring = next(&nightly, "2026-03-27T12:00:00Z", 3);
        assert_eq!(spring, ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]);
        // 2026-10-25 has it twice: at 00:30 and at 01:30 UTC.
        let autumn = next(&nightly, "2026-10-24T12:00:00Z", 2);
        assert_eq!(autumn, ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]);
        // In the middle of the hour that comes twice it is over for that night.
        assert_eq!(next(&nightly, "2026-10-25T00:59:00Z", 1), ["2026-10-26T01:30:00Z"]);
        let nights: Vec<_> = nightly.next(at("2026-01-01T12:00:00Z")).take(365).map(|due| nightly.order(due)).collect();
        assert!(nights.windows(2).all(|pair| pair[0].night.tomorrow().unwrap() == pair[1].night), "one a night");
        assert!(nights.iter().all(|order| order.turn == 0));
    }

    #[test]
    fn hours_that_come_twice_are_two_for_who_wants_every_hour() {
        let hourly = berlin("0 * * * *");
        let autumn = next(&hourly, "2026-10-24T23:30:00Z", 3);
        assert_eq!(autumn, ["2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"]);
        let turns: Vec<_> = hourly.next(at("2026-10-24T22:30:00Z")).take(3).map(|due| hourly.order(due).turn).collect();
        assert_eq!(turns, [1, 2, 3], "midnight in Berlin was the first");
    }

    #[test]
    fn what_is_due_is_started_or_told() {
        let nightly = berlin("30 2 * * *");
        let grace = Duration::from_secs(1800);
        let (due, last) = (at("2026-06-02T00:30:00Z"), at("2026-06-01T00:30:00Z"));
        let decide = |last, now: &str, going| decide(&nightly.due(last, at(now)), at(now), grace, going);
        assert_eq!(decide(last, "2026-06-02T00:29:59Z", None), []);
        let start = |late| Decision::Start { due, late: Duration::from_secs(late) };
        assert_eq!(decide(last, "2026-06-02T00:30:00Z", None), [start(0)]);
        assert_eq!(decide(last, "2026-06-02T00:30:30Z", None), [start(0)]);
        assert_eq!(decide(last, "2026-06-02T00:50:00Z", None), [start(1200)], "somebody came within the grace");
        assert_eq!(decide(last, "2026-06-02T01:00:01Z", None), [Decision::Missed { due }]);
        let going = RunId::new();
        assert_eq!(decide(last, "2026-06-02T00:30:00Z", Some(going)), [Decision::Overlap { due, going }]);
        assert_eq!(decide(last, "2026-06-02T03:00:00Z", Some(going)), [Decision::Missed { due }]);
        assert_eq!(decide(due, "2026-06-02T23:00:00Z", None), [], "decided already");
        // Down for three nights, back a minute after the last.
        let decisions = decide(at("2026-05-30T00:30:00Z"), "2026-06-02T00:31:00Z", None);
        assert_eq!(decisions.len(), 3);
        assert_eq!((decisions[1], decisions[2]), (Decision::Missed { due: last }, start(60)));
    }

    #[test]
    fn a_long_absence_is_told_within_a_bound() {
        let due = berlin("* * * * *").due(at("2026-06-01T00:00:00Z"), at("2026-06-01T10:00:00Z"));
        assert_eq!((due.times.len(), due.untold), (TOLD, 500));
        assert_eq!(due.times.last(), Some(&at("2026-06-01T10:00:00Z")));
    }
}
