//! One piece of work in our hands, and the four ways to give it back.

use std::time::Duration;

use async_nats::jetstream::{AckKind, Message, message::Acker};
use bytes::Bytes;
use earshot_model::wire::{self, Wire};
use tokio::{task::JoinHandle, time::sleep};

use crate::{Bus, BusError, TraceParent, claim, publish::Outgoing, topology::MAX_DELIVER};

/// How often a message had been delivered before it was put on the queue anew.
pub(crate) const TRIED: &str = "Earshot-Tried";

/// One piece of work in our hands. Dropped without a word, it is delivered again after the ack wait.
#[derive(Debug)]
pub struct Delivery<T> {
    /// The work.
    pub item: T,
    /// Which delivery of it this is, from 1. Those that were deferred do not count.
    pub attempt: u64,
    /// The trace it belongs to.
    pub trace: Option<TraceParent>,
    /// Bytes of the work as it was sent.
    pub size: usize,
    letter: Letter,
}

/// Says every so often that work goes on, until it is dropped.
#[derive(Debug)]
pub struct KeepAlive {
    saying: JoinHandle<()>,
}

impl Drop for KeepAlive {
    fn drop(&mut self) {
        self.saying.abort();
    }
}

impl<T> Delivery<T> {
    /// Whether it was delivered so often ([`MAX_DELIVER`]) that whoever tries it once more will fail like all before.
    /// Its taker writes down that it could not be done, so that nobody waits for it, and buries it.
    #[must_use]
    pub fn is_exhausted(&self) -> bool {
        self.attempt > MAX_DELIVER
    }

    /// Keeps the work ours while the guard lives: without it, work that takes longer than the ack wait
    /// ([`crate::topology::ACK_WAIT`]) is given to somebody else too.
    #[must_use]
    pub fn keep_alive(&self) -> KeepAlive {
        let every = self.letter.bus.keep_alive_every();
        let acker = Acker::new(self.letter.message.context.clone(), self.letter.message.reply.clone());
        let stream = self.letter.stream;
        let saying = tokio::spawn(async move {
            loop {
                sleep(every).await;
                if let Err(error) = acker.ack_with(AckKind::Progress).await {
                    tracing::debug!(stream, %error, "a keep-alive was lost");
                }
            }
        });
        KeepAlive { saying }
    }

    /// Done: what came of it is safe in the next stage. Returns when the broker has confirmed.
    ///
    /// # Errors
    /// [`BusError::Ack`]: the work will be delivered again, which derived ids make harmless.
    pub async fn ack(self) -> Result<(), BusError> {
        self.letter.confirm(AckKind::Ack).await?;
        if let Some(name) = self.letter.claim() {
            claim::discard(&self.letter.bus, name).await;
        }
        Ok(())
    }

    /// Not done: deliver it again after `delay`, to whoever asks. Counts as an attempt.
    ///
    /// # Errors
    /// [`BusError::Ack`]: it will be delivered again after the ack wait instead.
    pub async fn retry(self, delay: Duration) -> Result<(), BusError> {
        self.letter.confirm(AckKind::Nak(Some(delay))).await
    }

    /// Not done, and not because anything failed: it goes to the end of the queue, and this delivery does not count.
    ///
    /// # Errors
    /// [`BusError::Publish`] or [`BusError::Ack`]: it will be delivered again, and then it counts.
    pub async fn defer(self) -> Result<(), BusError> {
        self.letter.requeue(self.attempt - 1).await?;
        self.letter.confirm(AckKind::Ack).await
    }

    /// Not to be done: to `dead` with it, with the reason.
    ///
    /// # Errors
    /// [`BusError::Publish`] or [`BusError::Ack`]: it will be delivered again.
    pub async fn bury(self, reason: &str) -> Result<(), BusError> {
        self.letter.bury(reason).await
    }
}

/// A message as it came, before anybody looked into it.
#[derive(Debug)]
pub(crate) struct Letter {
    pub bus: Bus,
    pub stream: &'static str,
    pub message: Message,
    /// Which delivery this is, from 1.
    pub attempt: u64,
    /// Its number in the stream.
    pub sequence: u64,
}

impl Letter {
    pub fn new(bus: Bus, stream: &'static str, message: Message) -> Result<Self, BusError> {
        let info = message.info().map_err(BusError::pull(stream))?;
        let tried = message.headers.as_ref().and_then(|headers| headers.get(TRIED)?.as_str().parse().ok());
        let attempt = tried.unwrap_or(0u64).saturating_add(u64::try_from(info.delivered).unwrap_or(1));
        let sequence = info.stream_sequence;
        Ok(Self { bus, stream, message, attempt, sequence })
    }

    /// Reads it. What cannot be read is buried: `None`.
    pub async fn open<T: Wire>(self) -> Result<Option<Delivery<T>>, BusError> {
        let payload = match self.claim() {
            None => Some(self.message.payload.clone()),
            Some(name) => claim::redeem(&self.bus, name).await?.map(Bytes::from),
        };
        let Some(payload) = payload else {
            self.bury("its body is no longer in the bucket").await?;
            return Ok(None);
        };
        match wire::decode(&payload) {
            Ok(item) => {
                let trace = TraceParent::from_headers(self.message.headers.as_ref());
                Ok(Some(Delivery { item, attempt: self.attempt, trace, size: payload.len(), letter: self }))
            }
            Err(error) => {
                self.bury(&error.to_string()).await?;
                Ok(None)
            }
        }
    }

    /// Publishes it anew, as something that was tried so often.
    async fn requeue(&self, tried: u64) -> Result<(), BusError> {
        let mut headers = self.message.headers.clone().unwrap_or_default();
        headers.insert(TRIED, tried.to_string().as_str());
        let bus = self.bus.afresh();
        let id = format!("{}-{}", self.stream, self.sequence);
        let (subject, payload) = (self.message.subject.to_string(), self.message.payload.clone());
        bus.send(Outgoing { stream: self.stream, subject, id, headers, payload }).await.map(drop)
    }

    /// First the copy is safe in `dead`, then the broker forgets the original.
    pub async fn bury(&self, reason: &str) -> Result<(), BusError> {
        tracing::warn!(stream = self.stream, sequence = self.sequence, attempt = self.attempt, reason, "buried");
        crate::dead::keep(self, reason).await?;
        self.confirm(AckKind::Term).await
    }

    /// The object that holds the payload, if it is not in the message.
    fn claim(&self) -> Option<&str> {
        self.message.headers.as_ref()?.get(claim::HEADER).map(|name| name.as_str())
    }

    async fn confirm(&self, kind: AckKind) -> Result<(), BusError> {
        let confirmed = self.message.double_ack_with(kind).await;
        confirmed.map_err(|source| BusError::Ack { stream: self.stream, source })
    }
}
