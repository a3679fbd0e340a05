//! Verifies: pages of a run once more, and what became of what was found.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use earshot_model::{Run, RunKind, RunState, Target};
use earshot_report::verify::{Plan, Verification};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    access::Starter,
    found,
    problem::{Mistake, Problem},
    server::{Inner, Shared},
};

/// What is to be verified.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Verify, example = json!({ "site": "example.com", "vendor": "hotjar" }))]
pub(crate) struct Asked {
    /// A site of the run.
    pub site: String,
    /// Only this vendor, by its id in the catalogue, or the domain of a stranger.
    #[serde(default, deserialize_with = "not_empty")]
    pub vendor: Option<String>,
}

/// A verify that can be shown: its run, what it is held against, and whatever it has come to.
pub(crate) struct Verified {
    pub run: Run,
    pub against: Run,
    /// The verdicts; none while it goes on.
    pub verification: Option<Verification>,
    /// Sites that are not shown.
    pub left_out: usize,
}

/// Why a verify was not started.
#[derive(Debug)]
pub enum NotStarted {
    /// It cannot be done so; what to do instead.
    Refused(String),
    /// Something of ours does not work; for the log.
    Failed(String),
}

/// Sites of one verify that are shown: what was verified by the command line for a whole run, it shows whole too.
const SITES: usize = 20;
/// Letters of a vendor's id at most.
const MAX_VENDOR: usize = 200;

/// Starts what was asked for, if it may be.
///
/// # Errors
/// 404 for a run that is none; 401 for what needs a token; 422 if there is nothing to verify; 429.
pub(crate) async fn begin(web: &Shared, by: &Starter, run: &str, asked: &Asked) -> Result<Run, Problem> {
    let mistake = |pointer: &str, detail: String| {
        Problem::mistaken("this verify cannot be started", vec![Mistake { pointer: pointer.to_owned(), detail }])
    };
    let run = found::run_id(run)?;
    let target = Target::parse(&asked.site).map_err(|error| mistake("/site", error.to_string()))?;
    if asked.vendor.as_ref().is_some_and(|vendor| vendor.len() > MAX_VENDOR) {
        return Err(mistake("/vendor", format!("at most {MAX_VENDOR} letters")));
    }
    let problem = |error| found::problem(&error);
    let against = earshot_report::verify::find(&web.store, Some(run), &[]).await.map_err(problem)?;
    let plan = Plan::of(&web.store, &against, &[target], asked.vendor.clone()).await.map_err(problem)?;
    if matches!(by, Starter::Anybody(_)) && plan.pages.len() > 1 {
        let detail = "without a token one page is verified; `earshot token create` makes a token";
        return Err(Problem::new(StatusCode::UNAUTHORIZED, detail));
    }
    by.admit(web).await?;
    let started = web.submit.verify(&against, &plan).await.map_err(|error| match error {
        NotStarted::Refused(why) => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, why),
        NotStarted::Failed(why) => Problem::unavailable("the store", &why),
    })?;
    let pages = plan.pages.len();
    tracing::info!(run.id = %started.id, against = %against.id, pages, token = by.name(), "a verify was started");
    Ok(started)
}

/// What a verify has come to; of one vendor only, if it is named.
///
/// # Errors
/// 404 if it is none.
pub(crate) async fn read(web: &Inner, run: &str, vendor: Option<String>) -> Result<Verified, Problem> {
    let run = found::run(web, run).await?;
    let RunKind::Verify { against } = run.kind else {
        let detail = format!("run {} is a scan: its report is at /runs/{}", run.id, run.id);
        return Err(Problem::new(StatusCode::NOT_FOUND, detail));
    };
    let against = found::run(web, &against.to_string()).await?;
    if run.state != RunState::Complete {
        return Ok(Verified { run, against, verification: None, left_out: 0 });
    }
    let problem = |error| found::problem(&error);
    let mut plan = Plan::of_run(&web.store, &run, vendor).await.map_err(problem)?;
    let sites = plan.sites();
    let shown: BTreeSet<_> = sites.iter().take(SITES).cloned().collect();
    plan.pages.retain(|page| shown.contains(page.site().as_str()));
    let verification = Verification::read(&web.store, &run, &against, &plan).await.map_err(problem)?;
    Ok(Verified { run, against, verification: Some(verification), left_out: sites.len() - shown.len() })
}

/// A field of a form that is left empty says nothing.
fn not_empty<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.filter(|text| !text.is_empty()))
}
