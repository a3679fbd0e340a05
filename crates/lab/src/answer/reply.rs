//! The few shapes that answers have.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_REQUEST_HEADERS, CACHE_CONTROL, CONTENT_TYPE, LOCATION, ORIGIN,
    SET_COOKIE,
};
use http::{HeaderValue, StatusCode};

use super::Asked;

/// A transparent GIF of one pixel.
const PIXEL: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

/// 200 with that type and body.
pub(super) fn ok(mime: &str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    set(&mut response, CONTENT_TYPE, mime);
    set(&mut response, CACHE_CONTROL, "no-store");
    response
}

/// A script.
pub(super) fn script(body: impl Into<Body>) -> Response {
    ok("text/javascript; charset=utf-8", body)
}

/// JSON.
pub(super) fn json(value: &serde_json::Value) -> Response {
    ok("application/json", value.to_string())
}

/// A pixel.
pub(super) fn gif() -> Response {
    ok("image/gif", Bytes::from_static(PIXEL))
}

/// 204.
pub(super) fn empty() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// A status with a line of text.
pub(super) fn plain(status: StatusCode, text: &'static str) -> Response {
    let mut response = ok("text/plain; charset=utf-8", text);
    *response.status_mut() = status;
    response
}

/// 302.
pub(super) fn redirect(to: &str) -> Response {
    let mut response = empty();
    *response.status_mut() = StatusCode::FOUND;
    set(&mut response, LOCATION, to);
    response
}

/// Adds a third-party cookie that lives for a year.
pub(super) fn third_party_cookie(response: &mut Response, name: &str) {
    let cookie = format!("{name}=lab-{name}-0001; Path=/; Max-Age=31536000; Secure; SameSite=None");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, value);
    }
}

/// Lets the page that asked read the answer, with credentials, as vendors do.
pub(super) fn cors(asked: &Asked, mut response: Response) -> Response {
    let any = HeaderValue::from_static("*");
    let origin = asked.headers.get(ORIGIN).cloned();
    let headers = response.headers_mut();
    if origin.is_some() {
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.unwrap_or(any));
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, PUT, OPTIONS"));
    if let Some(wanted) = asked.headers.get(ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
    }
    response
}

/// Sets one header; a value that is none is left out.
pub(super) fn set(response: &mut Response, name: http::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
