//! Publishing: every message has an id, and none counts as sent before the broker has stored it.

use std::time::Duration;

use async_nats::{
    HeaderMap,
    jetstream::{
        context::{PublishError, PublishErrorKind},
        message::PublishMessage,
        publish::PublishAck,
    },
};
use bytes::Bytes;
use earshot_model::{
    Crawl, PageTask, SeedTask, Visit,
    wire::{self, Wire},
};
use futures::{StreamExt, TryStreamExt, stream};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::{
    Bus, BusError, TraceParent, claim,
    crawls::crawl_key,
    topology::{
        INLINE_LIMIT, PAGES, PUBLISH_IN_FLIGHT, PUBLISH_PATIENCE, SITES, VISITS, crawl_subject, page_subject,
        seed_subject, visit_subject,
    },
    trace,
};

/// A message on its way out.
#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    pub stream: &'static str,
    pub subject: String,
    /// What the broker recognises a second copy by.
    pub id: String,
    pub headers: HeaderMap,
    pub payload: Bytes,
}

impl Outgoing {
    pub(crate) fn new<T: Wire>(
        stream: &'static str,
        subject: String,
        about: Uuid,
        from: TraceParent,
        item: &T,
    ) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(trace::HEADER, from.to_string());
        Self { stream, subject, id: about.to_string(), headers, payload: wire::encode(item).into() }
    }
}

impl Bus {
    /// Asks for a crawl. A second ask for the same (run, start) within [`crate::topology::DEDUPE`] is dropped.
    ///
    /// # Errors
    /// [`BusError::Publish`].
    pub async fn publish_seed(&self, task: &SeedTask) -> Result<(), BusError> {
        let subject = seed_subject(task.lane, task.run);
        let about = crawl_key(task.run, &task.target.start);
        let from = TraceParent::of_target(task.run, &task.target.start);
        self.send(Outgoing::new(SITES.name, subject, about, from, task)).await.map(drop)
    }

    /// Asks for a visit. A second ask for the same visit within [`crate::topology::DEDUPE`] is dropped.
    ///
    /// # Errors
    /// [`BusError::Publish`].
    pub async fn publish_page(&self, task: &PageTask) -> Result<(), BusError> {
        let subject = page_subject(task.lane, task.run);
        let from = TraceParent::of_target(task.run, &task.start);
        self.send(Outgoing::new(PAGES.name, subject, task.visit_id().0, from, task)).await.map(drop)
    }

    /// Asks for many visits, with [`PUBLISH_IN_FLIGHT`] unconfirmed at a time.
    ///
    /// # Errors
    /// The first [`BusError::Publish`]; what was sent before it stays sent, and sending all again is safe.
    pub async fn publish_pages(&self, tasks: &[PageTask]) -> Result<(), BusError> {
        let sends: Vec<_> = tasks.iter().map(|task| self.publish_page(task)).collect();
        stream::iter(sends).buffered(PUBLISH_IN_FLIGHT).try_collect().await
    }

    /// Hands a finished crawl to the recorder; once for each (run, start).
    ///
    /// # Errors
    /// [`BusError::Publish`], [`BusError::TooLarge`], [`BusError::Bucket`].
    pub async fn publish_crawl(&self, crawl: &Crawl) -> Result<(), BusError> {
        let about = crawl_key(crawl.run, &crawl.start);
        let from = TraceParent::of_target(crawl.run, &crawl.start);
        // A crawl and a visit of the same run share a stream, not a name space.
        self.send_fact(Outgoing::new(VISITS.name, crawl_subject(crawl.run), about, from, crawl)).await
    }

    /// Hands a finished visit to the recorder; once for each visit id.
    ///
    /// # Errors
    /// [`BusError::Invalid`], [`BusError::Publish`], [`BusError::TooLarge`], [`BusError::Bucket`].
    pub async fn publish_visit(&self, visit: &Visit) -> Result<(), BusError> {
        let from = TraceParent::of_target(visit.task.run, &visit.task.start);
        let message = Outgoing::new(VISITS.name, visit_subject(visit.task.run), visit.id().0, from, visit);
        // What no recorder can read would be buried there, and the run would wait for it for ever.
        if message.payload.len() <= wire::MAX_MESSAGE {
            let readable = wire::decode::<Visit>(&message.payload);
            readable.map_err(|source| BusError::Invalid { stream: message.stream, source })?;
        }
        self.send_fact(message).await
    }

    /// Sends what may be large: above [`INLINE_LIMIT`] the payload is stored first and the message carries its name.
    async fn send_fact(&self, mut message: Outgoing) -> Result<(), BusError> {
        if message.payload.len() > wire::MAX_MESSAGE {
            let len = message.payload.len();
            return Err(BusError::TooLarge { stream: message.stream, len, max: wire::MAX_MESSAGE });
        }
        if message.payload.len() <= INLINE_LIMIT {
            return self.send(message).await.map(drop);
        }
        let name = claim::deposit(self, &message.id, &message.payload).await?;
        message.headers.insert(claim::HEADER, name.as_str());
        message.payload = Bytes::new();
        let sent = self.send(message).await;
        // Nobody was told this name: the earlier copy has its own.
        if !matches!(&sent, Ok(ack) if !ack.duplicate) {
            claim::discard(self, &name).await;
        }
        sent.map(drop)
    }

    /// Sends until it is stored or [`PUBLISH_PATIENCE`] is over; the id makes repeating harmless.
    pub(crate) async fn send(&self, message: Outgoing) -> Result<PublishAck, BusError> {
        let deadline = Instant::now() + PUBLISH_PATIENCE;
        loop {
            let error = match self.send_once(&message).await {
                Ok(ack) => return Ok(ack),
                Err(error) => error,
            };
            // The broker does not answer what it refuses.
            if let Some(denied) = self.refused_publish(&message.subject) {
                return Err(denied);
            }
            let transient = is_transient(&error);
            if !transient || Instant::now() > deadline {
                return Err(BusError::Publish { stream: message.stream, source: error.into(), transient });
            }
            tracing::debug!(stream = message.stream, %error, "publishing again");
            sleep(AGAIN_AFTER).await;
        }
    }

    async fn send_once(&self, message: &Outgoing) -> Result<PublishAck, PublishError> {
        let publish = PublishMessage::build()
            .payload(message.payload.clone())
            .headers(message.headers.clone())
            .message_id(self.message_id(&message.id));
        self.context().send_publish(message.subject.clone(), publish).await?.await
    }
}

/// Between tries of one publish.
const AGAIN_AFTER: Duration = Duration::from_millis(250);

/// The broker was away, or JetStream was not up yet (which looks like a missing stream).
fn is_transient(error: &PublishError) -> bool {
    matches!(
        error.kind(),
        PublishErrorKind::TimedOut
            | PublishErrorKind::BrokenPipe
            | PublishErrorKind::StreamNotFound
            | PublishErrorKind::MaxAckPending
    )
}
