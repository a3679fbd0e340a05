//! Inserts: rows stream from the request's body into the engine.

use axum::{body::Body, response::Response};
use bytes::Bytes;
use futures::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::{Front, answer, ask::Ask, statement::InsertText};
use crate::engine::{Exception, session::Counts};

/// Chunks between the connection and the engine. hyper's are at most some 400 KiB.
const CHUNKS: usize = 8;

/// One insert.
pub(super) struct Work {
    sql: String,
    format: String,
    /// Data that stood behind the statement's text.
    first: Bytes,
}

/// What the connection tells the engine's thread. Without an `End` the client has gone away in the middle.
enum Piece {
    Data(Bytes),
    End,
}

impl Work {
    /// Cuts `text` where its data begins.
    pub(super) fn new(ask: &Ask, insert: InsertText, text: &Bytes) -> Result<Self, Exception> {
        let sql = String::from_utf8(text[..insert.head].to_vec());
        let sql = sql.map_err(|_| Exception::ours(62, "SYNTAX_ERROR", "The query is not UTF-8"))?;
        let format = insert.format.or_else(|| ask.format.clone()).unwrap_or_else(|| "Values".to_owned());
        Ok(Self { sql, format, first: text.slice(insert.data.min(text.len())..) })
    }
}

/// Runs it, and answers once the rows are in.
pub(super) async fn run(
    front: Front,
    permit: OwnedSemaphorePermit,
    ask: Ask,
    work: Work,
    rest: Body,
) -> Result<Response, Exception> {
    let (pieces, given) = mpsc::channel(CHUNKS);
    let feed = async move {
        let mut rest = rest.into_data_stream();
        loop {
            let piece = match rest.next().await {
                Some(Ok(bytes)) => Piece::Data(bytes),
                Some(Err(_)) => return,
                None => Piece::End,
            };
            let end = matches!(piece, Piece::End);
            // The engine's thread may be gone already, with an error: it will tell.
            if pieces.send(piece).await.is_err() || end {
                return;
            }
        }
    };
    let engine = tokio::task::spawn_blocking(move || {
        let counts = insert(&front, &ask, &work, given);
        drop(permit);
        let head = answer::head(&ask, &work.format).header(answer::SUMMARY, answer::summary(counts?));
        answer::with_body(head, Body::empty())
    });
    let ((), done) = tokio::join!(feed, engine);
    done.unwrap_or_else(|_| Err(Exception::default()))
}

fn insert(front: &Front, ask: &Ask, work: &Work, mut given: mpsc::Receiver<Piece>) -> Result<Counts, Exception> {
    let session = front.session(ask)?;
    let mut insert = session.insert(&work.sql, &work.format, &ask.params)?;
    if !work.first.is_empty() {
        insert.append(&work.first)?;
    }
    loop {
        match given.blocking_recv() {
            Some(Piece::Data(bytes)) if bytes.is_empty() => {}
            Some(Piece::Data(bytes)) => insert.append(&bytes)?,
            Some(Piece::End) => return insert.finish(),
            None => {
                insert.cancel();
                return Err(Exception::ours(210, "NETWORK_ERROR", "The request's body broke off"));
            }
        }
    }
}
