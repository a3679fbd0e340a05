//! The connection that everything else goes through.

use std::{sync::Arc, time::Duration};

use async_nats::{
    Client, ConnectError, ConnectErrorKind,
    jetstream::{Context, context::ContextBuilder},
    rustls,
};
use earshot_model::RunId;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::{
    BusConfig, BusError, Part, Queue, Seeds,
    error::Source,
    finished::Finished,
    look,
    queue::{Notices, Pages},
    refusals::Refusals,
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
    refusals: Refusals,
}

/// Between tries of the first connection: a broker that is being started needs about so long.
const CONNECT_STEP: Duration = Duration::from_millis(100);
/// Between looks at what a coordinator is setting up, which takes about a second.
const LOOK_STEP: Duration = Duration::from_millis(500);

impl Bus {
    /// Connects, trying for [`BusConfig::connect_patience`].
    ///
    /// # Errors
    /// [`BusError::Connect`] if nobody answered; at once [`BusError::Address`], [`BusError::Refused`],
    /// [`BusError::Tls`] or [`BusError::Credentials`].
    pub async fn connect(config: BusConfig) -> Result<Self, BusError> {
        // rustls takes none by itself where two are compiled in. If somebody chose one before us, that one it is.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let deadline = Instant::now() + config.connect_patience;
        let (servers, refusals) = (config.servers()?, Refusals::default());
        let client = loop {
            let error = match config.options(&refusals)?.connect(&servers).await {
                Ok(client) => break client,
                Err(error) => unconnected(&config, error),
            };
            let hopeless = !error.retry_helps();
            if hopeless || Instant::now() + CONNECT_STEP > deadline {
                return Err(error);
            }
            sleep(CONNECT_STEP).await;
        };
        let context = ContextBuilder::new()
            .timeout(topology::REQUEST_TIMEOUT)
            .ack_timeout(topology::REQUEST_TIMEOUT)
            .build(client.clone());
        Ok(Self { shared: Arc::new(Shared { client, context, config, refusals }), salt: None })
    }

    /// Creates streams, consumers and buckets that are missing and brings the others up to date. Idempotent. For the
    /// coordinator, and whoever may do the same; the others [look](Bus::check_topology).
    ///
    /// # Errors
    /// [`BusError::Topology`] naming the first that could not be set up; [`BusError::Denied`] if we may not.
    pub async fn ensure_topology(&self) -> Result<(), BusError> {
        let ensured = topology::ensure(self.context(), self.shared.config.replicas, self.shared.config.ack_wait).await;
        ensured.map_err(|error| self.explained(error))
    }

    /// Looks whether the queues are there that somebody works with, and are as this version needs them: for a role that
    /// may not create them. Looks again for [`BusConfig::connect_patience`], for the coordinator may be just starting.
    ///
    /// # Errors
    /// [`BusError::NotSetUp`] naming the first that is not; [`BusError::Denied`] if we may not even look.
    pub async fn check_topology(&self, parts: &[Part]) -> Result<(), BusError> {
        let deadline = Instant::now() + self.shared.config.connect_patience;
        loop {
            match look::check(self.context(), parts).await.map_err(|error| self.explained(error)) {
                Err(error) if error.retry_helps() && Instant::now() < deadline => sleep(LOOK_STEP).await,
                checked => return checked,
            }
        }
    }

    /// Sites to crawl.
    ///
    /// # Errors
    /// [`BusError::Pull`] if the topology is not set up.
    pub async fn seeds(&self) -> Result<Seeds, BusError> {
        Queue::open(self.clone(), topology::SEED_QUEUE).await.map_err(|error| self.explained(error))
    }

    /// Pages to visit.
    ///
    /// # Errors
    /// [`BusError::Pull`] if the topology is not set up.
    pub async fn pages(&self) -> Result<Pages, BusError> {
        Queue::open(self.clone(), topology::PAGE_QUEUE).await.map_err(|error| self.explained(error))
    }

    /// Notices to send.
    ///
    /// # Errors
    /// [`BusError::Pull`] if the topology is not set up.
    pub async fn notices(&self) -> Result<Notices, BusError> {
        Queue::open(self.clone(), topology::NOTICE_QUEUE).await.map_err(|error| self.explained(error))
    }

    /// What was finished, for a recorder.
    ///
    /// # Errors
    /// [`BusError::Pull`] if the topology is not set up.
    pub async fn finished(&self) -> Result<Finished, BusError> {
        Finished::open(self.clone()).await.map_err(|error| self.explained(error))
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
            let stream = self.context().get_stream(spec.stream).await.map_err(self.pull_error(spec.stream))?;
            for lane in spec.lanes {
                let subject = topology::of_run(lane.subject, run);
                stream.purge().filter(subject).await.map_err(self.pull_error(spec.stream))?;
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

    /// The error, or the refusal of the broker that explains it.
    pub(crate) fn explained(&self, error: BusError) -> BusError {
        self.shared.refusals.explain(error)
    }

    /// For `map_err`: `stream` did not answer, or we may not use it.
    pub(crate) fn pull_error<E: Into<Source>>(&self, stream: &'static str) -> impl Fn(E) -> BusError {
        move |source| self.explained(BusError::pull(stream)(source))
    }

    /// For `map_err`: `bucket` did not answer, or we may not use it.
    pub(crate) fn bucket_error<E: Into<Source>>(&self, bucket: &'static str) -> impl Fn(E) -> BusError {
        move |source| self.explained(BusError::bucket(bucket)(source))
    }

    /// The broker's refusal to take anything for this subject from us, if there was one.
    pub(crate) fn refused_publish(&self, subject: &str) -> Option<BusError> {
        self.shared.refusals.of_publish(subject)
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

/// Why there is no connection, as far as the client's error tells.
fn unconnected(config: &BusConfig, error: ConnectError) -> BusError {
    let url = config.shown_url();
    match error.kind() {
        ConnectErrorKind::Authentication | ConnectErrorKind::AuthorizationViolation => {
            BusError::Refused { url, who: config.credentials.described() }
        }
        ConnectErrorKind::Tls => BusError::Tls { url, source: error.into() },
        _ if is_of_tls(&error) => BusError::Tls { url, source: error.into() },
        _ => BusError::Connect { url, source: error.into() },
    }
}

/// The client calls a failed handshake an input or output error.
fn is_of_tls(error: &(dyn std::error::Error + 'static)) -> bool {
    let of_io = |error: &std::io::Error| error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>());
    error.is::<rustls::Error>() || error.downcast_ref().is_some_and(of_io) || error.source().is_some_and(is_of_tls)
}
