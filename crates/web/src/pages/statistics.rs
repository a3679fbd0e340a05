//! `/statistics`: the named statistics, each with its chart, its table, its definition and its SQL.

mod form;
mod picture;
mod table;

use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use earshot_store::{STATISTICS, Scope, Statistic};

use crate::{
    answer,
    api::statistics::known,
    asked::{self, Asked},
    chart::Figure,
    link,
    page::{Layout, Page, Section, Sorry, Visitor},
    problem::Problem,
    server::{Inner, Shared},
};
use form::Form;
use table::Table;

/// Rows of each group on a page.
const ROWS: u64 = 100;

#[derive(Template)]
#[template(path = "statistics.html")]
struct All {
    layout: Layout,
    statistics: &'static [&'static Statistic],
}

#[derive(Template)]
#[template(path = "statistic.html")]
struct One {
    layout: Layout,
    statistic: &'static Statistic,
    form: Form,
    /// The line that goes with every answer: how many sites, and how many of them were seen.
    seen: String,
    /// What is not in the numbers.
    missing: Vec<String>,
    /// Whether anything is in scope.
    any: bool,
    figure: Option<Figure>,
    table: Table,
    more: bool,
    /// What the answer is grouped by; empty for nothing.
    by: String,
    sql: String,
    parameters: Vec<(&'static str, String)>,
    /// Where the answer can be had as a file: what it is called, and its address.
    files: Vec<(&'static str, String)>,
    document: String,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/statistics", get(list)).route("/statistics/{name}", get(show))
}

async fn list(_: Visitor) -> Page<All> {
    Page(All { layout: Layout::new("Statistics", Section::Statistics), statistics: STATISTICS })
}

async fn show(
    _: Visitor,
    State(web): State<Shared>,
    Path(name): Path<String>,
    asked: Result<Asked, Problem>,
) -> Result<Page<One>, Sorry> {
    one(&web, known(&name)?, asked?).await.map(Page).map_err(Sorry::from)
}

async fn one(web: &Inner, statistic: &'static Statistic, asked: Asked) -> Result<One, Problem> {
    let scope = asked.scope;
    let answer = answer::ask(web, statistic, &scope, ROWS);
    let portfolios = async { web.store.portfolios().await.map_err(|error| Problem::unavailable("the store", &error)) };
    let (answer, portfolios) = tokio::try_join!(answer, portfolios)?;
    let by = scope.by.as_deref().unwrap_or(statistic.usually_by);
    let query = asked::query(&scope);
    let file = |format: &str| {
        let format = format!("format={format}");
        let query = if query.is_empty() { format } else { format!("{query}&{format}") };
        link::with_query(&["api", "v1", "statistics", statistic.name], &query)
    };
    let parameters = scope.parameters(statistic.usually_by).into_iter();
    Ok(One {
        layout: Layout::new(statistic.title, Section::Statistics),
        seen: answer.seen.line(statistic.over),
        missing: answer.seen.missing(),
        any: answer.seen.sites > 0,
        figure: picture::draw(statistic, &answer.rows, by),
        table: Table::new(statistic, &answer.rows, by),
        more: answer.more,
        by: by.to_owned(),
        sql: statistic.sql(),
        parameters: parameters.map(|(name, value)| (name, value.to_string())).collect(),
        files: vec![("CSV", file("csv")), ("JSON", file("json")), ("Parquet", file("parquet"))],
        document: link::with_query(&["api", "v1", "statistics", statistic.name], &query),
        form: Form::new(statistic, scope, portfolios.into_iter().map(|portfolio| portfolio.portfolio)),
        statistic,
    })
}

/// Where a statistic stands over that scope: what numbers elsewhere link to.
pub(crate) fn address(name: &str, scope: &Scope) -> String {
    link::with_query(&["statistics", name], &asked::query(scope))
}

/// The chart of a statistic's rows, for other pages.
pub(crate) fn figure(statistic: &'static Statistic, rows: &[Vec<serde_json::Value>]) -> Option<Figure> {
    picture::draw(statistic, rows, "")
}
