//! The connection that everything else goes through.

use std::{sync::Arc, time::Duration};

use async_nats::{
    Client,
    jetstream::{Context, context::ContextBuilder},
};
use earshot_model::RunId;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::{
    BusConfig, BusError, Queue, Seeds,
    error::refuses,
    finished::Finished,
    queue::{Notices, Pages},
    topology::{self, StreamSpec},
};

/// The bus. Clones share one connection, which is renewed for ever once it stood.
#[derive(Clone, Debug)]
pub struct Bus {
    shared: Arc<Shared>,
    /// Told apart from what was published before; see [`Bus::afresh`].
    salt: Option<Uuid>,
}

#[derive(Debug)]
struct Shared {
    client: Client,
    context: Context,
    config: BusConfig,
}

/// Between tries of the first connection: a broker that is being started needs about so long.
const CONNECT_STEP: Duration = Duration::from_millis(100);

impl Bus {
    /// Connects, trying for [`BusConfig::connect_patience`].
    ///
    /// # Errors
    /// [`BusError::Connect`], at once if the broker refuses us or the address is no address.
    pub async fn connect(config: BusConfig) -> Result<Self, BusError> {
        let deadline = Instant::now() + config.connect_patience;
        let addresses: Vec<&str> = config.url.split(',').map(str::trim).collect();
        let client = loop {
            let error = match config.options().connect(&addresses[..]).await {
                Ok(client) => break client,
                Err(error) => error,
            };
            if refuses(&error) || Instant::now() + CONNECT_STEP > deadline {
                return Err(BusError::Connect { url: config.shown_url(), source: error.into() });
            }
            sleep(CONNECT_STEP).await;
        };
        let context = ContextBuilder::new()
            .timeout(topology::REQUEST_TIMEOUT)
            .ack_timeout(topology::REQUEST_TIMEOUT)
            .build(client.clone());
        Ok(Self { shared: Arc::new(Shared { client, context, config }), salt: None })
    }

    /// Creates streams, consumers and buckets that are missing and brings the others up to date. Idempotent.
    ///
    /// # Errors
    /// [`BusError::Topology`] naming the first that could not be set up.
    pub async fn ensure_topology(&self) -> Result<(), BusError> {
        topology::ensure(self.context(), self.shared.config.replicas, self.shared.config.ack_wait).await
    }

    /// Sites to crawl.
    ///
    /// # Errors
    /// [`BusError::Pull`] if the topology is not set up.
    pub async fn seeds(&self) -> Result<Seeds, BusError> {
        Queue::open(self.clone(), topology::SEED_QUEUE).await
    }

    /// Pages to visit.
    ///
    /// # Errors
    /// [`BusError::Pull`] if the topology is not set up.
    pub async fn pages(&self) -> Result<Pages, BusError> {
        Queue::open(self.clone(), topology::PAGE_QUEUE).await
    }

    /// Notices to send.
    ///
    /// # Errors
    /// [`BusError::Pull`] if the topology is not set up.
    pub async fn notices(&self) -> Result<Notices, BusError> {
        Queue::open(self.clone(), topology::NOTICE_QUEUE).await
    }

    /// What was finished, for a recorder.
    ///
    /// # Errors
    /// [`BusError::Pull`] if the topology is not set up.
    pub async fn finished(&self) -> Result<Finished, BusError> {
        Finished::open(self.clone()).await
    }

    /// The same bus, whose messages the broker takes although it has had them before: for work that was withdrawn, or
    /// that may have been lost. Two copies of a piece of work cost time and count once.
    #[must_use]
    pub fn afresh(&self) -> Self {
        Self { shared: self.shared.clone(), salt: Some(Uuid::new_v4()) }
    }

    /// Takes all work of a run off the queues, also what somebody is at; facts stay. What is left to do has to be
    /// published [afresh](Bus::afresh).
    ///
    /// # Errors
    /// [`BusError::Pull`] naming the stream that could not be purged.
    pub async fn withdraw(&self, run: RunId) -> Result<(), BusError> {
        for spec in [topology::SEED_QUEUE, topology::PAGE_QUEUE] {
            let stream = self.context().get_stream(spec.stream).await.map_err(BusError::pull(spec.stream))?;
            for lane in spec.lanes {
                let subject = topology::of_run(lane.subject, run);
                stream.purge().filter(subject).await.map_err(BusError::pull(spec.stream))?;
            }
        }
        Ok(())
    }

    /// How many messages a stream holds: what waits and what is being worked on.
    ///
    /// # Errors
    /// [`BusError::Pull`].
    pub async fn backlog(&self, stream: &StreamSpec) -> Result<u64, BusError> {
        let found = self.context().get_stream(stream.name).await.map_err(BusError::pull(stream.name))?;
        Ok(found.cached_info().state.messages)
    }

    /// What the broker recognises a second copy of `id` by.
    pub(crate) fn message_id(&self, id: &str) -> String {
        self.salt.map_or_else(|| id.to_owned(), |salt| format!("{id}.{salt}"))
    }

    pub(crate) fn client(&self) -> &Client {
        &self.shared.client
    }

    pub(crate) fn context(&self) -> &Context {
        &self.shared.context
    }

    /// How often running work says so.
    pub(crate) fn keep_alive_every(&self) -> Duration {
        self.shared.config.ack_wait / topology::KEEP_ALIVES_PER_WAIT
    }
}
