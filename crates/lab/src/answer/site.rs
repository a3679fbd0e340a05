//! What a site of the portfolio answers: its files, at its pace.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderName, HeaderValue, StatusCode};

use super::{reply, silence};
use crate::site::{Content, Pace, Resource};
use crate::{Sdk, Site};

/// Shown for what a site does not have.
const NOT_FOUND: &str = "<!doctype html><title>Not found</title><h1>404</h1><p>There is no such page.</p>";

/// Answers with the site's file at that path, or 404.
pub(super) async fn answer(sdk: &Sdk, site: &Site, path: &str) -> Response {
    match site.resources.get(path) {
        Some(resource) => resource_at(sdk, resource).await,
        None => {
            let mut response = reply::ok("text/html; charset=utf-8", NOT_FOUND);
            *response.status_mut() = StatusCode::NOT_FOUND;
            response
        }
    }
}

/// Answers with a file, when its time has come.
pub(super) async fn resource_at(sdk: &Sdk, resource: &Resource) -> Response {
    match resource.pace {
        Pace::AtOnce => {}
        Pace::After(wait) => tokio::time::sleep(wait).await,
        // Headers without a body would already be a document: nothing at all is sent.
        Pace::Never => return never().await,
    }
    let body = match &resource.content {
        Content::Bytes(bytes) => Body::from(bytes.clone().into_owned()),
        Content::Sdk(path) => match sdk.file(path) {
            Ok(bytes) => Body::from(bytes),
            Err(error) => {
                tracing::error!(%error, "an SDK file is missing");
                return reply::plain(StatusCode::INTERNAL_SERVER_ERROR, "an SDK file is missing");
            }
        },
    };
    let mut response = reply::ok(&resource.mime, body);
    *response.status_mut() = StatusCode::from_u16(resource.status).unwrap_or(StatusCode::OK);
    for (name, value) in &resource.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

async fn never() -> Response {
    std::future::pending::<()>().await;
    reply::ok("text/plain", silence())
}
