//! How far a run is, and what it came to, in a line.

use earshot_model::{Run, RunKind, RunState};
use earshot_store::{CoverageRow, Progress, Store, StoreError};
use serde_json::{Value, json};

/// What a run came to.
pub(crate) struct Verdict {
    /// In a line.
    pub words: String,
    /// Where all of it is told.
    pub report: String,
    /// What that is.
    pub called: &'static str,
    state: RunState,
}

/// How far a run is.
pub(crate) fn state(run: &Run, progress: &Progress, ahead: u64) -> Value {
    json!({ "state": run.state, "progress": progress, "ahead": ahead, "words": words_of_state(run, progress, ahead) })
}

/// The same in words.
pub(crate) fn words_of_state(run: &Run, progress: &Progress, ahead: u64) -> String {
    let Progress { seeds, crawled, planned, recorded, .. } = *progress;
    let visits = format!("{recorded} of {planned} page visits recorded");
    match run.state {
        RunState::Running if crawled == 0 && recorded == 0 => match ahead {
            0 => "Waiting for a crawler to choose pages".to_owned(),
            1 => "Waiting: 1 run that was started earlier is still open".to_owned(),
            more => format!("Waiting: {more} runs that were started earlier are still open"),
        },
        RunState::Running if crawled < seeds => format!("{crawled} of {seeds} targets crawled, {visits} so far"),
        RunState::Running => visits,
        RunState::Paused => format!("Held back: {visits}"),
        RunState::Complete => format!("Complete: {visits}"),
        RunState::Cancelled => format!("Ended early: {visits}"),
    }
}

impl Verdict {
    /// Of a run that is over.
    pub async fn of(store: &Store, run: &Run, progress: &Progress) -> Result<Self, StoreError> {
        let (report, called) = match run.kind {
            RunKind::Verify { .. } => (format!("/verifies/{}", run.id), "Before and after"),
            RunKind::Scan => match store.sites(run.id).await?.as_slice() {
                [site] => (format!("/runs/{}/sites/{site}", run.id), "Report of this site"),
                _ => (format!("/runs/{}", run.id), "Report of this run"),
            },
        };
        let coverage = Coverage::of(&store.coverage(run.id)?.all().await?);
        let heard = store.keystrokes(run.id)?.all().await?.into_iter().filter(|row| !row.grade.is_empty()).count();
        let words = words(run.state, &coverage, progress.trackers, heard);
        Ok(Self { words, report, called, state: run.state })
    }

    pub(super) fn told(&self) -> Value {
        json!({ "state": self.state, "verdict": self.words, "report": self.report, "called": self.called })
    }
}

/// How much of a run was seen, in visits.
struct Coverage {
    planned: u64,
    seen: u64,
    /// Visits that found no page of the site.
    absent: u64,
}

impl Coverage {
    fn of(rows: &[CoverageRow]) -> Self {
        let sum = |of: fn(&CoverageRow) -> u64| rows.iter().map(of).sum();
        Self { planned: sum(|row| row.planned), seen: sum(|row| row.seen), absent: sum(|row| row.absent) }
    }
}

/// What was observed, with what it was observed on. What was not seen is not clean.
fn words(state: RunState, coverage: &Coverage, trackers: u64, heard: usize) -> String {
    let Coverage { planned, seen, absent } = *coverage;
    let early = if state == RunState::Cancelled { "The run was ended early. " } else { "" };
    let mut missed = Vec::new();
    if absent > 0 {
        missed.push(format!("{absent} of {planned} page visits found no page of the site."));
    }
    match planned.saturating_sub(seen + absent) {
        0 => {}
        unseen => missed
            .push(format!("{unseen} of {planned} page visits did not see their page: nothing can be said of them.")),
    }
    let missed = missed.join(" ");
    match (planned, seen) {
        (0, _) => return format!("{early}No page was visited: nothing can be said about who listens."),
        (_, 0) => return format!("{early}{missed}"),
        _ => {}
    }
    let contacts = match trackers {
        0 => "No tracker of the catalogue was contacted before a choice".to_owned(),
        1 => "1 tracker was contacted before any choice".to_owned(),
        more => format!("{more} trackers were contacted before any choice"),
    };
    let heard = match heard {
        0 => String::new(),
        1 => " 1 party was told something of what was typed.".to_owned(),
        more => format!(" {more} parties were told something of what was typed."),
    };
    let said = format!("{early}{contacts}, as observed on {seen} of {planned} page visits.{heard} {missed}");
    said.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_is_told_for_how_many() {
        let run: Run = serde_json::from_value(json!({
            "id": "01JD7Z4M9Q8X5V3T2R1P0N6K7H", "started_at": "2026-03-01T02:03:04Z", "label": "", "digest": "", "seeds": 2,
            "pages_per_site": 1, "profiles": ["untouched"], "repetitions": 1, "egress": "", "kind": "scan",
            "state": "running",
        }))
        .unwrap();
        let words = |crawled, planned, recorded, ahead| {
            let progress = Progress { seeds: 2, crawled, planned, recorded, ..Progress::default() };
            words_of_state(&run, &progress, ahead)
        };
        assert_eq!(words(0, 0, 0, 2), "Waiting: 2 runs that were started earlier are still open");
        assert_eq!(words(0, 0, 0, 0), "Waiting for a crawler to choose pages");
        assert_eq!(words(1, 3, 1, 0), "1 of 2 targets crawled, 1 of 3 page visits recorded so far");
        assert_eq!(words(2, 3, 3, 0), "3 of 3 page visits recorded");
    }

    #[test]
    fn what_was_not_seen_is_not_clean() {
        let of = |planned, seen, absent, trackers| {
            words(RunState::Complete, &Coverage { planned, seen, absent }, trackers, 0)
        };
        assert_eq!(of(0, 0, 0, 0), "No page was visited: nothing can be said about who listens.");
        assert_eq!(of(1, 0, 0, 0), "1 of 1 page visits did not see their page: nothing can be said of them.");
        assert_eq!(of(1, 0, 1, 3), "1 of 1 page visits found no page of the site.");
        assert_eq!(
            of(3, 2, 0, 0),
            "No tracker of the catalogue was contacted before a choice, as observed on 2 of 3 page visits. 1 of 3 page \
             visits did not see their page: nothing can be said of them."
        );
        assert_eq!(of(1, 1, 0, 2), "2 trackers were contacted before any choice, as observed on 1 of 1 page visits.");
    }
}
