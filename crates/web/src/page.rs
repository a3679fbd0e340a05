//! What every page has: the frame around it, and how it is sent.

use askama::Template;
use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};

use crate::{access::Rights, assets, problem::Problem, server::Shared};

/// The parts of the site, as the navigation names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Scan,
    Portfolios,
    Runs,
    Vendors,
    Statistics,
    Fleet,
    Method,
    /// None of them.
    None,
}

/// The frame of a page.
pub(crate) struct Layout {
    /// What it is about; the browser's title begins so.
    pub title: String,
    /// Where it belongs.
    pub section: Section,
}

/// Where the navigation leads.
const NAVIGATION: [(Section, &str, &str); 7] = [
    (Section::Scan, "/", "Scan"),
    (Section::Portfolios, "/portfolios", "Portfolios"),
    (Section::Runs, "/runs", "Runs"),
    (Section::Vendors, "/vendors", "Trackers"),
    (Section::Statistics, "/statistics", "Statistics"),
    (Section::Fleet, "/fleet", "Fleet"),
    (Section::Method, "/method", "Method"),
];

impl Layout {
    pub fn new(title: impl Into<String>, section: Section) -> Self {
        Self { title: title.into(), section }
    }

    /// Address, name, and whether we are there.
    pub fn navigation(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        NAVIGATION.iter().map(|(section, address, name)| (*address, *name, *section == self.section))
    }

    /// The address of a file that the page loads.
    #[expect(clippy::unused_self, reason = "templates reach functions by their values")]
    pub fn asset(&self, name: &str) -> &'static str {
        assets::url(name)
    }
}

/// A page.
pub(crate) struct Page<T>(pub T);

/// Nothing but what is ours is loaded, run, asked for or sent to.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

impl<T: Template> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        match self.0.render() {
            Ok(html) => {
                let kind = HeaderValue::from_static("text/html; charset=utf-8");
                let policy = HeaderValue::from_static(CONTENT_SECURITY_POLICY);
                ([(header::CONTENT_TYPE, kind), (header::CONTENT_SECURITY_POLICY, policy)], html).into_response()
            }
            Err(error) => {
                tracing::error!(%error, "web: a page cannot be written");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

/// A page that there is not: what went wrong, in words.
pub(crate) struct Sorry(Problem);

#[derive(Template)]
#[template(path = "sorry.html")]
struct SorryPage {
    layout: Layout,
    problem: Problem,
}

impl From<Problem> for Sorry {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl IntoResponse for Sorry {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let (layout, wait) = (Layout::new(self.0.title, Section::None), self.0.retry_after);
        let mut response = (status, Page(SorryPage { layout, problem: self.0 })).into_response();
        if let Some(wait) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, wait.into());
        }
        response
    }
}

/// Whoever may look at pages, and what they may do besides. Who needs a token first is led to where it is given.
pub(crate) struct Visitor {
    pub rights: Rights,
}

/// An extractor of the API, for a page: whoever is refused is told so on one, or led to where a token is given.
pub(crate) struct OnPage<E>(pub E);

impl FromRequestParts<Shared> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Shared) -> Result<Self, Response> {
        OnPage::from_request_parts(parts, web).await.map(|OnPage(rights)| Self { rights })
    }
}

impl<E: FromRequestParts<Shared, Rejection = Problem>> FromRequestParts<Shared> for OnPage<E> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Shared) -> Result<Self, Response> {
        let refused = match E::from_request_parts(parts, web).await {
            Ok(taken) => return Ok(Self(taken)),
            Err(problem) => problem,
        };
        if refused.status != StatusCode::UNAUTHORIZED.as_u16() {
            return Err(Sorry(refused).into_response());
        }
        // What was to be changed is not done after the sign-in: one is back where the button is.
        let asked = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let next = if parts.method == Method::GET { asked } else { referring(parts) };
        Err(to_sign_in(&next))
    }
}

/// To where a token is given, and back to `next` then.
pub(crate) fn to_sign_in(next: &str) -> Response {
    let next = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    Redirect::to(&format!("/login?{next}")).into_response()
}

/// The page that this was sent from, as far as the browser says.
fn referring(parts: &Parts) -> String {
    let from = parts.headers.get(header::REFERER).and_then(|from| url::Url::parse(from.to_str().ok()?).ok());
    from.map_or_else(|| "/".to_owned(), |from| from[url::Position::BeforePath..].to_owned())
}
