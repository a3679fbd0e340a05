//! What was finished: the recorder's side of the bus.

use std::time::{Duration, Instant};

use async_nats::jetstream::{
    Message,
    consumer::{Consumer, pull},
};
use earshot_model::{Crawl, Visit};
use futures::StreamExt;

use crate::{
    Bus, BusError, Delivery, KeepAlive,
    delivery::Letter,
    queue::consumer,
    topology::{BATCH_BYTES, MAX_BATCH, MAX_PULL, RECORDER, VISITS, carries_crawls},
};

/// The least that the broker is asked to wait: none at all would be for ever.
const SHORTEST_WAIT: Duration = Duration::from_millis(1);

/// Something that was finished.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "a batch is short, and both are moved once")]
pub enum Fact {
    /// A page was visited.
    Visit(Delivery<Visit>),
    /// A site was crawled.
    Crawl(Delivery<Crawl>),
}

impl Fact {
    /// Bytes of it as it was sent.
    #[must_use]
    pub fn size(&self) -> usize {
        match self {
            Self::Visit(delivery) => delivery.size,
            Self::Crawl(delivery) => delivery.size,
        }
    }

    /// As [`Delivery::keep_alive`].
    #[must_use]
    pub fn keep_alive(&self) -> KeepAlive {
        match self {
            Self::Visit(delivery) => delivery.keep_alive(),
            Self::Crawl(delivery) => delivery.keep_alive(),
        }
    }

    /// As [`Delivery::ack`].
    ///
    /// # Errors
    /// [`BusError::Ack`].
    pub async fn ack(self) -> Result<(), BusError> {
        match self {
            Self::Visit(delivery) => delivery.ack().await,
            Self::Crawl(delivery) => delivery.ack().await,
        }
    }

    /// As [`Delivery::retry`].
    ///
    /// # Errors
    /// [`BusError::Ack`].
    pub async fn retry(self, delay: Duration) -> Result<(), BusError> {
        match self {
            Self::Visit(delivery) => delivery.retry(delay).await,
            Self::Crawl(delivery) => delivery.retry(delay).await,
        }
    }
}

/// What was finished, in batches. Several recorders share the work.
#[derive(Debug)]
pub struct Finished {
    bus: Bus,
    facts: Consumer<pull::Config>,
}

impl Finished {
    pub(crate) async fn open(bus: Bus) -> Result<Self, BusError> {
        let facts = consumer(&bus, VISITS.name, RECORDER).await?;
        Ok(Self { bus, facts })
    }

    /// Up to `max` facts (at most [`MAX_BATCH`]), or what there is after `wait`; may be empty. A batch of large facts ends
    /// before `max`, at some [`BATCH_BYTES`]. Facts are never given up for being delivered often: a store that is away is our
    /// failure, not theirs.
    ///
    /// Keep them alive, or acknowledge them within the ack wait.
    ///
    /// # Errors
    /// [`BusError::Pull`] if the broker did not answer; asking again is right.
    pub async fn next_batch(&mut self, max: usize, wait: Duration) -> Result<Vec<Fact>, BusError> {
        let (max, until) = (max.clamp(1, MAX_BATCH), Instant::now() + wait);
        let mut facts = Vec::new();
        let mut left = max;
        while left > 0 && facts.iter().map(Fact::size).sum::<usize>() < BATCH_BYTES {
            let asked = left.min(MAX_PULL);
            match self.pull(asked, until - Instant::now(), &mut facts).await {
                Ok(came) if came == asked => left -= came,
                Ok(_) => break,
                // What came before the interruption is ours already.
                Err(_) if !facts.is_empty() => break,
                Err(error) => return Err(error),
            }
        }
        Ok(facts)
    }

    /// Takes up to `max` messages off the broker, or what there is after `wait`, and adds what they say. How many came.
    async fn pull(&self, max: usize, wait: Duration, facts: &mut Vec<Fact>) -> Result<usize, BusError> {
        let batch = self.facts.batch().max_messages(max).expires(wait.max(SHORTEST_WAIT)).messages().await;
        let mut batch = batch.map_err(BusError::pull(VISITS.name))?;
        let mut came = 0;
        while let Some(message) = batch.next().await {
            facts.extend(self.read(message.map_err(BusError::pull(VISITS.name))?).await?);
            came += 1;
        }
        Ok(came)
    }

    async fn read(&self, message: Message) -> Result<Option<Fact>, BusError> {
        let is_crawl = carries_crawls(&message.subject);
        let letter = Letter::new(self.bus.clone(), VISITS.name, message)?;
        if is_crawl {
            return Ok(letter.open().await?.map(Fact::Crawl));
        }
        Ok(letter.open().await?.map(Fact::Visit))
    }
}
