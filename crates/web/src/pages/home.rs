//! `/`: what is to be scanned? And `POST /scans`.

use askama::Template;
use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use earshot_model::Profile;

use super::{fields::Fields, runs::RunLine};
use crate::{
    access::{Rights, Starter},
    api::{
        runs::{self, Page as Wanted},
        scans::{self, Asked},
    },
    page::{Layout, OnPage, Page, Section, Sorry, Visitor, to_sign_in},
    problem::Problem,
    server::Shared,
};

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    layout: Layout,
    /// How many vendors the catalogue knows.
    known: usize,
    rights: Rights,
    form: Form,
    /// What was scanned last.
    runs: Vec<RunLine>,
}

/// What was filled in, and what is wrong with it.
#[derive(Default)]
struct Form {
    target: String,
    pages: String,
    profiles: Vec<String>,
    /// What is wrong with each field; empty if nothing.
    target_wrong: String,
    pages_wrong: String,
    profiles_wrong: String,
    /// What is wrong with all of it.
    wrong: String,
}

/// Scans that are shown.
const RECENT: u64 = 8;
/// How profiles are named to people.
const PROFILES: [(Profile, &str); 4] = [
    (Profile::Untouched, "Before any choice: no banner is touched"),
    (Profile::Reject, "After a refusal"),
    (Profile::Accept, "After agreeing"),
    (Profile::Gpc, "With Global Privacy Control"),
];

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/", get(home)).route("/scans", post(scan))
}

async fn home(visitor: Visitor, State(web): State<Shared>) -> Result<Page<Home>, Sorry> {
    Ok(page(&web, visitor.rights, Form::default()).await?)
}

async fn scan(
    OnPage(by): OnPage<Starter>,
    OnPage(rights): OnPage<Rights>,
    State(web): State<Shared>,
    fields: Fields,
) -> Result<Response, Sorry> {
    let form = Form::filled(&fields);
    let asked = match form.asked() {
        Ok(asked) => scans::begin(&web, &by, asked).await,
        Err(problem) => Err(problem),
    };
    let problem = match asked {
        Ok(run) => return Ok(Redirect::to(&format!("/runs/{}/live", run.id)).into_response()),
        Err(problem) if problem.status == StatusCode::UNAUTHORIZED => return Ok(to_sign_in("/")),
        Err(problem) => problem,
    };
    let (status, wait) = (problem.status, problem.retry_after);
    let mut response = page(&web, rights, form.mistaken(problem)).await?.into_response();
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
    if let Some(wait) = wait {
        response.headers_mut().insert(axum::http::header::RETRY_AFTER, wait.into());
    }
    Ok(response)
}

async fn page(web: &Shared, rights: Rights, form: Form) -> Result<Page<Home>, Problem> {
    let (runs, _) = runs::read(web, &Wanted::first(RECENT)).await?;
    let layout = Layout::new("Who listens before consent?", Section::Scan);
    let runs = runs.iter().map(RunLine::from).collect();
    Ok(Page(Home { layout, known: web.catalogue.vendors().len(), rights, form, runs }))
}

impl Form {
    fn filled(fields: &Fields) -> Self {
        let [target, pages] = ["target", "pages"].map(|name| fields.one(name).to_owned());
        Self { target, pages, profiles: fields.all("profiles"), ..Self::default() }
    }

    fn asked(&self) -> Result<Asked, Problem> {
        let pages = match self.pages.as_str() {
            "" => None,
            pages => Some(pages.parse().map_err(|_| Problem::at("/pages", "write a whole number"))?),
        };
        let profiles = Some(self.profiles.clone()).filter(|profiles| !profiles.is_empty());
        Ok(Asked { targets: vec![self.target.clone()], pages, profiles, label: None })
    }

    /// With each mistake at its field.
    fn mistaken(mut self, problem: Problem) -> Self {
        for mistake in &problem.errors {
            let field = match mistake.pointer.split('/').nth(1) {
                Some("targets") => &mut self.target_wrong,
                Some("pages") => &mut self.pages_wrong,
                Some("profiles") => &mut self.profiles_wrong,
                _ => &mut self.wrong,
            };
            mistake.detail.clone_into(field);
        }
        if problem.errors.is_empty() {
            self.wrong = problem.detail;
        }
        self
    }

    /// Value, name, and whether it was chosen.
    fn choices(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        PROFILES.into_iter().map(|(profile, name)| {
            (profile.as_str(), name, self.profiles.iter().any(|chosen| chosen == profile.as_str()))
        })
    }

    /// Whether the further options are shown: something was said there.
    fn is_open(&self) -> bool {
        !self.pages.is_empty() || !self.profiles.is_empty()
    }
}
