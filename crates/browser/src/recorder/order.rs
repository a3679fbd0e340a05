//! What came first, as far as one session tells it: a page's clock and the browser's are some fractions of a millisecond
//! apart, on a machine that was asleep more, and what has no moment of its own is dated when we hear of it. The messages of
//! one session come in the order in which things happened.

use std::collections::HashMap;

/// The smallest step between two moments, in ms: a microsecond, to which all moments are exact.
const STEP_MS: f64 = 0.001;

/// How far what a page's process does not tell itself (its navigations) is moved: both clocks are the same machine's.
const CLOCKS_APART_MS: f64 = 50.0;

/// Presses by which moments of one session are parted: more than are kept of a visit, each in two parts.
const PRESSES: usize = 1_000;

/// Moments by session.
#[derive(Debug, Default)]
pub(super) struct Order {
    sessions: HashMap<String, Moments>,
}

/// Of one session, in ms since navigation start.
#[derive(Debug, Default)]
struct Moments {
    /// The latest moment of what it told so far.
    latest: f64,
    /// The presses.
    presses: Vec<f64>,
}

impl Moments {
    /// The last press; 0 if there was none.
    fn pressed(&self) -> f64 {
        self.presses.last().copied().unwrap_or_default()
    }
}

impl Order {
    /// The moment of what a session tells now and calls `at_ms`: not before a press that it told of earlier.
    pub(super) fn told(&mut self, session: &str, at_ms: f64) -> f64 {
        let moments = self.moments(session);
        let at_ms = at_ms.max(moments.pressed());
        moments.latest = moments.latest.max(at_ms);
        at_ms
    }

    /// The same for what the browser tells in the session's name.
    pub(super) fn told_by_browser(&mut self, session: &str, at_ms: f64) -> f64 {
        let pressed = self.moments(session).pressed();
        if pressed - at_ms > CLOCKS_APART_MS { at_ms } else { self.told(session, at_ms) }
    }

    /// The moment of a press that a session tells of now and calls `at_ms`: after all that it told earlier.
    pub(super) fn pressed(&mut self, session: &str, at_ms: f64) -> f64 {
        let moments = self.moments(session);
        let at_ms = at_ms.max(moments.latest + STEP_MS);
        if moments.presses.len() < PRESSES {
            moments.presses.push(at_ms);
        }
        moments.latest = at_ms;
        at_ms
    }

    /// The moment of what a session told of at `made_ms`, when it was not known yet that it was at `at_ms`: on the same side
    /// of each press.
    pub(super) fn dated(&mut self, session: &str, made_ms: f64, at_ms: f64) -> f64 {
        let presses = &self.moments(session).presses;
        let (before, after) = presses.split_at(presses.partition_point(|press| *press <= made_ms));
        let at_ms = before.last().map_or(at_ms, |press| at_ms.max(*press));
        if after.first().is_some_and(|press| at_ms >= *press) { made_ms } else { at_ms }
    }

    fn moments(&mut self, session: &str) -> &mut Moments {
        self.sessions.entry(session.to_owned()).or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_press_lies_between_what_was_told_before_and_after() {
        let mut order = Order::default();
        assert_eq!(order.told("page", 100.5), 100.5);
        assert_eq!(order.pressed("page", 100.2), 100.501);
        assert_eq!(order.told("page", 100.3), 100.501);
        assert_eq!(order.told("page", 200.0), 200.0);
        assert_eq!(order.pressed("page", 300.0), 300.0);
        // Another session knows nothing of it, and an old navigation is told late.
        assert_eq!(order.told("frame", 250.0), 250.0);
        assert_eq!(order.dated("page", 250.0, 310.0), 250.0);
        assert_eq!(order.dated("page", 300.0, 299.0), 300.0);
        assert_eq!(order.dated("page", 310.0, 320.0), 320.0);
        assert_eq!(order.told_by_browser("page", 299.0), 300.0);
        assert_eq!(order.told_by_browser("page", 200.0), 200.0);
    }
}
