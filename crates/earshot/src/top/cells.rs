//! What stands in the tables, whoever draws them.

use earshot_bus::Worker;
use earshot_store::GoingRow;
use jiff::{SpanRound, Timestamp, Unit};

use super::Fleet;

/// Longest label of a run, in characters.
const LABEL: usize = 28;

/// A table.
#[derive(Debug)]
pub(super) struct Cells {
    pub title: &'static str,
    pub columns: Vec<&'static str>,
    pub rows: Vec<Vec<String>>,
    /// What is said if there are no rows.
    pub none: &'static str,
}

/// One line about everything.
pub(super) fn headline(snapshot: &Fleet) -> String {
    let Fleet { pages_per_minute, dead_letters, runs, workers, .. } = snapshot;
    let left: u64 = runs.iter().map(GoingRow::left).sum();
    let failed: u64 = workers.iter().map(|worker| worker.failed).sum();
    format!(
        "{} · {pages_per_minute} pages/min · {left} pages left · {} runs · {} workers · {failed} tried again · {dead_letters} dead",
        snapshot.at.strftime("%H:%M:%S UTC"),
        runs.len(),
        workers.len(),
    )
}

/// The tables, from what waits to who works.
pub(super) fn all(snapshot: &Fleet) -> [Cells; 3] {
    let lane = |depth: &earshot_bus::Depth| {
        vec![depth.stream.to_owned(), depth.lane.to_owned(), depth.waiting.to_string(), depth.in_work.to_string()]
    };
    [
        Cells {
            title: "Lanes",
            columns: vec!["STREAM", "LANE", "WAITING", "IN WORK"],
            rows: snapshot.lanes.iter().map(lane).collect(),
            none: "there are none",
        },
        Cells {
            title: "Runs",
            columns: vec!["RUN", "LABEL", "SITES", "PAGES", "NOT SEEN", "PAGES/MIN", "SINCE"],
            rows: snapshot.runs.iter().map(|run| of_run(run, snapshot.at)).collect(),
            none: "no run goes on",
        },
        Cells {
            title: "Workers",
            columns: vec!["ROLE", "HOST", "PID", "BUSY", "DONE", "FAILED", "RSS MB", "SINCE", "VERSION"],
            rows: snapshot.workers.iter().map(|worker| of_worker(worker, snapshot.at)).collect(),
            none: "nobody says that they work",
        },
    ]
}

fn of_run(run: &GoingRow, now: Timestamp) -> Vec<String> {
    let started = Timestamp::from_second(run.started).unwrap_or(now);
    vec![
        run.run_id.clone(),
        run.label.chars().filter(|letter| !letter.is_control()).take(LABEL).collect(),
        format!("{}/{}", run.crawled, run.seeds),
        format!("{}/{}", run.recorded, run.planned),
        run.unseen.to_string(),
        run.last_minute.to_string(),
        since(started, now),
    ]
}

fn of_worker(worker: &Worker, now: Timestamp) -> Vec<String> {
    let busy = match worker.limit {
        0 => worker.busy.to_string(),
        limit => format!("{}/{limit}", worker.busy),
    };
    vec![
        worker.role.clone(),
        worker.host.clone(),
        worker.pid.to_string(),
        busy,
        worker.done.to_string(),
        worker.failed.to_string(),
        (worker.rss >> 20).to_string(),
        since(worker.since, now),
        worker.version.clone(),
    ]
}

/// How long ago, in the two largest units: `3h 20m`.
fn since(then: Timestamp, now: Timestamp) -> String {
    let span = now.since(then).and_then(|span| span.round(SpanRound::new().largest(Unit::Hour).smallest(Unit::Second)));
    let Ok(span) = span else { return String::new() };
    match (span.get_hours(), span.get_minutes(), span.get_seconds()) {
        (0, 0, seconds) => format!("{}s", seconds.max(0)),
        (0, minutes, seconds) => format!("{minutes}m {seconds}s"),
        (hours, minutes, _) => format!("{hours}h {minutes}m"),
    }
}
