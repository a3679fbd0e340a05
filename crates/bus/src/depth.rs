//! How much waits on the bus.

use serde::Serialize;

use crate::{
    Bus, BusError,
    queue::consumer,
    topology::{DEAD, NOTICE_QUEUE, PAGE_QUEUE, RECORDER, SEED_QUEUE, VISITS},
};

/// How much waits in one lane of one stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Depth {
    /// The stream.
    pub stream: &'static str,
    /// Its lane: `interactive` or `bulk`; `all` where there is but one.
    pub lane: &'static str,
    /// Messages that nobody has taken yet.
    pub waiting: u64,
    /// Messages that somebody is at, or was before it died less than an ack wait ago.
    pub in_work: u64,
}

impl Bus {
    /// How much waits in each lane, from the first stage to the last.
    ///
    /// # Errors
    /// [`BusError::Pull`].
    pub async fn depths(&self) -> Result<Vec<Depth>, BusError> {
        let mut depths = Vec::new();
        for queue in [SEED_QUEUE, PAGE_QUEUE] {
            for lane in queue.lanes {
                depths.push(self.depth(queue.stream, lane.consumer).await?);
            }
        }
        depths.push(self.depth(VISITS.name, RECORDER).await?);
        for lane in NOTICE_QUEUE.lanes {
            depths.push(self.depth(NOTICE_QUEUE.stream, lane.consumer).await?);
        }
        Ok(depths)
    }

    async fn depth(&self, stream: &'static str, name: &'static str) -> Result<Depth, BusError> {
        let consumer = consumer(self, stream, name).await?;
        let info = consumer.cached_info();
        let in_work = u64::try_from(info.num_ack_pending).unwrap_or_default();
        Ok(Depth { stream, lane: lane(stream, name), waiting: info.num_pending, in_work })
    }

    /// How many dead letters are kept.
    ///
    /// # Errors
    /// [`BusError::Pull`].
    pub async fn count_dead(&self) -> Result<u64, BusError> {
        let stream = self.context().get_stream(DEAD.name).await.map_err(BusError::pull(DEAD.name))?;
        Ok(stream.cached_info().state.messages)
    }

    /// Whether the connection stands at this moment.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.client().connection_state() == async_nats::connection::State::Connected
    }
}

/// `sites-bulk` is the lane `bulk` of `sites`.
fn lane(stream: &str, consumer: &'static str) -> &'static str {
    consumer.strip_prefix(stream).and_then(|rest| rest.strip_prefix('-')).unwrap_or("all")
}
