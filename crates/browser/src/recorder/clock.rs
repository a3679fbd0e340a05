use tokio::time::Instant;

/// Offsets in ms since navigation start: the moment of the first document request on the browser's monotonic clock,
/// which all its processes share.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    /// Navigation start, in seconds of the browser's clock.
    start_s: Option<f64>,
    /// When we heard of it, for events that carry no time of their own.
    heard: Option<Instant>,
}

impl Clock {
    /// The document request was made at `start_s` and heard of at `heard`; later ones change nothing.
    pub(crate) fn start(&mut self, start_s: f64, heard: Instant) {
        self.start_s.get_or_insert(start_s);
        self.heard.get_or_insert(heard);
    }

    pub(crate) fn has_started(&self) -> bool {
        self.start_s.is_some()
    }

    /// The offset of a moment on the browser's clock, exact to a microsecond.
    pub(crate) fn exact(&self, at_s: f64) -> f64 {
        round((at_s - self.start_s.unwrap_or(at_s)) * 1_000.0)
    }

    /// The offset of something that we heard of at `heard`: late by a message's way, a few ms.
    pub(crate) fn heard(&self, heard: Instant) -> f64 {
        self.heard.map_or(0.0, |start| round(heard.saturating_duration_since(start).as_secs_f64() * 1_000.0))
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
        clock.start(100.0, now);
        clock.start(200.0, now + Duration::from_secs(9));
        assert_eq!(clock.exact(100.123_456_7), 123.457);
        assert_eq!(clock.exact(99.0), 0.0);
        assert_eq!(clock.heard(now + Duration::from_millis(40)), 40.0);
    }
}
