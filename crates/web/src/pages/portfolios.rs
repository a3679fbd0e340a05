//! `/portfolios`: the lists that somebody watches, and how one is uploaded; `/portfolios/{name}`: how one of them is.

mod overview;
mod upload;

use askama::Template;
use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    routing::{get, post},
};
use earshot_store::ImportRow;

use super::runs::moment;
use crate::{
    access::Rights,
    link, number,
    page::{Layout, Page, Section, Sorry, Visitor},
    problem::Problem,
    server::Shared,
    submit::BadLine,
};

#[derive(Template)]
#[template(path = "portfolios.html")]
struct Portfolios {
    layout: Layout,
    rights: Rights,
    portfolios: Vec<Line>,
    upload: Upload,
}

/// A portfolio, in a line.
struct Line {
    name: String,
    address: String,
    targets: String,
    imported: String,
    source: String,
    duplicates: String,
    bad_lines: String,
}

/// What was filled in, and what is wrong with it.
#[derive(Default)]
struct Upload {
    name: String,
    add: bool,
    name_wrong: String,
    list_wrong: String,
    /// The first lines that could not be read.
    bad: Vec<BadLine>,
}

pub(crate) fn routes() -> Router<Shared> {
    // How much may come is configured, and counted where it is read.
    let upload = Router::new().route("/portfolios", post(upload::take)).layer(DefaultBodyLimit::disable());
    Router::new()
        .route("/portfolios", get(list))
        .merge(upload)
        .route("/portfolios/{name}", get(overview::show))
        .route("/portfolios/{name}/crawl", post(overview::crawl))
}

async fn list(visitor: Visitor, State(web): State<Shared>) -> Result<Page<Portfolios>, Sorry> {
    Ok(page(&web, visitor.rights, Upload::default()).await?)
}

async fn page(web: &Shared, rights: Rights, upload: Upload) -> Result<Page<Portfolios>, Problem> {
    let rows = web.store.portfolios().await.map_err(|error| Problem::unavailable("the store", &error))?;
    let portfolios = rows.iter().map(Line::from).collect();
    Ok(Page(Portfolios { layout: Layout::new("Portfolios", Section::Portfolios), rights, portfolios, upload }))
}

impl From<&ImportRow> for Line {
    fn from(row: &ImportRow) -> Self {
        Self {
            name: row.portfolio.clone(),
            address: link::path(&["portfolios", &row.portfolio]),
            targets: number::count(row.targets),
            imported: moment(row.imported_at()),
            source: row.source.clone(),
            duplicates: number::count(row.duplicates),
            bad_lines: number::count(row.bad_lines),
        }
    }
}
