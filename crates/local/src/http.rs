//! The part of ClickHouse's HTTP interface that the `clickhouse` crate, `curl` and Grafana use, in front of the
//! embedded engine.
//!
//! What it takes: GET and POST, the query in the URL, in the body, or as a multipart form; parameters (`param_*`);
//! settings as URL parameters; insert data in the body, streamed. What it does not: sessions, roles, compression,
//! external tables; asked for any of these it says so.

mod answer;
mod ask;
mod format;
mod insert;
mod native;
mod read;
mod statement;

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
    routing::{any, get},
};
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use http::Method;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use self::{ask::Ask, statement::Statement};
use crate::engine::{Database, Exception, session::Session};

/// How many queries run at a time; more wait. Each takes a thread here and threads of the engine's.
const MAX_QUERIES: usize = 16;

/// The longest text of a query. ClickHouse's own limit (`max_query_size`) is 256 KiB; insert data does not count.
const MAX_QUERY_BYTES: usize = 1 << 20;

/// Who may ask.
#[derive(Clone)]
pub(crate) struct Credentials {
    pub(crate) user: String,
    pub(crate) password: String,
}

/// The HTTP front of one database.
#[derive(Clone)]
pub(crate) struct Front {
    database: Arc<Database>,
    credentials: Arc<Credentials>,
    permits: Arc<Semaphore>,
}

impl Front {
    pub(crate) fn new(database: Arc<Database>, credentials: Credentials) -> Self {
        let permits = Arc::new(Semaphore::new(MAX_QUERIES));
        Self { database, credentials: Arc::new(credentials), permits }
    }

    /// All its addresses.
    pub(crate) fn router(&self) -> Router {
        Router::new()
            .route("/ping", get(|| async { "Ok.\n" }))
            .route("/", any(answer))
            .fallback(|| async { (http::StatusCode::NOT_FOUND, "There is no such address; queries go to /\n") })
            .with_state(self.clone())
    }

    /// Resolves when no query runs; none begins while the result lives.
    pub(crate) async fn idle(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.permits).acquire_many_owned(MAX_QUERIES as u32).await.ok()
    }

    async fn run(&self, request: Request) -> Result<Response, Exception> {
        let (parts, body) = request.into_parts();
        let mut ask = Ask::read(&parts)?;
        ask.authenticate(&self.credentials)?;
        if parts.method != Method::POST && ask.query.is_none() {
            return Ok("Ok.\n".into_response());
        }
        let mut body = body;
        if let Some(boundary) = ask.multipart.take() {
            ask.read_form(std::mem::take(&mut body), boundary).await?;
        }
        let (text, rest) = query_text(&ask, body).await?;
        let permit = self.permit().await?;
        match Statement::read(&text) {
            Statement::Insert(insert) => {
                let work = insert::Work::new(&ask, insert, &text)?;
                insert::run(self.clone(), permit, ask, work, rest).await
            }
            statement => {
                let text = whole_text(text, rest).await?;
                read::run(self.clone(), permit, ask, statement, text).await
            }
        }
    }

    /// A session with everything set that the request asks for.
    fn session(&self, ask: &Ask) -> Result<Session, Exception> {
        let session = self.database.session()?;
        for statement in ask.preparations() {
            session.query(&statement, "Null", &Vec::new())?;
        }
        Ok(session)
    }

    async fn permit(&self) -> Result<OwnedSemaphorePermit, Exception> {
        let closing = |_| Exception::ours(210, "NETWORK_ERROR", "the engine is closing");
        Arc::clone(&self.permits).acquire_owned().await.map_err(closing)
    }
}

/// Answers one request; an error is an answer too.
async fn answer(State(front): State<Front>, request: Request) -> Response {
    match front.run(request).await {
        Ok(response) => response,
        Err(exception) => answer::failed(&exception, &front.database.version()),
    }
}

/// The text of the query, as far as it was needed to read to see it, and the rest of the body. Where the URL holds
/// the query, the body is insert data, or (as in ClickHouse) the end of the query.
async fn query_text(ask: &Ask, body: Body) -> Result<(Bytes, Body), Exception> {
    let mut text = BytesMut::new();
    if let Some(query) = &ask.query {
        text.extend_from_slice(query.as_bytes());
        if matches!(Statement::read(&text), Statement::Insert(_)) {
            return Ok((text.freeze(), body));
        }
        text.extend_from_slice(b"\n");
    }
    let mut stream = body.into_data_stream();
    while text.len() < MAX_QUERY_BYTES {
        match stream.next().await {
            Some(chunk) => text.extend_from_slice(&chunk.map_err(unreadable)?),
            None => return Ok((text.freeze(), Body::empty())),
        }
    }
    Ok((text.freeze(), Body::new(Body::from_stream(stream))))
}

/// A query that is no insert must fit within the limit.
async fn whole_text(text: Bytes, rest: Body) -> Result<String, Exception> {
    let more = rest.into_data_stream().next().await.is_some();
    if more || text.len() > MAX_QUERY_BYTES {
        let what = format!("The query is longer than {MAX_QUERY_BYTES} bytes");
        return Err(Exception::ours(177, "QUERY_IS_TOO_LARGE", &what));
    }
    let text = String::from_utf8(text.into());
    text.map_err(|_| Exception::ours(62, "SYNTAX_ERROR", "The query is not UTF-8"))
}

fn unreadable(error: axum::Error) -> Exception {
    Exception::ours(210, "NETWORK_ERROR", &format!("The request's body broke off: {error}"))
}
