//! How long is waited after the typing: recorders gather what is typed, and upload late.

use std::{collections::HashMap, time::Duration};

use tokio::time::{Instant, sleep_until};

use super::bounds;
use crate::{BrowserConfig, Patience, pump::Notes, recorder::Contact};

/// The recorders of a page, by name: when an upload of them is due, and whether it came.
struct Awaited<'a> {
    patience: &'a Patience,
    /// When the last field was left: ms since navigation start.
    left_ms: f64,
    /// From when on an upload may hold what was typed: ms since navigation start.
    from_ms: f64,
    recorders: HashMap<String, Recorder>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Recorder {
    due_ms: f64,
    came: bool,
}

/// Waits after the last field was left at `left`: at least for `least`, until the page is quiet, and for each recorder
/// until it uploaded or should have; until `ending` at most, or until the renderer is gone.
pub(super) async fn settle(notes: &Notes, config: &BrowserConfig, left: Instant, least: Duration, ending: Instant) {
    let mut progress = notes.progress();
    let left_ms = notes.recorder().our_ms(left);
    let mut awaited = Awaited {
        patience: &config.advice.patience,
        left_ms,
        from_ms: left_ms + millis(bounds::GATHERED),
        recorders: HashMap::new(),
    };
    let mut heard = 0;
    loop {
        let (last_request, over) = {
            let now = progress.borrow_and_update();
            (now.last_request, now.crashed.is_some() || now.spent)
        };
        let due_ms = {
            let recorder = notes.recorder();
            let (contacts, next) = recorder.contacts(heard);
            contacts.for_each(|contact| awaited.hear(contact));
            heard = next;
            awaited.due_ms()
        };
        let quiet = last_request.map_or(left, |last| last + config.dwell.quiet).min(left + least.max(config.dwell.max));
        let due = due_ms.map_or(left, |due_ms| after(left, due_ms - left_ms));
        let until = (left + least).max(quiet).max(due).min(ending);
        let now = Instant::now();
        if over || now >= until {
            return;
        }
        tokio::select! {
            changed = progress.changed() => if changed.is_err() { return },
            // Sockets' frames are no progress of the page: they are looked for.
            () = sleep_until(until.min(now + bounds::TICK)) => {}
        }
    }
}

impl Awaited<'_> {
    fn hear(&mut self, contact: Contact<'_>) {
        let Some((name, patience)) = (self.patience)(contact.url) else { return };
        // It may have uploaded just before the field was left, and not do so again for as long.
        let due_ms = contact.at_ms.max(self.left_ms) + millis(patience + bounds::LATE);
        let recorder = self.recorders.entry(name).or_insert(Recorder { due_ms, came: false });
        recorder.came |= contact.carries && contact.at_ms >= self.from_ms;
    }

    /// When the last of those is due that did not come yet; `None` if there is none.
    fn due_ms(&self) -> Option<f64> {
        let missing = self.recorders.values().filter(|recorder| !recorder.came);
        let due = missing
            .map(|recorder| recorder.due_ms)
            .fold(None, |last: Option<f64>, due| Some(last.map_or(due, |last| last.max(due))));
        due.map(|due| due.max(self.left_ms + millis(bounds::RECORDERS)))
    }
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

/// That much later, in ms; not at all for what is past.
fn after(moment: Instant, ms: f64) -> Instant {
    moment + Duration::from_secs_f64(ms.max(0.0) / 1_000.0)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn contact(url: &str, at_ms: f64, carries: bool) -> Contact<'_> {
        Contact { url, at_ms, carries }
    }

    #[test]
    fn a_recorder_is_waited_for_until_it_uploads_or_should_have() {
        let patience: Patience =
            Arc::new(|url| url.contains("replay").then(|| ("replay".to_owned(), Duration::from_secs(10))));
        let mut awaited =
            Awaited { patience: &patience, left_ms: 8_000.0, from_ms: 9_000.0, recorders: HashMap::new() };
        assert_eq!(awaited.due_ms(), None);
        awaited.hear(contact("https://cdn.replay.test/x.js", 500.0, false));
        awaited.hear(contact("https://other.test/", 600.0, true));
        assert_eq!(awaited.due_ms(), Some(19_500.0));
        awaited.hear(contact("https://up.replay.example/", 8_500.0, true));
        assert_eq!(awaited.due_ms(), Some(19_500.0), "too early to hold what was typed last");
        awaited.hear(contact("https://up.replay.example/", 9_500.0, true));
        assert_eq!(awaited.due_ms(), None, "it is one recorder under whatever address");
    }

    #[test]
    fn one_that_comes_late_is_waited_for_from_then_on() {
        let patience: Patience = Arc::new(|_| Some(("replay".to_owned(), Duration::from_secs(10))));
        let mut awaited =
            Awaited { patience: &patience, left_ms: 8_000.0, from_ms: 9_000.0, recorders: HashMap::new() };
        awaited.hear(contact("https://replay.test/x.js", 8_900.0, false));
        assert_eq!(awaited.due_ms(), Some(20_400.0));
    }
}
