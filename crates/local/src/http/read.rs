//! Queries: the answer streams from the engine to the client, where its format allows.

use std::io;

use axum::{body::Body, response::Response};
use bytes::Bytes;
use futures::{Stream, stream};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use super::{
    Front, answer,
    ask::{self, Ask},
    format::Framing,
    statement::Statement,
};
use crate::engine::{
    Exception,
    session::{Counts, Session},
};

/// Blocks between the engine and the connection; each is of some 65,000 rows.
const BLOCKS: usize = 2;

/// The most that an answer may hold which cannot be streamed (JSON, Parquet, …), in the engine's own form.
const MAX_WHOLE_BYTES: &str = "268435456";

/// The beginning of an answer.
struct Begun {
    counts: Counts,
    first: Bytes,
    /// Whether blocks follow.
    streaming: bool,
}

/// What ClickHouse answers in if nobody says otherwise.
const DEFAULT_FORMAT: &str = "TabSeparated";

/// Runs it. An error before the first block has its own status; a later one is marked in the stream and ends it.
pub(super) async fn run(
    front: Front,
    permit: OwnedSemaphorePermit,
    ask: Ask,
    statement: Statement,
    text: String,
) -> Result<Response, Exception> {
    let (given, streamable) = match statement {
        Statement::Select { format, totals } => (format, !totals && !ask.whole),
        Statement::Other { format } => (format, false),
        Statement::Insert(_) => (None, false),
    };
    let format = given.or_else(|| ask.format.clone()).unwrap_or_else(|| DEFAULT_FORMAT.to_owned());
    let framing = if streamable && !ask.sets("extremes") { Framing::of(&format) } else { Framing::Whole };
    let (begin, begun) = oneshot::channel();
    let (blocks, more) = mpsc::channel(BLOCKS);
    let tag = answer::exception_tag();
    let head = answer::head(&ask, &format).header("x-clickhouse-exception-tag", &tag);
    tokio::task::spawn_blocking(move || {
        work(&front, &ask, &text, &format, framing, begin, &blocks);
        drop(permit);
    });
    let begun = begun.await.unwrap_or_else(|_| Err(Exception::default()))?;
    let body =
        if begun.streaming { Body::from_stream(stream_of(begun.first, more, tag)) } else { Body::from(begun.first) };
    answer::with_body(head.header(answer::SUMMARY, answer::summary(begun.counts)), body)
}

/// The engine's side.
fn work(
    front: &Front,
    ask: &Ask,
    text: &str,
    format: &str,
    framing: Framing,
    begin: oneshot::Sender<Result<Begun, Exception>>,
    blocks: &mpsc::Sender<Result<Bytes, Exception>>,
) {
    let session = match front.session(ask).and_then(|session| one_statement(&session, text).map(|()| session)) {
        Ok(session) => session,
        Err(exception) => return drop(begin.send(Err(exception))),
    };
    if framing != Framing::Whole {
        match session.stream(text, format, &ask.params) {
            Ok(stream) => return send_blocks(stream, framing, begin, blocks),
            Err(exception) if exception.cannot_stream() => {}
            Err(exception) => return drop(begin.send(Err(exception))),
        }
    }
    let whole = whole(&session, ask, text, format);
    let _ = begin.send(whole.map(|(first, counts)| Begun { counts, first, streaming: false }));
}

/// ClickHouse's HTTP interface takes one statement at a time.
fn one_statement(session: &Session, text: &str) -> Result<(), Exception> {
    match session.classify(text) {
        (0 | 1, _) => Ok(()),
        _ => Err(Exception::ours(62, "SYNTAX_ERROR", "Multi-statements are not allowed")),
    }
}

fn whole(session: &Session, ask: &Ask, text: &str, format: &str) -> Result<(Bytes, Counts), Exception> {
    if !ask.sets("max_result_bytes") {
        session.query(&ask::set("max_result_bytes", MAX_WHOLE_BYTES), "Null", &Vec::new())?;
    }
    session.query(text, format, &ask.params)
}

/// Sends blocks until the end, an error, or the client's leaving, which cancels the query.
fn send_blocks(
    mut stream: crate::engine::session::Blocks<'_>,
    framing: Framing,
    begin: oneshot::Sender<Result<Begun, Exception>>,
    blocks: &mpsc::Sender<Result<Bytes, Exception>>,
) {
    let first = match stream.next() {
        Ok(first) => first.unwrap_or_default(),
        Err(exception) => return drop(begin.send(Err(exception))),
    };
    let header = match framing {
        Framing::Header(header) => header.length(&first).unwrap_or(0),
        Framing::Rows | Framing::Whole => 0,
    };
    if begin.send(Ok(Begun { counts: Counts::default(), first, streaming: true })).is_err() {
        return;
    }
    while let Some(block) = stream.next().transpose() {
        let failed = block.is_err();
        let block = block.map(|bytes| bytes.slice(header.min(bytes.len())..));
        if blocks.blocking_send(block).is_err() || failed {
            return;
        }
    }
}

/// The first block, the others, and if it comes to that the error: told in the text for clients that look for it,
/// and by breaking the connection off for those that do not.
fn stream_of(
    first: Bytes,
    more: mpsc::Receiver<Result<Bytes, Exception>>,
    tag: String,
) -> impl Stream<Item = io::Result<Bytes>> {
    let state = (Some(first), more, tag, false);
    stream::unfold(state, async |(mut first, mut more, tag, broken)| {
        if broken {
            // Lets the text above reach the client first.
            tokio::task::yield_now().await;
            more.close();
            return Some((Err(io::Error::other("the query failed")), (None, more, tag, false)));
        }
        if let Some(first) = first.take() {
            return Some((Ok(first), (None, more, tag, false)));
        }
        match more.recv().await? {
            Ok(block) => Some((Ok(block), (None, more, tag, false))),
            Err(exception) => {
                let text = Bytes::from(answer::tagged(&exception, &tag));
                Some((Ok(text), (None, more, tag, true)))
            }
        }
    })
}
