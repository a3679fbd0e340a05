use jiff::Timestamp;
use tokio::time::Instant;

/// Offsets in ms since navigation start: the moment of the first document request on the browser's monotonic clock,
/// which all its processes share.
///
/// The browser tells that moment on the wall clock, too: pages know no other.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    /// Navigation start, in seconds of the browser's clock.
    start_s: Option<f64>,
    /// The same moment in seconds since the epoch.
    wall_s: Option<f64>,
    /// When we heard of it, for events that carry no time of their own.
    heard: Option<Instant>,
    /// How late that was, in ms.
    late_ms: f64,
}

/// Messages wait for no longer than that: if the wall clock says more, it was set.
const LATEST_MS: f64 = 60_000.0;

impl Clock {
    /// The document request was made at `start_s`, which was `wall_s`, and heard of at `heard`; later ones change
    /// nothing.
    pub(crate) fn start(&mut self, start_s: f64, wall_s: f64, heard: Instant) {
        if self.heard.is_none() {
            // We and the browser have the same wall clock.
            let since = heard.elapsed().as_secs_f64() * 1_000.0;
            let late_ms = Timestamp::now().as_microsecond() as f64 / 1_000.0 - since - wall_s * 1_000.0;
            self.late_ms = if (0.0..LATEST_MS).contains(&late_ms) { late_ms } else { 0.0 };
        }
        self.start_s.get_or_insert(start_s);
        self.wall_s.get_or_insert(wall_s);
        self.heard.get_or_insert(heard);
    }

    pub(crate) fn has_started(&self) -> bool {
        self.start_s.is_some()
    }

    /// The offset of a moment on the browser's clock, exact to a microsecond.
    pub(crate) fn exact(&self, at_s: f64) -> f64 {
        round((at_s - self.start_s.unwrap_or(at_s)) * 1_000.0)
    }

    /// The offset of a moment that is told in ms since the epoch, as a page does (`performance.timeOrigin`).
    pub(crate) fn wall(&self, ms_since_epoch: f64) -> f64 {
        self.wall_s.map_or(0.0, |start_s| round(ms_since_epoch - start_s * 1_000.0))
    }

    /// When the navigation began, on the wall clock; to a microsecond.
    pub(crate) fn started_at(&self) -> Option<Timestamp> {
        #[allow(clippy::cast_possible_truncation, reason = "microseconds since the epoch fit for 200,000 years")]
        let micros = (self.wall_s? * 1e6).round() as i64;
        Timestamp::from_microsecond(micros).ok()
    }

    /// The offset of something that we heard of at `heard`: late by a message's way, a few ms.
    pub(crate) fn heard(&self, heard: Instant) -> f64 {
        let since = |start| heard.saturating_duration_since(start).as_secs_f64() * 1_000.0;
        self.heard.map_or(0.0, |start| round(self.late_ms + since(start)))
    }
}

/// Nothing happens before navigation start.
fn round(ms: f64) -> f64 {
    ((ms * 1_000.0).round() / 1_000.0).max(0.0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn offsets_count_from_the_first_document() {
        let (mut clock, now) = (Clock::default(), Instant::now());
        assert!(!clock.has_started());
        assert_eq!(clock.exact(70.0), 0.0);
        clock.start(100.0, 1_700_000_000.25, now);
        clock.start(200.0, 1_800_000_000.0, now + Duration::from_secs(9));
        assert_eq!(clock.exact(100.123_456_7), 123.457);
        assert_eq!(clock.exact(99.0), 0.0);
        assert_eq!(clock.heard(now + Duration::from_millis(40)), 40.0);
        assert_eq!(clock.wall(1_700_000_000_300.0), 50.0);
        let (mut late, began_s) = (Clock::default(), Timestamp::now().as_microsecond() as f64 / 1e6 - 1.5);
        late.start(100.0, began_s, now);
        assert!((1_400.0..1_600.0).contains(&late.heard(now)), "{}", late.heard(now));
        assert_eq!(clock.started_at().unwrap().as_microsecond(), 1_700_000_000_250_000);
    }
}
