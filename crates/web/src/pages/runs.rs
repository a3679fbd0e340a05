//! `/runs`: what was looked at, and when.

use askama::Template;
use axum::{
    Router,
    extract::{Query, State, rejection::QueryRejection},
    routing::get,
};
use earshot_model::{Run, RunKind, RunState};
use jiff::Timestamp;

use crate::{
    api::runs::{self, Page as Wanted, bad},
    link, number,
    page::{Layout, Page, Section, Sorry, Visitor},
    server::Shared,
};

/// A run, in a line of a list.
pub(crate) struct RunLine {
    pub id: String,
    /// Where it is shown.
    pub address: String,
    pub label: String,
    /// What it is: a scan, a verify, the crawl of a night.
    pub what: String,
    pub started: String,
    /// Targets.
    pub seeds: String,
    pub profiles: String,
    pub state: &'static str,
    pub portfolio: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "runs.html")]
struct Runs {
    layout: Layout,
    runs: Vec<RunLine>,
    /// All portfolios, and whether it is the one that is asked for.
    portfolios: Vec<(String, bool)>,
    /// Only those over this one; empty for all.
    portfolio: String,
    /// The address of the next page.
    next: Option<String>,
    /// The same as JSON.
    json: String,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/runs", get(list))
}

async fn list(
    _: Visitor,
    State(web): State<Shared>,
    page: Result<Query<Wanted>, QueryRejection>,
) -> Result<Page<Runs>, Sorry> {
    let mut page = page.map_err(|error| bad(error.body_text()))?.0;
    // A form sends what nobody has chosen.
    page.portfolio = page.portfolio.filter(|portfolio| !portfolio.is_empty());
    let (runs, next) = runs::read(&web, &page).await?;
    let portfolios =
        web.store.portfolios().await.map_err(|error| crate::problem::Problem::unavailable("the store", &error))?;
    let portfolio = page.portfolio.unwrap_or_default();
    let of = |row: earshot_store::ImportRow| {
        let chosen = row.portfolio == portfolio;
        (row.portfolio, chosen)
    };
    let query = if portfolio.is_empty() { String::new() } else { link::query(&[("portfolio", &portfolio)]) };
    Ok(Page(Runs {
        layout: Layout::new("Runs", Section::Runs),
        runs: runs.iter().map(RunLine::from).collect(),
        portfolios: portfolios.into_iter().map(of).collect(),
        next: next.map(|query| format!("/runs?{query}")),
        json: link::with_query(&["api", "v1", "runs"], &query),
        portfolio,
    }))
}

/// A moment, to the minute.
pub(crate) fn moment(when: Timestamp) -> String {
    when.strftime("%Y-%m-%d %H:%M").to_string()
}

/// The state of a run, in words.
pub(crate) fn state(state: RunState) -> &'static str {
    match state {
        RunState::Running => "goes on",
        RunState::Paused => "paused",
        RunState::Complete => "complete",
        RunState::Cancelled => "cancelled",
    }
}

impl From<&Run> for RunLine {
    fn from(run: &Run) -> Self {
        let what = match (run.kind, run.night) {
            (RunKind::Verify { .. }, _) => "verify".to_owned(),
            (RunKind::Scan, Some(night)) => format!("night of {night}"),
            (RunKind::Scan, None) => "scan".to_owned(),
        };
        let profiles: Vec<_> = run.profiles.iter().map(|profile| profile.as_str()).collect();
        let of = |portfolio: &String| (portfolio.clone(), link::path(&["portfolios", portfolio]));
        Self {
            id: run.id.to_string(),
            address: format!("/runs/{}", run.id),
            label: run.label.clone(),
            what,
            started: moment(run.started_at),
            seeds: number::count(run.seeds),
            profiles: profiles.join(", "),
            state: state(run.state),
            portfolio: run.portfolio.as_ref().map(of),
        }
    }
}
