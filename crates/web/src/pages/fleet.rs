//! `/fleet`: who works, what waits, and what does not move.

use std::collections::BTreeMap;

use askama::Template;
use axum::{Router, extract::State, routing::get};
use earshot_bus::Worker;
use jiff::Timestamp;

use crate::{
    Fleet,
    api::fleet::look,
    number,
    page::{Layout, Page, Section, Sorry, Visitor},
    problem::Problem,
    server::Shared,
};

#[derive(Template)]
#[template(path = "fleet.html")]
struct Looked {
    layout: Layout,
    at: String,
    fleet: Fleet,
    stuck: Vec<String>,
    roles: Vec<Role>,
    left: u64,
}

/// All workers of one role.
#[derive(Debug, PartialEq)]
struct Role {
    name: String,
    workers: u64,
    /// `3 of 8`; the limit only where there is one.
    busy: String,
    done: u64,
    /// Pieces of work done in a minute since each worker began.
    rate: String,
    failed: u64,
    rss_mb: u64,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/fleet", get(show))
}

async fn show(_: Visitor, State(web): State<Shared>) -> Result<Page<Looked>, Sorry> {
    let fleet = look(&web).await.map_err(|problem: Problem| Sorry::from(problem))?;
    Ok(Page(Looked {
        layout: Layout::new("Fleet", Section::Fleet),
        at: fleet.at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        stuck: fleet.stuck(),
        roles: roles(&fleet.workers, fleet.at),
        left: fleet.runs.iter().map(|run| run.left()).sum(),
        fleet,
    }))
}

fn roles(workers: &[Worker], at: Timestamp) -> Vec<Role> {
    let mut by_role: BTreeMap<&str, Vec<&Worker>> = BTreeMap::new();
    for worker in workers {
        by_role.entry(&worker.role).or_default().push(worker);
    }
    let role = |(name, workers): (&str, Vec<&Worker>)| {
        let sum = |of: fn(&Worker) -> u64| workers.iter().map(|worker| of(worker)).sum::<u64>();
        let (busy, limit) = (sum(|worker| worker.busy), sum(|worker| worker.limit));
        let rate: f64 = workers.iter().map(|worker| rate(worker, at)).sum();
        Role {
            name: name.to_owned(),
            workers: workers.len() as u64,
            busy: if limit == 0 { busy.to_string() } else { format!("{busy} of {limit}") },
            done: sum(|worker| worker.done),
            rate: format!("{rate:.1}"),
            failed: sum(|worker| worker.failed),
            rss_mb: sum(|worker| worker.rss) >> 20,
        }
    };
    by_role.into_iter().map(role).collect()
}

fn rate(worker: &Worker, at: Timestamp) -> f64 {
    let minutes = (at.as_second() - worker.since.as_second()).max(1) as f64 / 60.0;
    worker.done as f64 / minutes
}

/// How long ago.
fn since(then: Timestamp, now: Timestamp) -> String {
    let seconds = (now.as_second() - then.as_second()).max(0);
    match (seconds / 3_600, seconds / 60 % 60) {
        (0, 0) => format!("{seconds} s"),
        (0, minutes) => format!("{minutes} min"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_of_a_role_are_added_up() {
        let at = Timestamp::from_second(3_600).unwrap();
        let worker = |role: &str, done| Worker {
            instance: Default::default(),
            role: role.into(),
            host: "h".into(),
            pid: 1,
            version: "0".into(),
            since: Timestamp::from_second(0).unwrap(),
            busy: 1,
            limit: if role == "browser" { 4 } else { 0 },
            done,
            failed: 1,
            rss: 3 << 20,
        };
        let roles = roles(&[worker("recorder", 6), worker("browser", 60), worker("browser", 120)], at);
        let (browser, recorder) = (&roles[0], &roles[1]);
        assert_eq!((browser.workers, browser.busy.as_str(), browser.rate.as_str()), (2, "2 of 8", "3.0"));
        assert_eq!((browser.done, browser.failed, browser.rss_mb), (180, 2, 6));
        assert_eq!((recorder.name.as_str(), recorder.busy.as_str(), recorder.rate.as_str()), ("recorder", "1", "0.1"));
        let ago = |seconds: i64| since(Timestamp::from_second(3_600 - seconds).unwrap(), at);
        assert_eq!([ago(5), ago(125), ago(3_600)], ["5 s", "2 min", "1 h 0 min"]);
    }
}
