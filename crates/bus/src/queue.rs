//! Work queues: one piece of work at a time, on demand, what people wait for first.

use std::marker::PhantomData;

use async_nats::{
    Subscriber,
    jetstream::{
        Message,
        consumer::{Consumer, pull},
    },
};
use earshot_model::{Notice, PageTask, SeedTask, wire::Wire};
use futures::StreamExt;
use tokio::time::{Instant, timeout, timeout_at};

use crate::{
    Bus, BusError, Delivery, Pulse,
    delivery::Letter,
    topology::{BULK_TURN, IDLE_POLL, IDLE_WAIT, QueueSpec, REQUEST_TIMEOUT},
};

/// Sites to crawl.
pub type Seeds = Queue<SeedTask>;
/// Pages to visit.
pub type Pages = Queue<PageTask>;

/// Notices to send.
pub type Notices = Queue<Notice>;

/// A work queue with one lane or two. Each call takes at most one piece of work off the broker, so that no worker hoards
/// what another could do. Nothing happens between calls; to stop, drop it.
#[derive(Debug)]
pub struct Queue<T> {
    bus: Bus,
    spec: QueueSpec,
    lanes: Vec<Consumer<pull::Config>>,
    taken: u64,
    pulse: Pulse,
    items: PhantomData<fn() -> T>,
}

impl<T: Wire> Queue<T> {
    pub(crate) async fn open(bus: Bus, spec: QueueSpec) -> Result<Self, BusError> {
        let mut lanes = Vec::new();
        for lane in spec.lanes {
            lanes.push(consumer(&bus, spec.stream, lane.consumer).await?);
        }
        Ok(Self { bus, spec, lanes, taken: 0, pulse: Pulse::default(), items: PhantomData })
    }

    /// The same, which beats whenever it looks for work: while it waits about every [`IDLE_POLL`].
    #[must_use]
    pub fn beating(self, pulse: Pulse) -> Self {
        Self { pulse, ..self }
    }

    /// The next piece of work; the interactive lane first, except that every [`BULK_TURN`]th turn is the bulk
    /// lane's. `None` if there was none for [`IDLE_WAIT`]: ask again, or stop.
    ///
    /// Dropping the future is safe; work that was just on its way is delivered again after the ack wait.
    ///
    /// # Errors
    /// [`BusError::Pull`] if the broker did not answer for that long; asking again is right.
    pub async fn next(&mut self) -> Result<Option<Delivery<T>>, BusError> {
        self.next_of(self.lanes.len()).await
    }

    /// As [`Queue::next`], of the urgent lane only: for who must not take more than people wait for.
    ///
    /// # Errors
    /// As [`Queue::next`].
    pub async fn next_urgent(&mut self) -> Result<Option<Delivery<T>>, BusError> {
        self.next_of(1).await
    }

    /// The next piece of work in the first `lanes` lanes.
    async fn next_of(&mut self, lanes: usize) -> Result<Option<Delivery<T>>, BusError> {
        let deadline = Instant::now() + IDLE_WAIT;
        // Before the first look, so that nothing published after it goes unnoticed.
        let subscribed = self.bus.client().subscribe(self.spec.wake).await;
        let mut wake = subscribed.map_err(BusError::pull(self.spec.stream))?;
        loop {
            let look = self.look(lanes).await;
            match look {
                Ok(Some(delivery)) => return Ok(Some(delivery)),
                Ok(None) if Instant::now() >= deadline => return Ok(None),
                Err(error) if Instant::now() >= deadline => return Err(error),
                Ok(None) => {}
                Err(error) => tracing::debug!(stream = self.spec.stream, %error, "looking again"),
            }
            woken(&mut wake, deadline.min(Instant::now() + IDLE_POLL)).await;
        }
    }

    /// The next piece of work, if one waits now: for who will not wait for more.
    ///
    /// # Errors
    /// [`BusError::Pull`] if the broker did not answer.
    pub async fn waiting(&mut self) -> Result<Option<Delivery<T>>, BusError> {
        self.look(self.lanes.len()).await
    }

    /// Looks into each of the first `lanes` lanes once.
    async fn look(&mut self, lanes: usize) -> Result<Option<Delivery<T>>, BusError> {
        self.pulse.beat();
        let mut order: Vec<usize> = (0..lanes).collect();
        if self.taken % BULK_TURN == BULK_TURN - 1 {
            order.reverse();
        }
        for lane in order {
            while let Some(message) = self.take(lane).await? {
                let letter = Letter::new(self.bus.clone(), self.spec.stream, message)?;
                if let Some(delivery) = letter.open().await? {
                    self.taken += 1;
                    return Ok(Some(delivery));
                }
            }
        }
        Ok(None)
    }

    /// One message, if one waits. The time limit is for a connection that breaks under the request.
    async fn take(&self, lane: usize) -> Result<Option<Message>, BusError> {
        let pull_error = BusError::pull(self.spec.stream);
        let mut batch =
            self.lanes[lane].fetch().max_messages(1).messages().await.map_err(BusError::pull(self.spec.stream))?;
        match timeout(REQUEST_TIMEOUT, batch.next()).await {
            Ok(message) => message.transpose().map_err(pull_error),
            Err(elapsed) => Err(BusError::pull(self.spec.stream)(elapsed)),
        }
    }
}

/// Returns when something was published, or at `until`.
async fn woken(wake: &mut Subscriber, until: Instant) {
    if let Ok(None) = timeout_at(until, wake.next()).await {
        // The subscription ended with the connection; time still passes.
        tokio::time::sleep_until(until).await;
    }
}

pub(crate) async fn consumer(bus: &Bus, stream: &'static str, name: &str) -> Result<Consumer<pull::Config>, BusError> {
    bus.context().get_consumer_from_stream(name, stream).await.map_err(BusError::pull(stream))
}
