//! Third parties that only the lab has. What they have no file for follows from the path.

use std::convert::Infallible;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures::{StreamExt as _, stream};

use super::{Asked, reply, site};
use crate::{Sdk, Site};

/// Answers with the host's file; else `/hop?to=URL` redirects with a cookie, `*.gif` is a pixel with a cookie,
/// `/events` is an event stream, and anything else is taken in with 204.
pub(super) async fn answer(sdk: &Sdk, site: &Site, asked: &Asked) -> Response {
    if let Some(resource) = site.resources.get(asked.path()) {
        return site::resource_at(sdk, resource).await;
    }
    let mut response = match (asked.path(), asked.query("to")) {
        ("/hop", Some(to)) => reply::redirect(&to),
        ("/events", _) => return events(),
        (path, _) if path.ends_with(".gif") => reply::gif(),
        _ => return reply::empty(),
    };
    reply::third_party_cookie(&mut response, "uid");
    response
}

/// One event, then an open connection.
fn events() -> Response {
    let hello = stream::once(async { Ok::<_, Infallible>(Bytes::from_static(b"data: hello\n\n")) });
    reply::ok("text/event-stream", Body::from_stream(hello.chain(stream::pending())))
}
