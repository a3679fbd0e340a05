//! What a form of ours sends.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};

use crate::{page::Sorry, problem::Problem, server::Shared};

/// The fields of a form, as they were filled in.
pub(crate) struct Fields(Vec<(String, String)>);

/// How forms send them.
const KIND: &str = "application/x-www-form-urlencoded";

impl Fields {
    /// What is in a field, without space around it; empty if it is not there.
    pub fn one(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.trim())
    }

    /// Everything that was chosen of several.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.0
            .iter()
            .filter(|(known, value)| known == name && !value.is_empty())
            .map(|(_, value)| value.clone())
            .collect()
    }

    fn read(body: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(body).into_owned().collect())
    }
}

impl FromRequest<Shared> for Fields {
    type Rejection = Response;

    async fn from_request(request: Request, web: &Shared) -> Result<Self, Response> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if !kind.starts_with(KIND) {
            let detail = format!("this takes what a form sends, as {KIND}");
            return Err(Sorry::from(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail)).into_response());
        }
        let body = Bytes::from_request(request, web).await;
        let body =
            body.map_err(|error| Sorry::from(Problem::new(error.status(), error.body_text())).into_response())?;
        Ok(Self::read(&body))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_as_they_were_filled_in() {
        let fields = Fields::read(b"target=+b%C3%BCcher.test+&profiles=untouched&profiles=&profiles=gpc");
        assert_eq!((fields.one("target"), fields.one("pages")), ("b\u{fc}cher.test", ""));
        assert_eq!(fields.all("profiles"), ["untouched", "gpc"]);
    }
}
