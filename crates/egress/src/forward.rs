//! Plain HTTP: a request in absolute form is sent on, its answer comes back (RFC 9112 § 3.2.2).

use std::sync::Arc;

use http::{
    HeaderMap, HeaderName, HeaderValue, Request, Response, Uri, Version,
    header::{self, HOST},
};
use http_body_util::BodyExt;
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::time::timeout;

use crate::{
    ERROR_HEADER, REFUSED_HEADER,
    admission::Way,
    answer::{Body, Denial, Failure},
    destination::Destination,
    dial,
    door::Hall,
    meter::{IDLE_TIMEOUT, Meter},
};

/// Headers that concern one connection only (RFC 9110 § 7.6.1), so that they end at the door.
const HOP_BY_HOP: &[&str] = &[
    "connection",
    "keep-alive",
    "proxy-connection",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "transfer-encoding",
    "upgrade",
];

/// Sends `request` on over a connection of its own and returns the answer as it arrives.
pub(crate) async fn answer(request: Request<Incoming>, hall: Arc<Hall>) -> Response<Body> {
    let uri = request.uri();
    let authority = uri.authority().filter(|_| uri.scheme_str() == Some("http"));
    let Some(destination) = authority.and_then(|authority| Destination::parse(authority, Some(80))) else {
        return Denial::Failed(Failure::BadRequest).answer();
    };
    match send(request, &destination, &hall).await {
        Ok(response) => response,
        Err(denial) => hall.deny(&destination, denial),
    }
}

async fn send(
    mut request: Request<Incoming>,
    destination: &Destination,
    hall: &Arc<Hall>,
) -> Result<Response<Body>, Denial> {
    let way = hall.egress.admission.admit(destination).await?;
    let upstream = hall.egress.upstream.as_ref();
    let wire = dial::plain(&way, upstream).await?;
    let address = if upstream.is_none() { wire.peer_addr().ok() } else { None };
    let meter = Meter::new(hall.book.connected(destination, address));
    rewrite(&mut request, destination, &way).ok_or(Failure::BadRequest)?;
    if let Some(upstream) = upstream {
        upstream.authorize(request.headers_mut());
    }
    let (mut sender, connection) = http1::Builder::new()
        .preserve_header_case(true)
        .handshake(TokioIo::new(meter.attach(wire)))
        .await
        .map_err(|_| Failure::NoAnswer)?;
    hall.spawn(async move {
        tokio::select! {
            _ = connection => {}
            () = meter.idle() => {}
        }
    });
    let head = timeout(IDLE_TIMEOUT, sender.send_request(request)).await.map_err(|_| Failure::TimedOut)?;
    let mut response = head.map_err(|_| Failure::NoAnswer)?;
    strip(response.headers_mut());
    *response.version_mut() = Version::HTTP_11;
    Ok(response.map(BodyExt::boxed_unsync))
}

/// Makes the request one for the next hop: origin form for a host, absolute form for an upstream.
fn rewrite(request: &mut Request<Incoming>, destination: &Destination, way: &Way) -> Option<()> {
    strip(request.headers_mut());
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let authority = match destination.port {
        80 => destination.host(),
        port => format!("{}:{port}", destination.host()),
    };
    let uri = match way {
        Way::Direct(_) => path,
        Way::Upstream => format!("http://{authority}{path}"),
    };
    *request.uri_mut() = uri.parse::<Uri>().ok()?;
    request.headers_mut().insert(HOST, HeaderValue::try_from(authority).ok()?);
    *request.version_mut() = Version::HTTP_11;
    Some(())
}

/// Drops what ends at a hop, and what only the door may say.
fn strip(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named.iter().map(HeaderName::as_str).chain(HOP_BY_HOP.iter().copied()) {
        headers.remove(name);
    }
    headers.remove(REFUSED_HEADER);
    headers.remove(ERROR_HEADER);
}
