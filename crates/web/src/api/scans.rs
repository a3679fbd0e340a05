//! `/api/v1/scans`: a scan that somebody waits for.

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::IntoResponse,
    routing::post,
};
use earshot_model::{Profile, Target};
use serde::Deserialize;

use crate::{
    access::Writer,
    api::body::Body,
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
/// Pages of each site at most, as on the command line.
const MAX_PAGES: u32 = 1_000;
/// Letters of a label at most.
const MAX_LABEL: usize = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    targets: Vec<String>,
    pages: Option<u32>,
    profiles: Option<Vec<String>>,
    label: Option<String>,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/scans", post(start)).layer(DefaultBodyLimit::max(MAX_BODY))
}

async fn start(by: Writer, State(web): State<Shared>, Body(asked): Body<Asked>) -> Result<impl IntoResponse, Problem> {
    let scan = asked.checked()?;
    let run = web.submit.scan(scan).await.map_err(|error| Problem::unavailable("the store", &error))?;
    tracing::info!(run.id = %run.id, targets = run.seeds, token = by.0, "a scan was started");
    let place = HeaderValue::try_from(format!("/api/v1/runs/{}", run.id));
    let headers: HeaderMap = place.into_iter().map(|place| (header::LOCATION, place)).collect();
    Ok((StatusCode::CREATED, headers, Json(run)))
}

impl Asked {
    /// What was asked for, or every mistake in it.
    fn checked(self) -> Result<Scan, Problem> {
        let mut mistakes = Vec::new();
        let mut wrong = |pointer: String, detail: String| mistakes.push(Mistake { pointer, detail });
        if self.targets.is_empty() || self.targets.len() > MAX_TARGETS {
            wrong("/targets".into(), format!("from 1 to {MAX_TARGETS} of them"));
        }
        let mut targets: Vec<Target> = Vec::new();
        for (index, text) in self.targets.iter().enumerate().take(MAX_TARGETS) {
            match Target::parse(text) {
                Ok(target) if targets.iter().any(|known| known.start == target.start) => {}
                Ok(target) => targets.push(target),
                Err(error) => wrong(format!("/targets/{index}"), error.to_string()),
            }
        }
        if self.pages.is_some_and(|pages| !(1..=MAX_PAGES).contains(&pages)) {
            wrong("/pages".into(), format!("from 1 to {MAX_PAGES}"));
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
        asked.checked().map_err(|problem| problem.errors.into_iter().map(|mistake| mistake.pointer).collect())
    }

    #[test]
    fn every_mistake_is_named() {
        let scan =
            checked(r#"{"targets":["shop.example","https://a.example/x","shop.example"],"profiles":["gpc"]}"#).unwrap();
        assert_eq!((scan.targets.len(), scan.profiles, scan.pages), (2, Some(vec![Profile::Gpc]), None));
        assert_eq!(scan.label, "shop.example");
        let bad = r#"{"targets":["shop.example","no name"],"profiles":["refuse"],"pages":0,"label":"a\nb"}"#;
        assert_eq!(checked(bad).unwrap_err(), ["/targets/1", "/pages", "/profiles/0", "/label"]);
        assert_eq!(checked(r#"{"targets":[]}"#).unwrap_err(), ["/targets"]);
        assert_eq!(checked(r#"{"targets":["a.example"],"profiles":[]}"#).unwrap_err(), ["/profiles"]);
    }
}
