//! Answers on the wire.

use axum::{body::Body, response::Response};
use http::{HeaderValue, StatusCode, header, response::Builder};
use uuid::Uuid;

use super::ask::Ask;
use crate::engine::{Exception, session::Counts};

/// Length of the tag that marks an error in the middle of an answer, as ClickHouse has it since 25.11.
const TAG_CHARS: usize = 16;

/// The header that tells how many rows were read and written.
pub(super) const SUMMARY: &str = "x-clickhouse-summary";

/// The answer to a request that failed before anything was sent.
pub(super) fn failed(exception: &Exception, version: &str) -> Response {
    let mut response = Response::new(Body::from(format!("{} (version {version}, embedded)\n", exception.text)));
    *response.status_mut() = exception.status();
    let headers = response.headers_mut();
    headers.insert("x-clickhouse-exception-code", HeaderValue::from(exception.code));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=UTF-8"));
    if exception.status() == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"Earshot's store\""));
    }
    response
}

/// The head of an answer that succeeds, or begins to.
pub(super) fn head(ask: &Ask, format: &str) -> Builder {
    let query_id = ask.query_id.clone().unwrap_or_else(|| Uuid::new_v4().to_string());
    Response::builder()
        .header(header::CONTENT_TYPE, super::format::content_type(format))
        .header("x-clickhouse-format", format)
        .header("x-clickhouse-query-id", query_id)
        .header("x-clickhouse-server-display-name", "earshot")
}

/// `X-ClickHouse-Summary`: numbers as strings, as ClickHouse writes them.
pub(super) fn summary(counts: Counts) -> String {
    serde_json::json!({
        "read_rows": counts.rows_read.to_string(),
        "read_bytes": counts.bytes_read.to_string(),
        "written_rows": counts.rows_written.to_string(),
        "written_bytes": counts.bytes_written.to_string(),
    })
    .to_string()
}

/// Finishes a head; it can only be unfit if the client's own query id or format is no header value.
pub(super) fn with_body(head: Builder, body: Body) -> Result<Response, Exception> {
    let unfit = |error| Exception::ours(36, "BAD_ARGUMENTS", &format!("Unfit for a header: {error}"));
    head.body(body).map_err(unfit)
}

/// A new tag.
pub(super) fn exception_tag() -> String {
    Uuid::new_v4().simple().to_string()[..TAG_CHARS].to_owned()
}

/// An error in the middle of an answer. Layout: `WriteBufferFromHTTPServerResponse.cpp` of ClickHouse 25.11.
pub(super) fn tagged(exception: &Exception, tag: &str) -> String {
    let message = format!("{}\n", exception.text);
    let length = message.len();
    format!("\r\n__exception__\r\n{tag}\r\n{message}{length} {tag}\r\n__exception__\r\n")
}
