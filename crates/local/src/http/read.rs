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
    native,
    statement::Statement,
};
use crate::engine::{
    Exception,
    session::{Blocks, Counts, Session},
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

/// How blocks of the engine become what the client gets.
struct Shape {
    framing: Framing,
    /// For an answer in Native: the protocol that the client speaks, if any.
    revision: Option<u64>,
    /// Length of the header that later blocks repeat.
    header: usize,
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
    let revision = Some(ask.revision).filter(|revision| *revision > 0 && format.eq_ignore_ascii_case("Native"));
    let shape = Shape { framing, revision, header: 0 };
    let (begin, begun) = oneshot::channel();
    let (blocks, more) = mpsc::channel(BLOCKS);
    let tag = answer::exception_tag();
    let head = answer::head(&ask, &format).header("x-clickhouse-exception-tag", &tag);
    tokio::task::spawn_blocking(move || {
        work(&front, &ask, &text, &format, shape, begin, &blocks);
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
    mut shape: Shape,
    begin: oneshot::Sender<Result<Begun, Exception>>,
    blocks: &mpsc::Sender<Result<Bytes, Exception>>,
) {
    let session = match front.session(ask).and_then(|session| one_statement(&session, text).map(|()| session)) {
        Ok(session) => session,
        Err(exception) => return drop(begin.send(Err(exception))),
    };
    if shape.framing != Framing::Whole {
        match session.stream(text, format, &ask.params) {
            Ok(stream) => return send_blocks(stream, shape, begin, blocks),
            Err(exception) if exception.cannot_stream() => {}
            Err(exception) => return drop(begin.send(Err(exception))),
        }
    }
    let whole = whole(&session, ask, text, format).and_then(|(all, counts)| Ok((shape.first(all)?, counts)));
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
    mut stream: Blocks<'_>,
    mut shape: Shape,
    begin: oneshot::Sender<Result<Begun, Exception>>,
    blocks: &mpsc::Sender<Result<Bytes, Exception>>,
) {
    let first = stream.next().and_then(|first| shape.first(first.unwrap_or_default()));
    let failed = first.is_err();
    if begin.send(first.map(|first| Begun { counts: Counts::default(), first, streaming: true })).is_err() || failed {
        return;
    }
    while let Some(block) = stream.next().transpose() {
        let block = block.and_then(|block| shape.later(&block));
        let failed = block.is_err();
        if blocks.blocking_send(block).is_err() || failed {
            return;
        }
    }
}

impl Shape {
    fn first(&mut self, block: Bytes) -> Result<Bytes, Exception> {
        if let Framing::Header(header) = self.framing {
            self.header = header.length(&block).unwrap_or(0);
        }
        self.revised(block)
    }

    fn later(&self, block: &Bytes) -> Result<Bytes, Exception> {
        self.revised(block.slice(self.header.min(block.len())..))
    }

    fn revised(&self, block: Bytes) -> Result<Bytes, Exception> {
        match self.revision {
            Some(revision) => native::for_revision(&block, revision).map(Bytes::from),
            None => Ok(block),
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
