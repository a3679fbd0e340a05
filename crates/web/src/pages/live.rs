//! `/runs/{run}/live`: a run that is watched while it goes on.

use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::get,
};
use earshot_model::{Profile, Run, RunKind};
use earshot_store::StoreError;

use crate::{
    api::runs,
    live::{Verdict, words_of_state},
    page::{Layout, Page, Section, Sorry, Visitor},
    problem::Problem,
    server::Shared,
};

#[derive(Template)]
#[template(path = "live.html")]
struct Live {
    layout: Layout,
    run: Run,
    /// How its visits behave.
    behaving: String,
    /// How far it is.
    standing: String,
    /// What it came to, once it is over.
    verdict: Option<Verdict>,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/runs/{run}/live", get(live))
}

async fn live(_: Visitor, State(web): State<Shared>, Path(id): Path<String>) -> Response {
    match read(&web, &id).await {
        Ok(live) => Page(live).into_response(),
        Err(problem) => Sorry::from(problem).into_response(),
    }
}

async fn read(web: &Shared, id: &str) -> Result<Live, Problem> {
    let unavailable = |error: StoreError| Problem::unavailable("the store", &error);
    let run = runs::known(web, id).await?;
    let progress = web.store.progress(run.id).await.map_err(unavailable)?;
    let verdict = match run.state.is_open() {
        true => None,
        false => Some(Verdict::of(&web.store, &run, &progress).await.map_err(unavailable)?),
    };
    let what = match run.kind {
        RunKind::Scan => "Scan",
        RunKind::Verify { .. } => "Verify",
    };
    let layout = Layout::new(format!("{what} of {}", run.label), Section::Runs);
    let behaving = behaving(&run.profiles);
    Ok(Live { layout, behaving, standing: words_of_state(&run, &progress, 0), verdict, run })
}

/// How the visits of a page behave, as people say it.
fn behaving(profiles: &[Profile]) -> String {
    let one = |profile: &Profile| match profile {
        Profile::Untouched => "touching no banner",
        Profile::Reject => "refusing what the banner asks",
        Profile::Accept => "agreeing to what the banner asks",
        Profile::Gpc => "under Global Privacy Control",
    };
    match profiles {
        [only] => one(only).to_owned(),
        several => several.iter().map(|profile| format!("once {}", one(profile))).collect::<Vec<_>>().join(", "),
    }
}
