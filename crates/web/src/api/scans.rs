//! `/api/v1/scans`: a scan that somebody waits for.

use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::IntoResponse,
};
use earshot_model::{Profile, Run, SeedTask, Target};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    access::Starter,
    api::{
        body::Body,
        runs::{self, RunDetail},
    },
    problem::{Mistake, Problem},
    server::Shared,
};

/// What a scan is to be, read and checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Scan {
    /// What is looked at.
    pub targets: Vec<Target>,
    /// Pages of each site at most; `None` for what is configured.
    pub pages: Option<u32>,
    /// How pages are visited; `None` for what is configured.
    pub profiles: Option<Vec<Profile>>,
    /// What people will call it.
    pub label: String,
}

/// Targets of one scan at most: more is a portfolio's matter.
const MAX_TARGETS: usize = 1_000;
/// Bytes of a request: so many targets with long addresses. No other takes as much.
pub(crate) const MAX_BODY: usize = 1 << 20;
/// Letters of a label at most.
const MAX_LABEL: usize = 200;

/// What is to be scanned.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Scan, example = json!({ "targets": ["example.com"], "pages": 1 }))]
pub(crate) struct Asked {
    /// Domains and addresses of pages, at most 1,000; without a token one.
    #[schema(min_items = 1, max_items = 1000)]
    pub targets: Vec<String>,
    /// Pages of each site at most, from 1 to 1,000; what is configured without it. Without a token 1.
    #[schema(minimum = 1, maximum = 1000)]
    pub pages: Option<u32>,
    /// How pages are visited, each once under each: `untouched`, `reject`, `accept`, `gpc`; what is configured without it.
    pub profiles: Option<Vec<String>>,
    /// What people will call it; the first site without it.
    #[schema(max_length = 200)]
    pub label: Option<String>,
}

pub(crate) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(start)).layer(DefaultBodyLimit::max(MAX_BODY))
}

/// Starts a scan that somebody waits for.
#[utoipa::path(
    post,
    path = "/scans",
    tag = "scans",
    request_body(content = Asked, example = json!({ "targets": ["example.com"], "pages": 1 })),
    responses((
        status = 201,
        description = "It is started; how far it is stands at `Location`.",
        body = RunDetail,
        headers(("Location" = String, description = "The address of the run."))
    )),
    security(("token" = []), ())
)]
async fn start(by: Starter, State(web): State<Shared>, Body(asked): Body<Asked>) -> Result<impl IntoResponse, Problem> {
    let run = begin(&web, &by, asked).await?;
    let place = HeaderValue::try_from(format!("/api/v1/runs/{}", run.id));
    let headers: HeaderMap = place.into_iter().map(|place| (header::LOCATION, place)).collect();
    Ok((StatusCode::CREATED, headers, Json(runs::detail(&web, &run).await?)))
}

/// Starts what was asked for, if it may be.
///
/// # Errors
/// Every mistake in it; 401 for what needs a token; 429.
pub(crate) async fn begin(web: &Shared, by: &Starter, asked: Asked) -> Result<Run, Problem> {
    if matches!(by, Starter::Anybody(_)) && !asked.is_little() {
        let detail = "without a token: one target, one page, nothing else chosen; `earshot token create` makes a token";
        return Err(Problem::new(StatusCode::UNAUTHORIZED, detail));
    }
    let mut scan = asked.checked(|target| web.submit.refuses(target))?;
    if matches!(by, Starter::Anybody(_)) {
        scan.pages = Some(1);
    }
    by.admit(web).await?;
    let run = web.submit.scan(scan).await.map_err(|error| Problem::unavailable("the store", &error))?;
    tracing::info!(run.id = %run.id, targets = run.seeds, token = by.name(), "a scan was started");
    Ok(run)
}

impl Asked {
    /// Whether it is what somebody without a token may ask for.
    fn is_little(&self) -> bool {
        self.targets.len() <= 1
            && self.pages.is_none_or(|pages| pages == 1)
            && self.profiles.is_none()
            && self.label.is_none()
    }

    /// What was asked for, or every mistake in it; `refuses` says why a target is not scanned.
    fn checked(self, refuses: impl Fn(&Target) -> Option<String>) -> Result<Scan, Problem> {
        let mut mistakes = Vec::new();
        let mut wrong = |pointer: String, detail: String| mistakes.push(Mistake { pointer, detail });
        if self.targets.is_empty() || self.targets.len() > MAX_TARGETS {
            wrong("/targets".into(), format!("from 1 to {MAX_TARGETS} of them"));
        }
        let mut targets: Vec<Target> = Vec::new();
        for (index, text) in self.targets.iter().enumerate().take(MAX_TARGETS) {
            match Target::parse(text) {
                Ok(target) if targets.iter().any(|known| known.start == target.start) => {}
                Ok(target) => match refuses(&target) {
                    Some(why) => wrong(format!("/targets/{index}"), why),
                    None => targets.push(target),
                },
                Err(error) => wrong(format!("/targets/{index}"), error.to_string()),
            }
        }
        if self.pages.is_some_and(|pages| !(1..=SeedTask::MAX_PAGES).contains(&pages)) {
            wrong("/pages".into(), format!("from 1 to {}", SeedTask::MAX_PAGES));
        }
        let mut profiles = Vec::new();
        for (index, name) in self.profiles.iter().flatten().enumerate().take(Profile::ALL.len()) {
            match name.parse::<Profile>() {
                Ok(profile) if profiles.contains(&profile) => {}
                Ok(profile) => profiles.push(profile),
                Err(error) => wrong(format!("/profiles/{index}"), error),
            }
        }
        if self.profiles.as_ref().is_some_and(|names| names.is_empty() || names.len() > Profile::ALL.len()) {
            wrong("/profiles".into(), format!("from 1 to {} of them", Profile::ALL.len()));
        }
        let label =
            self.label.unwrap_or_else(|| targets.first().map_or_else(String::new, |first| first.site().to_string()));
        if label.chars().count() > MAX_LABEL || label.chars().any(char::is_control) {
            wrong("/label".into(), format!("one line of at most {MAX_LABEL} letters"));
        }
        match mistakes.is_empty() {
            true => {
                let profiles = self.profiles.map(|_| profiles);
                Ok(Scan { targets, pages: self.pages, profiles, label })
            }
            false => Err(Problem::mistaken("this scan cannot be started", mistakes)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(text: &str) -> Result<Scan, Vec<String>> {
        let asked: Asked = serde_json::from_str(text).unwrap();
        let refuses = |target: &Target| (target.start.host() == "localhost").then(|| "it is here".to_owned());
        asked.checked(refuses).map_err(|problem| problem.errors.into_iter().map(|mistake| mistake.pointer).collect())
    }

    #[test]
    fn every_mistake_is_named() {
        let scan =
            checked(r#"{"targets":["shop.example","https://a.example/x","shop.example"],"profiles":["gpc"]}"#).unwrap();
        assert_eq!((scan.targets.len(), scan.profiles, scan.pages), (2, Some(vec![Profile::Gpc]), None));
        assert_eq!(scan.label, "shop.example");
        let bad = r#"{"targets":["shop.example","no name"],"profiles":["refuse"],"pages":0,"label":"a\nb"}"#;
        assert_eq!(checked(bad).unwrap_err(), ["/targets/1", "/pages", "/profiles/0", "/label"]);
        assert_eq!(checked(r#"{"targets":["localhost"]}"#).unwrap_err(), ["/targets/0"]);
        assert_eq!(checked(r#"{"targets":[]}"#).unwrap_err(), ["/targets"]);
        assert_eq!(checked(r#"{"targets":["a.example"],"profiles":[]}"#).unwrap_err(), ["/profiles"]);
    }
}
