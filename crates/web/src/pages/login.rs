//! `/login` and `/logout`: a token, given once.

use askama::Template;
use axum::{
    Router,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};

use super::fields::Fields;
use crate::{
    Token,
    access::{self, Rights},
    page::{Layout, OnPage, Page, Section, Sorry},
    server::Shared,
};

#[derive(Template)]
#[template(path = "login.html")]
struct Login {
    layout: Layout,
    /// Where one wanted to go.
    next: String,
    /// What is wrong with what was given; empty if nothing.
    wrong: &'static str,
    /// The name of the token that is kept already.
    token: Option<String>,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/login", get(ask).post(take)).route("/logout", post(forget))
}

async fn ask(rights: Result<OnPage<Rights>, Response>, RawQuery(query): RawQuery) -> Page<Login> {
    let query = query.unwrap_or_default();
    let next = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "next");
    let next = local(next.map_or("/".into(), |(_, next)| next).as_ref()).to_owned();
    // Whoever may not even look is asked all the same: that is what it is for.
    page(next, "", rights.ok().and_then(|OnPage(rights)| rights.token))
}

async fn take(State(web): State<Shared>, headers: HeaderMap, fields: Fields) -> Result<Response, Sorry> {
    if !access::from_our_page(&headers) {
        return Err(access::foreign().into());
    }
    let next = local(fields.one("next"));
    let found = match Token::parse(fields.one("token")) {
        Some(token) => access::check(&token, &web).await?.map(|(name, _)| (token, name)),
        None => None,
    };
    let Some((token, name)) = found else {
        let wrong = "This token counts no more, or never did.";
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(next.to_owned(), wrong, None)).into_response());
    };
    tracing::info!(token = name, "web: somebody signed in");
    Ok(([(header::SET_COOKIE, access::kept(&token, web.access.https))], Redirect::to(next)).into_response())
}

async fn forget(State(web): State<Shared>, headers: HeaderMap) -> Result<Response, Sorry> {
    if !access::from_our_page(&headers) {
        return Err(access::foreign().into());
    }
    Ok(([(header::SET_COOKIE, access::dropped(web.access.https))], Redirect::to("/")).into_response())
}

fn page(next: String, wrong: &'static str, token: Option<String>) -> Page<Login> {
    Page(Login { layout: Layout::new("Sign in", Section::None), next, wrong, token })
}

/// A path of ours; `/` for whatever is none. Browsers take `//` and `/\` for the beginning of another site's address.
fn local(next: &str) -> &str {
    let foreign = next.starts_with("//") || next.contains('\\') || next.chars().any(char::is_control);
    if next.starts_with('/') && !foreign { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_led_to_pages_of_ours_only() {
        for next in ["/", "/runs?limit=5&before=x", "/sites/a.test"] {
            assert_eq!(local(next), next);
        }
        for next in
            ["", "runs", "//evil.test", "/\\evil.test", "https://evil.test/", "/\n/evil.test", "javascript:alert(1)"]
        {
            assert_eq!(local(next), "/", "{next}");
        }
    }
}
