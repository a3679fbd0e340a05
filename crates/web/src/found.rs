//! What an address names, or the problem with it; shared by pages and resources.

use std::{sync::Arc, time::Duration};

use axum::http::StatusCode;
use earshot_model::{Finding, FindingId, Run, RunId, VisitId};
use earshot_report::{History, ReportError};

use crate::{
    problem::Problem,
    reports::{SiteOfRun, Unread},
    server::Inner,
};

/// When to ask for a report again that could not be made for too many others.
const AGAIN_AFTER: Duration = Duration::from_secs(10);

/// What a run has found on a site.
pub(crate) async fn site(web: &Inner, run: &str, site: &str) -> Result<Arc<SiteOfRun>, Problem> {
    let run = run_id(run)?;
    let site = site.to_ascii_lowercase();
    web.reports.of(&web.store, run, &site).await.map_err(|why| unread(&why))
}

/// What scans of a site came to.
pub(crate) async fn history(web: &Inner, site: &str) -> Result<Arc<History>, Problem> {
    web.reports.history(&web.store, site).await.map_err(|error| problem(&error))
}

fn unread(why: &Unread) -> Problem {
    match why {
        Unread::Failed(error) => problem(error),
        Unread::Busy => Problem {
            retry_after: Some(AGAIN_AFTER.as_secs()),
            ..Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too many reports are being made; try again in a moment")
        },
    }
}

/// The run of that id.
pub(crate) async fn run(web: &Inner, id: &str) -> Result<Run, Problem> {
    let id = run_id(id)?;
    let run = web.store.run(id).await.map_err(|error| Problem::unavailable("the store", &error))?;
    run.ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, format!("there is no run {id}")))
}

/// The finding of that id.
pub(crate) async fn finding(web: &Inner, run: &str, finding: &str) -> Result<Finding, Problem> {
    let run = run_id(run)?;
    let id: FindingId =
        finding.parse().map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "a finding's id is a UUID"))?;
    let found = web.store.finding_of(run, id).await.map_err(|error| Problem::unavailable("the store", &error))?;
    found.ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, format!("run {run} has no finding {id}")))
}

pub(crate) fn run_id(id: &str) -> Result<RunId, Problem> {
    id.parse().map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "a run's id is a ULID: 26 letters and digits"))
}

pub(crate) fn visit_id(id: &str) -> Result<VisitId, Problem> {
    id.parse().map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "a visit's id is a UUID"))
}

/// What is wrong, told to whoever asked.
pub(crate) fn problem(error: &ReportError) -> Problem {
    let told = |status| Problem::new(status, error.to_string());
    match error {
        ReportError::NoRun(run) => Problem::new(StatusCode::NOT_FOUND, format!("there is no run {run}")),
        ReportError::NotVisited { .. } => told(StatusCode::NOT_FOUND),
        ReportError::Expired { .. } => told(StatusCode::GONE),
        ReportError::NotVerifiable(_) | ReportError::NotComparable(_) => told(StatusCode::UNPROCESSABLE_ENTITY),
        ReportError::Store(error) => Problem::unavailable("the store", error),
        ReportError::Word(_) | ReportError::Drawing(_) | ReportError::Document(_) => {
            tracing::error!(%error, "web: a report cannot be shown");
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "this cannot be shown; the log says why")
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use earshot_detect::rules::Packs;
    use earshot_report::Assessment;
    use earshot_store::{Store, StoreConfig};

    use super::*;
    use crate::reports::Reports;

    #[tokio::test(start_paused = true)]
    async fn who_waits_too_long_for_a_report_is_told_when_to_come_again() {
        let assessment = Assessment { packs: Packs::built_in().unwrap(), sites: BTreeMap::new(), sessions: 0 };
        let reports = Reports::new(assessment);
        let others = reports.all_turns().await;
        // Nothing listens there: who is let in is told that of the store.
        let url = "http://127.0.0.1:9".to_owned();
        let (user, password) = (String::new(), String::new());
        let store = Store::connect(StoreConfig { url, database: StoreConfig::DATABASE.to_owned(), user, password });
        let ask = || reports.of(&store, RunId::new(), "shop.test");

        let told = unread(&ask().await.err().unwrap());
        assert_eq!((told.status, told.retry_after), (503, Some(10)));
        assert!(told.detail.contains("try again"), "{}", told.detail);

        drop(others);
        assert!(matches!(*ask().await.err().unwrap(), Unread::Failed(ReportError::Store(_))));
    }
}
