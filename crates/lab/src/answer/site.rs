//! What a site of the portfolio answers: its files, at its pace.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use http::{HeaderName, HeaderValue, StatusCode};

use super::{reply, silence};
use crate::site::{Content, Pace, Resource};
use crate::{Sdk, Site};

/// Shown for what a site does not have.
const NOT_FOUND: &str = "<!doctype html><title>Not found</title><h1>404</h1><p>There is no such page.</p>";

/// What keeps a dripping document from its end, and how often it comes.
const DROP: &[u8] = b"<!-- more -->\n";
const DRIP_EVERY: Duration = Duration::from_millis(500);

/// Answers with the site's file at that path, or 404.
pub(super) async fn answer(sdk: &Sdk, site: &Site, path: &str, has_changed: bool) -> Response {
    match site.at(path, has_changed) {
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
        Pace::AtOnce | Pace::Drip => {}
        Pace::After(wait) => tokio::time::sleep(wait).await,
        // Headers without a body would already be a document: nothing at all is sent.
        Pace::Never => return never().await,
    }
    let found = match &resource.content {
        Content::Bytes(bytes) => Ok(Bytes::from(bytes.clone().into_owned())),
        Content::Sdk(path) => sdk.file(path),
        Content::Bundle { package, global } => sdk.bundle(package, global),
    };
    let bytes = match found {
        Ok(bytes) => bytes,
        Err(error) => {
            tracing::error!(%error, "an SDK file is missing");
            return reply::plain(StatusCode::INTERNAL_SERVER_ERROR, "an SDK file is missing");
        }
    };
    let body = if resource.pace == Pace::Drip { drip(bytes) } else { Body::from(bytes) };
    let mut response = reply::ok(&resource.mime, body);
    *response.status_mut() = StatusCode::from_u16(resource.status).unwrap_or(StatusCode::OK);
    for (name, value) in &resource.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// The bytes, and after them drop after drop.
fn drip(bytes: Bytes) -> Body {
    let drops = stream::repeat(()).then(|()| async {
        tokio::time::sleep(DRIP_EVERY).await;
        Ok::<_, Infallible>(Bytes::from_static(DROP))
    });
    Body::from_stream(stream::once(async { Ok(bytes) }).chain(drops))
}

async fn never() -> Response {
    std::future::pending::<()>().await;
    reply::ok("text/plain", silence())
}
