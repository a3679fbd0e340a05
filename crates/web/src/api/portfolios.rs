//! `/api/v1/portfolios`: the lists that somebody watches.

use std::io;

use axum::{
    Json,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, Path, Query, State, rejection::QueryRejection},
    http::StatusCode,
};
use earshot_store::{ImportRow, portfolio_name};
use futures::{Stream, StreamExt as _};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::runs::{RunShape, bad};
use crate::{
    access::{Reader, Writer},
    problem::{Mistake, Problem},
    server::Shared,
    submit::{BadLine, ImportError, Imported, List, Pieces},
};

/// All portfolios.
#[derive(Serialize, ToSchema)]
pub(crate) struct Portfolios {
    pub portfolios: Vec<Portfolio>,
}

/// A portfolio, as its last import left it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Portfolio {
    /// Its name.
    pub portfolio: String,
    /// How many targets it has.
    pub targets: u64,
    /// When it was imported last, UTC.
    #[schema(format = DateTime)]
    pub imported_at: String,
    /// `replace` or `add`.
    pub mode: String,
    /// What the list was called where it came from.
    pub source: String,
    /// How many of its lines repeated another one.
    pub duplicates: u64,
    /// How many of its lines could not be read.
    pub bad_lines: u64,
}

/// How a list is taken.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct How {
    /// Whether what the portfolio has stays; else the list replaces it.
    #[param(example = true)]
    add: Option<bool>,
    /// What the list is called where it comes from.
    #[param(example = "shops.csv")]
    source: Option<String>,
}

/// What became of a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct Taken {
    pub portfolio: Portfolio,
    /// The first 100 of the lines that could not be read.
    pub bad: Vec<Bad>,
}

/// A line that could not be read.
#[derive(Serialize, ToSchema)]
pub(crate) struct Bad {
    /// Which, from 1.
    pub line: u64,
    /// The name of the column.
    pub field: String,
    /// What is wrong with it.
    pub reason: String,
}

/// The crawl of a portfolio in one night.
#[derive(Serialize, ToSchema)]
pub(crate) struct Crawled {
    pub run: RunShape,
    /// Whether it was started by this call, and not before.
    pub fresh: bool,
}

/// Letters of a list's name at most.
const MAX_SOURCE: usize = 200;

pub(crate) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        // Counted where it is read: how much may come is configured.
        .merge(OpenApiRouter::new().routes(routes!(put)).layer(DefaultBodyLimit::disable()))
        .routes(routes!(remove))
        .routes(routes!(crawl))
}

/// All portfolios, by name.
#[utoipa::path(get, path = "/portfolios", tag = "portfolios", responses((status = 200, description = "All of them.", body = Portfolios)))]
async fn list(_: Reader, State(web): State<Shared>) -> Result<Json<Portfolios>, Problem> {
    let rows = web.store.portfolios().await.map_err(|error| Problem::unavailable("the store", &error))?;
    Ok(Json(Portfolios { portfolios: rows.iter().map(Portfolio::from).collect() }))
}

/// One portfolio.
#[utoipa::path(
    get,
    path = "/portfolios/{portfolio}",
    tag = "portfolios",
    params(("portfolio" = String, Path, description = "Its name.", example = "shops")),
    responses((status = 200, description = "The portfolio.", body = Portfolio))
)]
async fn show(_: Reader, State(web): State<Shared>, Path(name): Path<String>) -> Result<Json<Portfolio>, Problem> {
    Ok(Json(Portfolio::from(&known(&web, &name).await?)))
}

/// Imports a list into a portfolio: whole, or not at all.
///
/// CSV with a header, of which one column is called domain, url or site; owner, sector, country, sensitive and sessions are understood,
/// every other column becomes a tag. Without a header, one domain or address a line.
#[utoipa::path(
    put,
    path = "/portfolios/{portfolio}",
    tag = "portfolios",
    params(("portfolio" = String, Path, description = "Its name: letters, digits, - _ and .", example = "shops"), How),
    request_body(content = String, content_type = "text/csv", example = "domain,owner\nexample.com,Example Ltd\n"),
    responses((status = 200, description = "The portfolio is what this says.", body = Taken))
)]
async fn put(
    by: Writer,
    State(web): State<Shared>,
    Path(name): Path<String>,
    how: Result<Query<How>, QueryRejection>,
    body: Body,
) -> Result<Json<Taken>, Problem> {
    let how = how.map_err(|error| bad(error.body_text()))?.0;
    let (name, source) = (portfolio_name(&name).map_err(bad)?, how.source.unwrap_or_else(|| "API".to_owned()));
    let bytes = body.into_data_stream();
    let taken = import(&web, &by, &name, &source, how.add.unwrap_or(false), bytes).await?;
    match taken.portfolio {
        Some(row) => {
            Ok(Json(Taken { portfolio: Portfolio::from(&row), bad: taken.bad.into_iter().map(Bad::from).collect() }))
        }
        None => Err(nothing(&taken)),
    }
}

/// Removes a portfolio. Runs over it stay.
#[utoipa::path(
    delete,
    path = "/portfolios/{portfolio}",
    tag = "portfolios",
    params(("portfolio" = String, Path, description = "Its name.", example = "shops")),
    responses((status = 204, description = "It is removed."))
)]
async fn remove(by: Writer, State(web): State<Shared>, Path(name): Path<String>) -> Result<StatusCode, Problem> {
    known(&web, &name).await?;
    web.store.remove_portfolio(&name).await.map_err(|error| Problem::unavailable("the store", &error))?;
    tracing::info!(portfolio = name, token = by.0, "a portfolio was removed");
    Ok(StatusCode::NO_CONTENT)
}

/// Starts the crawl of a portfolio for tonight, or finds the one that was started before.
#[utoipa::path(
    post,
    path = "/portfolios/{portfolio}/crawls",
    tag = "portfolios",
    params(("portfolio" = String, Path, description = "Its name.", example = "shops")),
    responses((status = 200, description = "It goes on, or has ended.", body = Crawled))
)]
async fn crawl(by: Writer, State(web): State<Shared>, Path(name): Path<String>) -> Result<Json<Crawled>, Problem> {
    let crawl = begin(&web, &by, &name).await?;
    Ok(Json(Crawled { run: RunShape::from(&crawl.run), fresh: crawl.fresh }))
}

/// The portfolio of that name.
pub(crate) async fn known(web: &Shared, name: &str) -> Result<ImportRow, Problem> {
    let row = web.store.portfolio(name).await.map_err(|error| Problem::unavailable("the store", &error))?;
    row.ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, format!("there is no portfolio '{name}'")))
}

/// Starts the crawl of tonight.
pub(crate) async fn begin(web: &Shared, by: &Writer, name: &str) -> Result<crate::Crawl, Problem> {
    known(web, name).await?;
    let crawl = web.submit.crawl(name).await.map_err(|error| Problem::unavailable("the store", &error))?;
    let crawl =
        crawl.ok_or_else(|| Problem::new(StatusCode::CONFLICT, format!("portfolio '{name}' has no targets")))?;
    tracing::info!(run.id = %crawl.run.id, portfolio = name, fresh = crawl.fresh, token = by.0, "a crawl was started");
    Ok(crawl)
}

/// Imports what comes, while it comes: nobody holds all of it.
pub(crate) async fn import<E: std::fmt::Display>(
    web: &Shared,
    by: &Writer,
    portfolio: &str,
    source: &str,
    add: bool,
    mut bytes: impl Stream<Item = Result<Bytes, E>> + Unpin,
) -> Result<Imported, Problem> {
    let (pieces, lines) = Pieces::new();
    let most = web.access.max_upload;
    // What does not come whole must not be taken for the whole: the reader is told so.
    let come = async move {
        let mut length = 0;
        while let Some(piece) = bytes.next().await {
            let piece = piece.map_err(|error| io::Error::other(format!("it did not come whole: {error}")));
            length += piece.as_ref().map_or(0, |piece| piece.len() as u64);
            let piece =
                if length > most { Err(io::Error::other(format!("it has more than {most} bytes"))) } else { piece };
            let last = piece.is_err();
            if pieces.send(piece).await.is_err() || last {
                return;
            }
        }
    };
    let source = source.chars().filter(|c| !c.is_control()).take(MAX_SOURCE).collect();
    let list = List { portfolio: portfolio.to_owned(), source, add, lines: Box::new(lines) };
    let (taken, ()) = tokio::join!(web.submit.import(list), come);
    let taken = taken.map_err(|error| match error {
        ImportError::List(detail) => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, format!("the list: {detail}")),
        ImportError::Store(detail) => Problem::unavailable("the store", &detail),
    })?;
    let targets = taken.portfolio.as_ref().map(|row| row.targets);
    tracing::info!(portfolio, targets, bad_lines = taken.bad_lines, token = by.0, "a list was imported");
    Ok(taken)
}

/// No line named a target.
pub(crate) fn nothing(taken: &Imported) -> Problem {
    let line =
        |bad: &BadLine| Mistake { pointer: format!("line {}, {}", bad.line, bad.field), detail: bad.reason.clone() };
    let detail = "none of the lines names a domain or address; nothing has changed";
    Problem::mistaken(detail, taken.bad.iter().map(line).collect())
}

impl From<&ImportRow> for Portfolio {
    fn from(row: &ImportRow) -> Self {
        Self {
            portfolio: row.portfolio.clone(),
            targets: row.targets,
            imported_at: row.imported_at().to_string(),
            mode: row.mode.clone(),
            source: row.source.clone(),
            duplicates: row.duplicates,
            bad_lines: row.bad_lines,
        }
    }
}

impl From<BadLine> for Bad {
    fn from(BadLine { line, field, reason }: BadLine) -> Self {
        Self { line, field, reason }
    }
}
