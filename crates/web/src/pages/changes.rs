//! `/runs/{run}/changes`: what changed since the run before.

use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use earshot_detect::changes::Change;
use earshot_report::changes::sentence;

use super::runs::RunLine;
use crate::{
    api::runs::known,
    compared, link, number,
    page::{Layout, Page, Section, Sorry, Visitor},
    server::Shared,
};

#[derive(Template)]
#[template(path = "changes.html")]
struct Changes {
    layout: Layout,
    earlier: RunLine,
    later: RunLine,
    /// What differs in how the two were made.
    differences: Vec<String>,
    /// Of how many sites something can be said, and of how many pages.
    compared: String,
    changes: Vec<Line>,
    left_out: String,
    json: String,
}

/// A change, in a line.
struct Line {
    site: String,
    address: String,
    sentence: String,
    pages: String,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/runs/{run}/changes", get(show))
}

async fn show(_: Visitor, State(web): State<Shared>, Path(id): Path<String>) -> Result<Page<Changes>, Sorry> {
    let run = known(&web, &id).await?;
    let found = compared::before(&web, run).await?;
    let (earlier, later) = (&found.comparison.earlier, &found.comparison.later);
    let summary = &found.summary;
    let [changed, sites, whole, pages] =
        [summary.sites_changed, summary.sites_both, summary.pages_whole_both, summary.pages_both].map(number::count);
    let id = later.id.to_string();
    Ok(Page(Changes {
        layout: Layout::new(format!("What changed: {}", later.label), Section::Runs),
        earlier: RunLine::from(earlier),
        later: RunLine::from(later),
        differences: found.comparison.differences(),
        compared: format!(
            "Something changed on {changed} sites. {sites} were seen in both runs, with {pages} pages, {whole} of them whole both times"
        ),
        changes: found.changes.iter().map(|change| Line::of(change, &id)).collect(),
        left_out: if found.left_out > 0 { number::count(found.left_out) } else { String::new() },
        json: link::path(&["api", "v1", "runs", &id, "changes"]),
    }))
}

impl Line {
    fn of(change: &Change, run: &str) -> Self {
        Self {
            address: link::path(&["runs", run, "sites", &change.site]),
            site: change.site.clone(),
            sentence: sentence(change),
            pages: number::count(change.pages.len() as u64),
        }
    }
}
