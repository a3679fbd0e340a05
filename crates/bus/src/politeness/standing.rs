//! How a site stands with us: a state and the ways in which it changes, without a clock of its own.

use std::time::Duration;

use earshot_model::{Lane, Site};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Ended, Manners, Turn};

/// Nobody announces that a visit has ended; asking costs one small read.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// A gap doubles at most so often: more is beyond every longest gap.
const MAX_DOUBLINGS: u32 = 10;
/// Longest reason kept, in characters.
const MAX_REASON: usize = 200;

/// What is known of one site. What this version cannot read counts as nothing known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Standing {
    /// For people who look into the bucket.
    site: String,
    under_way: Vec<UnderWay>,
    /// No visit starts before.
    next_at: Timestamp,
    /// Least gap that its robots.txt asks for, in ms.
    asked_gap_ms: u64,
    /// How often the gap is doubled.
    doublings: u32,
    /// Failures in a row.
    failures: u32,
    /// How the last one failed.
    reason: String,
    /// It rests until then.
    rests_until: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct UnderWay {
    who: Uuid,
    /// Its worker is dead if it has not ended by then.
    until: Timestamp,
}

impl Standing {
    pub(super) fn read(value: &[u8]) -> Self {
        serde_json::from_slice(value).unwrap_or_default()
    }

    pub(super) fn write(self, site: &Site) -> Vec<u8> {
        let named = Self { site: site.to_string(), ..self };
        serde_json::to_vec(&named).unwrap_or_default()
    }

    pub(super) fn ask(&mut self, who: Uuid, lane: Lane, now: Timestamp, manners: &Manners) -> Turn {
        self.under_way.retain(|visit| visit.until > now);
        let until = after(now, manners.visit_limit);
        if let Some(ours) = self.under_way.iter_mut().find(|visit| visit.who == who) {
            ours.until = until;
            return Turn::Now;
        }
        if lane == Lane::Bulk && self.rests_until > now {
            return Turn::SetAside(self.reason.clone());
        }
        if self.next_at > now {
            let wait = Duration::try_from(self.next_at.duration_since(now)).unwrap_or_default();
            return Turn::Later(wait.min(manners.longest_gap).max(Duration::from_millis(1)));
        }
        if self.under_way.len() >= manners.at_once {
            return Turn::Later(LOOK_AGAIN);
        }
        self.under_way.push(UnderWay { who, until });
        self.next_at = after(now, self.gap(manners));
        Turn::Now
    }

    pub(super) fn end(&mut self, who: Uuid, ended: &Ended, now: Timestamp, manners: &Manners) -> bool {
        let patient = self.doublings > 0;
        self.under_way.retain(|visit| visit.who != who);
        match ended {
            Ended::Unknown => {}
            Ended::Well => {
                self.doublings = self.doublings.saturating_sub(1);
                (self.failures, self.rests_until) = (0, Timestamp::default());
                self.reason.clear();
            }
            Ended::TooFast(wait) => {
                self.doublings = (self.doublings + 1).min(MAX_DOUBLINGS);
                let wait = wait.unwrap_or_default().max(self.gap(manners)).min(manners.longest_gap);
                self.next_at = self.next_at.max(after(now, wait));
                self.failed("it asks again and again to be asked more slowly", now, manners);
            }
            Ended::Failed(reason) => self.failed(reason, now, manners),
        }
        matches!(ended, Ended::TooFast(_)) && !patient
    }

    pub(super) fn slow_down(&mut self, gap: Duration, manners: &Manners) {
        let gap = gap.min(manners.longest_gap);
        self.asked_gap_ms = self.asked_gap_ms.max(u64::try_from(gap.as_millis()).unwrap_or(u64::MAX));
    }

    fn failed(&mut self, reason: &str, now: Timestamp, manners: &Manners) {
        self.failures = self.failures.saturating_add(1);
        if manners.failures > 0 && self.failures >= manners.failures {
            let reason: String = reason.chars().take(MAX_REASON).collect();
            self.reason = format!("{} failures in a row, the last: {reason}", self.failures);
            self.rests_until = after(now, manners.rest);
        }
    }

    fn gap(&self, manners: &Manners) -> Duration {
        let asked = Duration::from_millis(self.asked_gap_ms);
        manners
            .gap
            .max(asked)
            .saturating_mul(1 << self.doublings.min(MAX_DOUBLINGS))
            .min(manners.longest_gap.max(asked))
    }
}

fn after(now: Timestamp, time: Duration) -> Timestamp {
    now.saturating_add(time).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANNERS: Manners = Manners {
        at_once: 2,
        gap: Duration::from_secs(1),
        longest_gap: Duration::from_secs(60),
        failures: 3,
        rest: Duration::from_secs(600),
        visit_limit: Duration::from_secs(90),
    };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn ask(standing: &mut Standing, who: u128, second: i64) -> Turn {
        standing.ask(Uuid::from_u128(who), Lane::Bulk, at(second), &MANNERS)
    }

    fn end(standing: &mut Standing, who: u128, ended: Ended, second: i64) -> bool {
        standing.end(Uuid::from_u128(who), &ended, at(second), &MANNERS)
    }

    fn later(seconds: u64) -> Turn {
        Turn::Later(Duration::from_secs(seconds))
    }

    #[test]
    fn so_many_at_once_and_a_gap_between() {
        let mut site = Standing::default();
        assert_eq!(ask(&mut site, 1, 0), Turn::Now);
        assert_eq!(ask(&mut site, 2, 0), later(1), "the gap");
        assert_eq!(ask(&mut site, 2, 1), Turn::Now);
        assert_eq!(ask(&mut site, 3, 5), Turn::Later(LOOK_AGAIN), "two are under way");
        end(&mut site, 1, Ended::Well, 6);
        assert_eq!(ask(&mut site, 3, 6), Turn::Now);
    }

    #[test]
    fn a_visit_that_comes_again_takes_its_own_place_and_a_dead_one_gives_its_up() {
        let mut site = Standing::default();
        assert_eq!((ask(&mut site, 1, 0), ask(&mut site, 2, 1)), (Turn::Now, Turn::Now));
        assert_eq!(ask(&mut site, 1, 30), Turn::Now, "its worker died, and another has it");
        assert_eq!(ask(&mut site, 3, 90), Turn::Later(LOOK_AGAIN));
        assert_eq!(ask(&mut site, 3, 91), Turn::Now, "nobody came back for the second");
    }

    #[test]
    fn who_asks_for_it_is_asked_more_slowly_and_then_faster_again() {
        let mut site = Standing::default();
        assert_eq!(ask(&mut site, 1, 0), Turn::Now);
        assert!(end(&mut site, 1, Ended::TooFast(Some(Duration::from_secs(30))), 1), "it may have more luck later");
        assert_eq!(ask(&mut site, 1, 2), later(29), "Retry-After");
        assert_eq!(ask(&mut site, 1, 31), Turn::Now);
        assert_eq!(ask(&mut site, 2, 32), later(1), "the gap is doubled");
        assert!(!end(&mut site, 1, Ended::TooFast(None), 32), "it was asked slowly already");
        assert_eq!(ask(&mut site, 1, 32), later(4), "and doubled again");
        assert_eq!(ask(&mut site, 1, 36), Turn::Now);
        end(&mut site, 1, Ended::Well, 37);
        end(&mut site, 2, Ended::Well, 37);
        assert_eq!(ask(&mut site, 1, 40), Turn::Now);
        assert_eq!(ask(&mut site, 2, 40), later(1));
    }

    #[test]
    fn nobody_can_ask_us_to_wait_for_ever() {
        let mut site = Standing::default();
        ask(&mut site, 1, 0);
        end(&mut site, 1, Ended::TooFast(Some(Duration::from_secs(u64::MAX))), 0);
        assert_eq!(ask(&mut site, 1, 0), later(60));
        site.slow_down(Duration::from_secs(86_400), &MANNERS);
        assert_eq!(ask(&mut site, 1, 60), Turn::Now);
        assert_eq!(ask(&mut site, 2, 60), later(60));
    }

    #[test]
    fn who_keeps_failing_rests_unless_somebody_waits_for_the_answer() {
        let mut site = Standing::default();
        for second in [0, 10, 20] {
            assert_eq!(ask(&mut site, 1, second), Turn::Now);
            end(&mut site, 1, Ended::Failed("net::ERR_TIMED_OUT".into()), second);
        }
        let reason = "3 failures in a row, the last: net::ERR_TIMED_OUT".to_owned();
        assert_eq!(ask(&mut site, 1, 30), Turn::SetAside(reason));
        assert_eq!(site.ask(Uuid::from_u128(9), Lane::Interactive, at(30), &MANNERS), Turn::Now);
        assert_eq!(ask(&mut site, 1, 620), Turn::Now, "it has rested");
        end(&mut site, 1, Ended::Well, 621);
        end(&mut site, 1, Ended::Failed("once".into()), 622);
        assert_eq!(ask(&mut site, 1, 630), Turn::Now, "what went well begins a new count");
    }

    #[test]
    fn what_is_written_is_read_and_garbage_is_nothing_known() {
        let mut site = Standing::default();
        ask(&mut site, 1, 0);
        end(&mut site, 1, Ended::Failed("no".into()), 1);
        let name: Site = earshot_model::PageUrl::parse("https://a.test/").unwrap().site();
        let read = Standing::read(&site.clone().write(&name));
        assert_eq!(Standing { site: String::new(), ..read }, site);
        assert_eq!(Standing::read(b"\xff{"), Standing::default());
    }
}
