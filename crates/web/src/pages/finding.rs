//! `/runs/{run}/findings/{finding}`: how a finding came about, from the key to the wire.

use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    response::{IntoResponse as _, Response},
    routing::get,
};
use earshot_model::{RunKind, RunState};
use earshot_report::{
    Theory, expired,
    page::{self, Visit},
    plain,
    story::{Chain, Story},
    words,
};

use super::site::picture;
use crate::{
    found, link,
    page::{Layout, Page, Section, Sorry, Visitor},
    server::Shared,
};

#[derive(Template)]
#[template(path = "finding.html")]
struct OneFinding<'a> {
    layout: Layout,
    story: &'a Story,
    name: String,
    category: String,
    claim: String,
    chains: Vec<Chain>,
    beside: Vec<String>,
    /// Further things that are known of it.
    more: Vec<String>,
    visit: Option<Visit<'a>>,
    theories: Vec<&'a Theory>,
    /// Whether the catalogue has a guide for the vendor.
    guide: bool,
    /// Whether steps have left the store by their age.
    faded: bool,
    verify: bool,
    base: String,
    vendor_address: String,
    site_address: String,
    json: String,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/runs/{run}/findings/{finding}", get(show))
}

async fn show(
    visitor: Visitor,
    State(web): State<Shared>,
    Path((run, id)): Path<(String, String)>,
) -> Result<Response, Sorry> {
    let problem = |error| found::problem(&error);
    let finding = found::finding(&web, &run, &id).await?;
    let site = found::site(&web, &run, finding.site.as_str()).await?;
    let story = Story::read(&web.store, finding).await.map_err(problem)?;
    let finding = &story.finding;
    let gone = async || expired::refuse_of(&web.store, finding.run, finding.site.as_str()).await.map_err(problem);
    let faded = story.sent.is_empty() && gone().await? > 0;
    let visit = page::visit_of(&site.report, &finding.visit.to_string(), picture).map_err(problem)?;
    let id = finding.id.to_string();
    let found = visit.as_ref().and_then(|visit| visit.findings.iter().find(|found| found.id == id));
    let relates = |theory: &&Theory| found.is_some_and(|found| found.theories.split(", ").any(|id| id == theory.id));
    let run = finding.run.to_string();
    let one = OneFinding {
        layout: Layout::new(format!("{} on {}", plain(&finding.vendor_name), finding.site), Section::Runs),
        name: plain(&finding.vendor_name),
        category: words::category(&finding.category),
        claim: story.claim(),
        chains: story.chains(),
        beside: story.beside(),
        more: found.map(|found| found.more.clone()).unwrap_or_default(),
        theories: site.report.theories.iter().filter(relates).collect(),
        guide: web.catalogue.get(&finding.vendor).is_some(),
        faded,
        verify: visitor.rights.scan && site.run.state == RunState::Complete && site.run.kind == RunKind::Scan,
        base: link::path(&["runs", &run]),
        vendor_address: link::path(&["vendors", &finding.vendor]),
        site_address: link::path(&["runs", &run, "sites", finding.site.as_str()]),
        json: link::path(&["api", "v1", "runs", &run, "findings", &id]),
        story: &story,
        visit,
    };
    Ok(Page(one).into_response())
}
