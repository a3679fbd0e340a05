//! `POST /runs/{run}/verify`, and `/verifies/{run}`: what a page did before, and what it does now.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use askama::Template;
use axum::{
    Form, Router,
    extract::{Path, Query, State, rejection::FormRejection},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
    routing::{get, post},
};
use earshot_detect::verdict::{Conclusion, Side, Verdict};
use earshot_model::RunState;
use earshot_report::{
    page::{self, Visit},
    plain,
    verify::{PageVerdict, Verification, side, word},
    words,
};
use serde::Deserialize;

use super::site::picture;
use crate::{
    access::Starter,
    found, link,
    page::{Layout, OnPage, Page, Section, Sorry, Visitor},
    problem::Problem,
    reports::SiteOfRun,
    server::{Inner, Shared},
    verify::{self, Asked, Verified},
};

#[derive(Template)]
#[template(path = "verify.html")]
struct OneVerify<'a> {
    layout: Layout,
    of: &'a Verified,
    verification: Option<&'a Verification>,
    totals: Vec<(&'static str, &'static str, u64)>,
    pages: Vec<Judged<'a>>,
    progress: Option<(u64, u64)>,
    /// The only vendor that is shown, if one is named.
    vendor: Option<String>,
    going: bool,
    live: String,
    address: String,
    before_address: String,
    after_address: String,
    json: String,
}

/// A page with its verdicts, and what it looked like.
struct Judged<'a> {
    of: &'a PageVerdict,
    verdicts: Vec<Told<'a>>,
    before: Vec<Visit<'a>>,
    after: Vec<Visit<'a>>,
}

struct Told<'a> {
    of: &'a Verdict,
    name: String,
    category: String,
    word: &'static str,
    mark: &'static str,
    vendor_address: String,
    before: Moment,
    after: Moment,
    claims: Vec<(String, String, &'static str, String)>,
}

/// What was seen of a vendor on one side.
struct Moment {
    says: String,
    hosts: String,
    /// Addresses of findings that show it.
    findings: Vec<String>,
}

#[derive(Deserialize)]
struct Only {
    vendor: Option<String>,
}

/// Visits of a page that are shown on each side: those that leave banners alone.
const VISITS: usize = 1;

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/runs/{run}/verify", post(begin)).route("/verifies/{run}", get(show))
}

async fn begin(
    OnPage(by): OnPage<Starter>,
    State(web): State<Shared>,
    Path(run): Path<String>,
    form: Result<Form<Asked>, FormRejection>,
) -> Result<Response, Response> {
    let bad = |error: FormRejection| Problem::new(StatusCode::BAD_REQUEST, error.body_text());
    let started = async { verify::begin(&web, &by, &run, &form.map_err(bad)?.0).await };
    match started.await {
        Ok(run) => Ok(Redirect::to(&link::path(&["runs", &run.id.to_string(), "live"])).into_response()),
        // With a token it may be: back to where the button is, once it was given.
        Err(problem) if problem.status == StatusCode::UNAUTHORIZED => {
            Err(crate::page::to_sign_in(&link::path(&["runs", &run])))
        }
        Err(problem) => Err(Sorry::from(problem).into_response()),
    }
}

async fn show(
    _: Visitor,
    State(web): State<Shared>,
    Path(run): Path<String>,
    Query(only): Query<Only>,
) -> Result<Response, Sorry> {
    let vendor = only.vendor.filter(|vendor| !vendor.is_empty());
    let verified = verify::read(&web, &run, vendor.clone()).await?;
    let progress = match verified.verification {
        Some(_) => None,
        None => {
            let progress = web.store.progress(verified.run.id).await;
            let progress = progress.map_err(|error| Problem::unavailable("the store", &error))?;
            Some((progress.recorded, progress.planned))
        }
    };
    let sides = sides(&web, &verified).await?;
    let id = verified.run.id.to_string();
    let pages = verified.verification.iter().flat_map(|all| &all.pages);
    let one = OneVerify {
        layout: Layout::new("Is it fixed?", Section::Runs),
        verification: verified.verification.as_ref(),
        totals: verified.verification.as_ref().map(totals).unwrap_or_default(),
        pages: pages.map(|page| judged(page, &verified, &sides)).collect::<Result<_, _>>()?,
        progress,
        vendor,
        going: matches!(verified.run.state, RunState::Running | RunState::Paused),
        live: link::path(&["runs", &id, "live"]),
        address: link::path(&["verifies", &id]),
        before_address: link::path(&["runs", &verified.against.id.to_string()]),
        after_address: link::path(&["runs", &id]),
        json: link::path(&["api", "v1", "verifies", &id]),
        of: &verified,
    };
    Ok(Page(one).into_response())
}

/// The reports of both runs on the sites that are shown, by run and site.
type Sides = HashMap<(String, String), Arc<SiteOfRun>>;

async fn sides(web: &Inner, verified: &Verified) -> Result<Sides, Problem> {
    let mut sides = Sides::new();
    for page in verified.verification.iter().flat_map(|all| &all.pages) {
        for run in [&verified.against, &verified.run] {
            let key = (run.id.to_string(), page.site.clone());
            if let Entry::Vacant(place) = sides.entry(key) {
                let report = found::site(web, &place.key().0, &place.key().1).await?;
                place.insert(report);
            }
        }
    }
    Ok(sides)
}

fn judged<'a>(page: &'a PageVerdict, verified: &Verified, sides: &'a Sides) -> Result<Judged<'a>, Problem> {
    let visits = |run: &earshot_model::Run| {
        let Some(site) = sides.get(&(run.id.to_string(), page.site.clone())) else { return Ok(Vec::new()) };
        let of_page = site.report.main_pages().filter(|visit| visit.url == page.url).take(VISITS);
        let visit = |of: &earshot_report::PageReport| page::visit_of(&site.report, &of.visit, picture);
        let visits: Result<Vec<_>, _> = of_page.map(visit).collect();
        Ok(visits.map_err(|error| found::problem(&error))?.into_iter().flatten().collect())
    };
    Ok(Judged {
        of: page,
        verdicts: page.verdicts.iter().map(|verdict| told(verdict, verified)).collect(),
        before: visits(&verified.against)?,
        after: visits(&verified.run)?,
    })
}

fn told<'a>(verdict: &'a Verdict, verified: &Verified) -> Told<'a> {
    let moment = |of: &Side, run: &earshot_model::Run| Moment {
        says: side(of),
        hosts: of.hosts.iter().take(HOSTS).map(|host| plain(host)).collect::<Vec<_>>().join(" "),
        findings: of
            .findings
            .iter()
            .take(1)
            .map(|id| link::path(&["runs", &run.id.to_string(), "findings", id]))
            .collect(),
    };
    let claim = |claim: &earshot_detect::verdict::ClaimVerdict| {
        (claim.rule.replace('_', " "), claim.profile.clone(), word(claim.conclusion), plain(&claim.reason))
    };
    Told {
        of: verdict,
        name: plain(&verdict.name),
        category: words::category(&verdict.category),
        word: word(verdict.conclusion),
        mark: mark(verdict.conclusion),
        vendor_address: link::path(&["vendors", &verdict.vendor]),
        before: moment(&verdict.before, &verified.against),
        after: moment(&verdict.after, &verified.run),
        claims: verdict.claims.iter().map(claim).collect(),
    }
}

/// Hosts that are shown of one side.
const HOSTS: usize = 3;

fn totals(verification: &Verification) -> Vec<(&'static str, &'static str, u64)> {
    verification.totals.each().into_iter().map(|(kind, count)| (word(kind.0), mark(kind.0), count)).collect()
}

/// A class of the stylesheet; the word says the same.
fn mark(conclusion: Conclusion) -> &'static str {
    match conclusion {
        Conclusion::Fixed => "good",
        Conclusion::Inconclusive => "unknown",
        Conclusion::StillFiring | Conclusion::Moved | Conclusion::New => "content",
    }
}
