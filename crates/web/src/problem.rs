//! What went wrong, as RFC 9457 has it: `application/problem+json`.

use std::time::Duration;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

/// What went wrong. Its `type` is `about:blank`: the status says what kind it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// The kind, as the RFC wants it.
    pub r#type: &'static str,
    /// The status in words.
    pub title: &'static str,
    /// The status.
    pub status: u16,
    /// What to do about it.
    pub detail: String,
    /// Of an input with several mistakes: each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Mistake>,
    /// Seconds after which to try again; it stands in a header.
    #[serde(skip)]
    pub retry_after: Option<u64>,
}

/// One mistake in an input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Mistake {
    /// Where: a JSON pointer (RFC 6901).
    pub pointer: String,
    /// What is wrong there.
    pub detail: String,
}

impl Problem {
    /// A problem of that kind.
    #[must_use]
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Error");
        Self {
            r#type: "about:blank",
            title,
            status: status.as_u16(),
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
        }
    }

    /// An input with mistakes.
    #[must_use]
    pub fn mistaken(detail: impl Into<String>, errors: Vec<Mistake>) -> Self {
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail) }
    }

    /// One mistake, at that JSON pointer.
    #[must_use]
    pub fn at(pointer: &str, detail: impl Into<String>) -> Self {
        let mistake = Mistake { pointer: pointer.to_owned(), detail: detail.into() };
        Self::mistaken("this is not understood", vec![mistake])
    }

    /// Too often, or too much at once.
    #[must_use]
    pub fn too_many(detail: impl Into<String>, wait: Duration) -> Self {
        // Rounded up: who comes at that second is let in.
        Self { retry_after: Some(wait.as_secs() + 1), ..Self::new(StatusCode::TOO_MANY_REQUESTS, detail) }
    }

    /// Something of ours does not answer: what it was stands in the log, not in the answer.
    #[must_use]
    pub fn unavailable(what: &'static str, error: &dyn std::fmt::Display) -> Self {
        tracing::warn!(what, %error, "web: cannot answer");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, format!("{what} does not answer; try again later"))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let wait = self.retry_after;
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"earshot\""));
        }
        if let Some(wait) = wait {
            headers.insert(header::RETRY_AFTER, wait.into());
        }
        response
    }
}
