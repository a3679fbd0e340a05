//! `/portfolios/{name}`: worst sites, trend, what is new tonight, coverage.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use earshot_store::Scope;

use super::Line;
use crate::{
    access::{Rights, Writer},
    answer::{self, Row},
    api::{
        portfolios::{begin, known},
        runs::{self, Page as Wanted},
        statistics,
    },
    chart::Figure,
    link, number,
    page::{Layout, OnPage, Page, Section, Sorry, Visitor},
    pages::{overview::Overview, runs::RunLine, statistics as statistic_pages},
    problem::Problem,
    server::{Inner, Shared},
};

#[derive(Template)]
#[template(path = "portfolio.html")]
struct PortfolioPage {
    layout: Layout,
    rights: Rights,
    portfolio: Line,
    overview: Option<Overview>,
    /// Night by night: how many of the sites contact a tracker before any choice.
    trend: Option<Figure>,
    trend_address: String,
    changes: Vec<Changed>,
    changes_address: String,
    runs: Vec<RunLine>,
    runs_address: String,
    json: String,
}

/// A tracker that is new on sites, or gone from them, since the night before.
struct Changed {
    name: String,
    address: String,
    new: String,
    gone: String,
    unclear: String,
    compared: String,
    new_on: Vec<(String, String)>,
    gone_from: Vec<(String, String)>,
}

/// Nights in the chart.
const NIGHTS: u64 = 60;
/// Trackers in the table of changes.
const CHANGES: u64 = 20;
/// Runs that are shown.
const RUNS: u64 = 8;

pub(super) async fn show(
    visitor: Visitor,
    State(web): State<Shared>,
    Path(name): Path<String>,
) -> Result<Response, Sorry> {
    let row = known(&web, &name).await?;
    let scope = Scope { portfolio: Some(name.clone()), ..Scope::default() };
    // What is new tonight: the last night against those before.
    let tonight = Scope { days: 1, ..scope.clone() };
    let wanted = Wanted::first(RUNS).over(&name);
    let (overview, trend, changes, (runs, _)) = tokio::try_join!(
        Overview::of(&web, &scope),
        trend(&web, &scope),
        changes(&web, &tonight),
        runs::read(&web, &wanted),
    )?;
    let page = PortfolioPage {
        layout: Layout::new(format!("Portfolio: {name}"), Section::Portfolios),
        rights: visitor.rights,
        portfolio: Line::from(&row),
        overview,
        trend,
        trend_address: statistic_pages::address("trend", &scope),
        changes,
        changes_address: statistic_pages::address("changes", &tonight),
        runs: runs.iter().map(RunLine::from).collect(),
        runs_address: link::with_query(&["runs"], &link::query(&[("portfolio", &name)])),
        json: link::path(&["api", "v1", "portfolios", &name]),
    };
    Ok(Page(page).into_response())
}

pub(super) async fn crawl(
    OnPage(by): OnPage<Writer>,
    State(web): State<Shared>,
    Path(name): Path<String>,
) -> Result<Response, Sorry> {
    let crawl = begin(&web, &by, &name).await?;
    Ok(Redirect::to(&format!("/runs/{}", crawl.run.id)).into_response())
}

async fn trend(web: &Inner, scope: &Scope) -> Result<Option<Figure>, Problem> {
    let statistic = statistics::known("trend")?;
    let (rows, _) = answer::rows(web, statistic, scope, NIGHTS).await?;
    // One night is no trend.
    Ok(if rows.len() < 2 { None } else { statistic_pages::figure(statistic, &rows) })
}

async fn changes(web: &Inner, scope: &Scope) -> Result<Vec<Changed>, Problem> {
    let statistic = statistics::known("changes")?;
    let (rows, _) = answer::rows(web, statistic, scope, CHANGES).await?;
    Ok(rows.iter().map(|values| Changed::of(Row::new(statistic, values))).collect())
}

impl Changed {
    fn of(row: Row<'_>) -> Self {
        let (id, name) = (row.text("vendor"), row.text("vendor_name"));
        let count = |column: &str| number::count(row.count(column));
        let sites = |column: &str| {
            let sites = row.value(column).and_then(serde_json::Value::as_array).into_iter().flatten();
            sites.filter_map(|site| site.as_str()).map(|site| (site.to_owned(), link::path(&["sites", site]))).collect()
        };
        Self {
            name: if name.is_empty() { id } else { name }.to_owned(),
            address: link::path(&["vendors", id]),
            new: count("new"),
            gone: count("gone"),
            unclear: count("unclear"),
            compared: count("denominator"),
            new_on: sites("new_on"),
            gone_from: sites("gone_from"),
        }
    }
}
