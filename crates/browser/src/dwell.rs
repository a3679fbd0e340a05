//! When a page has been watched for long enough.

use tokio::time::Instant;

use crate::{Dwell, progress::Progress};

impl Dwell {
    /// When the dwell is over if nothing more happens. `arrived` is when the document was committed.
    ///
    /// Counts from the parsed document; a page that never gets so far (a script that hangs, one that never arrives)
    /// is watched for `max` from its commit.
    pub(crate) fn over_at(&self, arrived: Instant, progress: &Progress) -> Instant {
        let Some(ready) = progress.parsed.or(progress.loaded) else { return arrived + self.max };
        // Watched anew after a choice, the document was parsed long before.
        let ready = ready.max(arrived);
        let quiet = progress.last_request.map_or(ready, |last| last + self.quiet);
        // Not `clamp`: a configuration with min > max must not panic. The last bound is for a page that reloads itself
        // for ever.
        quiet.max(ready + self.min).min(ready + self.max.max(self.min)).min(arrived + 2 * self.max.max(self.min))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const DWELL: Dwell =
        Dwell { min: Duration::from_secs(5), max: Duration::from_secs(10), quiet: Duration::from_millis(1_500) };

    /// The end of the dwell in ms after the arrival.
    fn over(parsed_ms: Option<u64>, last_request_ms: u64) -> u128 {
        let arrived = Instant::now();
        let after = |ms| arrived + Duration::from_millis(ms);
        let progress = Progress {
            parsed: parsed_ms.map(after),
            last_request: Some(after(last_request_ms)),
            ..Progress::default()
        };
        (DWELL.over_at(arrived, &progress) - arrived).as_millis()
    }

    #[test]
    fn a_quiet_page_is_watched_for_the_minimum() {
        assert_eq!(over(Some(300), 400), 5_300);
    }

    #[test]
    fn a_busy_page_is_watched_until_it_is_quiet() {
        assert_eq!(over(Some(300), 6_000), 7_500);
    }

    #[test]
    fn a_page_that_never_rests_is_watched_for_the_maximum() {
        assert_eq!(over(Some(300), 10_200), 10_300);
    }

    #[test]
    fn a_page_that_is_never_parsed_is_watched_for_the_maximum() {
        assert_eq!(over(None, 9_000), 10_000);
    }
}
