//! The bus and the store that a command works with: started here, attached to, or elsewhere. The roles cannot tell.

mod supervise;
mod wait;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use earshot_bus::{Bus, BusConfig};
use earshot_local::{
    DataDir, Engine, EngineCommand, EngineOptions, Held, Lock, NatsOptions, Part, Services as Addresses, parts,
};
use earshot_store::{Store, StoreConfig, StoreError};

use self::{supervise::Supervised, wait::until_there};
use crate::config::{Config, Place};

/// How long a directory that is busy is waited for: commands that only read are done within a second or two.
const BUSY_PATIENCE: Duration = Duration::from_secs(10);
/// How often a busy directory is looked at. The lock is a file lock: nobody announces that it is free.
const BUSY_LOOK: Duration = Duration::from_millis(100);

/// What a command works with.
pub struct Services {
    /// The bus; commands that only read do without it.
    bus: Option<Bus>,
    /// The store, its tables up to date.
    pub store: Store,
    /// Where files are kept.
    pub data: DataDir,
    /// Whether another process's roles do the work.
    pub attached: bool,
    /// How long services elsewhere that do not answer are waited for.
    patience: Duration,
    /// Whether nobody works with them at what is left: this process has just started the store, or a single scan has.
    idle: bool,
    local: Local,
}

/// What a command needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// To read: whoever holds the data directory is asked.
    Store,
    /// To look on: as to read, but the bus is asked too, and nothing is started.
    Look,
    /// To work for as long as one run takes.
    Run,
    /// To work at what others have started until it is told to stop: services elsewhere are waited for.
    Serve,
    /// The same, for roles that may not set the bus up: it is looked at by [`Services::look`].
    Join,
    /// To work and stay, so that other commands can attach.
    Stay,
}

/// What this process itself has started. Stopped in this order; the directory is let go last.
#[derive(Default)]
struct Local {
    nats: Option<Supervised>,
    engine: Option<Supervised>,
    held: Option<Held>,
}

impl Services {
    /// Starts what has to be started, or attaches to the process that holds the data directory.
    ///
    /// # Errors
    /// A missing part, a directory that is held by a scan, a server that does not answer; each with what to do.
    pub async fn open(config: &Config, need: Need) -> Result<Self> {
        let data = DataDir::open(config.data_dir()?)?;
        let elsewhere = matches!((config.nats(), config.clickhouse()), (Place::Url(_), Place::Url(_)))
            || (need == Need::Store && matches!(config.clickhouse(), Place::Url(_)));
        if elsewhere {
            return Self::start(config, data, None, need).await;
        }
        let end = Instant::now() + BUSY_PATIENCE;
        loop {
            match hold(&data, need).await? {
                Lock::Held(_) if need == Need::Look => {
                    let root = data.root().display();
                    bail!(
                        "nobody works in {root}; name another --data-dir, or the services: --nats URL --clickhouse URL"
                    )
                }
                Lock::Held(held) => return Self::start(config, data, Some(held), need).await,
                Lock::Busy { pid, services: Some(there) } if attachable(&there, need) => {
                    let attached = Self::attach(config, data.clone(), &there, need).await;
                    // Who held the directory may be going away: then its store is gone, and the lock will be free.
                    if Instant::now() >= end || !attached.as_ref().is_err_and(is_passing) {
                        return attached.inspect(|_| {
                            tracing::info!(pid, "attached to the services that run in this data directory");
                        });
                    }
                    tracing::debug!(pid, "the services there do not answer; looking again");
                    tokio::time::sleep(BUSY_LOOK).await;
                }
                Lock::Busy { pid, .. } => {
                    let pid = pid.map_or_else(String::new, |pid| format!(" (process {pid})"));
                    let root = data.root().display();
                    bail!("another earshot{pid} works in {root}; wait for it, or choose another --data-dir")
                }
            }
        }
    }

    async fn start(config: &Config, data: DataDir, held: Option<Held>, need: Need) -> Result<Self> {
        let mut local = Local { held, ..Local::default() };
        let started = async {
            let store = local.store(config, &data).await?;
            let bus = if need == Need::Store { None } else { Some(local.bus(config, &data).await?) };
            Ok::<_, anyhow::Error>((store, bus))
        };
        let (addresses, nats) = match started.await {
            Ok(addresses) => addresses,
            Err(error) => {
                local.stop().await;
                return Err(error);
            }
        };
        let serves = matches!(need, Need::Serve | Need::Join);
        let patience = if serves { config.services.patience } else { Duration::ZERO };
        let sets_up = need != Need::Join;
        let mut services = Self::connect(config, data, addresses, nats.as_deref(), local, (patience, sets_up)).await?;
        services.keep(config, need).await?;
        services.publish(need == Need::Stay)?;
        services.attached = false;
        services.idle = services.local.held.is_some();
        Ok(services)
    }

    /// Sees to it that a store of our own keeps rows as long as the configuration says. One elsewhere is for `earshot migrate`:
    /// of many processes, each with a configuration, one shall say it.
    async fn keep(&self, config: &Config, need: Need) -> Result<()> {
        if matches!(need, Need::Store | Need::Look) {
            return Ok(());
        }
        let retention = config.store.retention();
        if matches!(config.clickhouse(), Place::Url(_)) {
            let look = async || Ok(self.store.kept_otherwise(&retention).await?);
            for kept in self.patiently("how long rows are kept", look).await? {
                let table = kept.table;
                tracing::warn!(
                    table,
                    "rows are kept for another time than this configuration says; `earshot migrate` changes that"
                );
            }
            return Ok(());
        }
        self.store.retain(&retention).await.context("how long rows are kept")?;
        Ok(())
    }

    async fn attach(config: &Config, data: DataDir, there: &Addresses, need: Need) -> Result<Self> {
        let store = StoreConfig {
            url: there.clickhouse.clone(),
            user: there.user.clone(),
            password: there.password.clone(),
            database: config.database.clone(),
        };
        let nats = (need != Need::Store).then_some(there.nats.as_str());
        let mut services = Self::connect(config, data, store, nats, Local::default(), (Duration::ZERO, true)).await?;
        services.idle = !there.stays;
        Ok(services)
    }

    async fn connect(
        config: &Config,
        data: DataDir,
        store: StoreConfig,
        nats: Option<&str>,
        local: Local,
        (patience, sets_up): (Duration, bool),
    ) -> Result<Self> {
        let connected = async {
            let store = match config.clickhouse() {
                Place::Url(_) => Store::connect_over_tls(store, config.store.ca_cert())?,
                _ => Store::connect(store),
            };
            let store = match config.store.cluster() {
                Some(cluster) => store.on_cluster_of(cluster),
                None => store,
            };
            let migrate = async || store.migrate().await.context("the store's tables");
            let there = until_there("ClickHouse", patience, migrate).await;
            there.map_err(|error| config.clickhouse().blamed("ClickHouse", error))?;
            let bus = match nats {
                None => None,
                Some(url) => {
                    let there = until_there("NATS", patience, async || bus(config, url, sets_up).await).await;
                    Some(there.map_err(|error| config.nats().blamed("NATS", error))?)
                }
            };
            Ok::<_, anyhow::Error>((store, bus))
        };
        match connected.await {
            Ok((store, bus)) => Ok(Self { bus, store, data, attached: true, idle: false, patience, local }),
            Err(error) => {
                local.stop().await;
                Err(error)
            }
        }
    }

    /// The bus.
    ///
    /// # Panics
    /// If the services were opened with [`Need::Store`]: a mistake of the calling command.
    #[must_use]
    pub fn bus(&self) -> &Bus {
        self.bus.as_ref().expect("this command asked for the store only")
    }

    /// Calls what a process or a role begins with until it succeeds: a service may go away again while we start.
    ///
    /// # Errors
    /// What does not pass, or what has not passed for as long as services elsewhere are waited for.
    pub async fn patiently<T>(&self, what: &'static str, begin: impl AsyncFn() -> Result<T>) -> Result<T> {
        until_there(what, self.patience, begin).await.context(what)
    }

    /// Whether the bus was started by this process, so that nobody works at it who does not belong to us.
    #[must_use]
    pub fn owns_bus(&self) -> bool {
        self.local.nats.is_some()
    }

    /// Whether a new run waits until somebody is started: nobody works with services that this process itself has started,
    /// or that a single scan has. With services elsewhere it is not known, and `false`.
    #[must_use]
    pub fn idle(&self) -> bool {
        self.idle
    }

    /// Looks whether what some roles work with is set up on the bus, and waits for the coordinator that does it.
    ///
    /// # Errors
    /// What is missing, or may not be looked at.
    pub async fn look(&self, parts: &[earshot_bus::Part]) -> Result<()> {
        until_there("NATS", self.patience, async || Ok(self.bus().check_topology(parts).await?)).await
    }

    /// Tells other commands where the services answer.
    fn publish(&self, stays: bool) -> Result<()> {
        if let (Some(held), Some(engine)) = (&self.local.held, &self.local.engine) {
            let nats = self.local.nats.as_ref().map_or_else(String::new, |nats| nats.url.clone());
            let (user, password) = (Engine::USER.to_owned(), engine.password.clone());
            held.publish(&Addresses { nats, clickhouse: engine.url.clone(), user, password, stays })?;
        }
        Ok(())
    }

    /// Resolves when a service that this process runs is down for good.
    pub async fn failed(&self) -> anyhow::Error {
        let name = tokio::select! {
            () = down(self.local.nats.as_ref()) => "nats-server",
            () = down(self.local.engine.as_ref()) => "the ClickHouse engine",
        };
        let root = self.data.root().display();
        anyhow::anyhow!("{name} is down and cannot be started again; its log is in {root}. --resume goes on from here")
    }

    /// Where the store answers, if this process runs it: for Grafana, `curl` and people.
    #[must_use]
    pub fn engine_url(&self) -> Option<&str> {
        self.local.engine.as_ref().map(|engine| engine.url.as_str())
    }

    /// Stops what this process has started.
    pub async fn close(self) {
        drop(self.bus);
        self.local.stop().await;
    }
}

/// Holds the directory, or finds services to attach to. A holder that only reads lets go soon, and one that has just
/// begun publishes its services soon: both are waited for.
async fn hold(data: &DataDir, need: Need) -> Result<Lock> {
    let end = Instant::now() + BUSY_PATIENCE;
    loop {
        match data.lock()? {
            Lock::Busy { services: Some(there), pid } if attachable(&there, need) => {
                return Ok(Lock::Busy { services: Some(there), pid });
            }
            Lock::Busy { .. } if Instant::now() < end => tokio::time::sleep(BUSY_LOOK).await,
            lock => return Ok(lock),
        }
    }
}

/// Whether a store did not answer and may do so, or another one in its place, later.
fn is_passing(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| cause.downcast_ref::<StoreError>().is_some_and(StoreError::is_retryable))
}

/// To read, anybody's services will do; to work, only those that stay.
fn attachable(there: &Addresses, need: Need) -> bool {
    match need {
        Need::Store => true,
        Need::Look => !there.nats.is_empty(),
        Need::Run | Need::Serve | Need::Join => there.stays,
        Need::Stay => false,
    }
}

impl Local {
    async fn store(&mut self, config: &Config, data: &DataDir) -> Result<StoreConfig> {
        let place = config.clickhouse();
        let database = config.database.clone();
        if let Place::Url(url) = &place {
            let (user, password) = (config.clickhouse_user.clone(), config.clickhouse_password()?.0);
            return Ok(StoreConfig { url: url.to_string(), user, password, database });
        }
        let library = parts::find(Part::Clickhouse, place.path())?.path;
        let command = engine_command()?;
        let options = EngineOptions { library, dir: data.clickhouse(), port: None };
        let engine = supervise::engine(command, options).await?;
        let (url, password) = (engine.url.clone(), engine.password.clone());
        self.engine = Some(engine);
        Ok(StoreConfig { url, user: Engine::USER.to_owned(), password, database })
    }

    async fn bus(&mut self, config: &Config, data: &DataDir) -> Result<String> {
        let place = config.nats();
        if matches!(place, Place::Url(_)) {
            return Ok(config.nats_addresses().to_owned());
        }
        let program = parts::find(Part::Nats, place.path())?.path;
        let nats = supervise::nats(&program, NatsOptions { dir: data.nats(), port: None }).await?;
        let url = nats.url.clone();
        self.nats = Some(nats);
        Ok(url)
    }

    async fn stop(self) {
        for service in [self.nats, self.engine].into_iter().flatten() {
            service.stop().await;
        }
        drop(self.held);
    }
}

/// A bus, with its topology set up if that is ours to do.
async fn bus(config: &Config, url: &str, sets_up: bool) -> Result<Bus> {
    // A server that we start is no cluster, and knows nobody but us.
    let elsewhere = matches!(config.nats(), Place::Url(_));
    let bus = Bus::connect(if elsewhere { config.bus.at(url)? } else { BusConfig::at(url) }).await?;
    if sets_up {
        bus.ensure_topology().await?;
    }
    Ok(bus)
}

/// Never resolves for a service that runs elsewhere.
async fn down(service: Option<&Supervised>) {
    match service {
        Some(service) => service.failed().await,
        None => std::future::pending().await,
    }
}

/// How this program starts itself as the engine.
///
/// # Errors
/// If the system does not say where this program lies.
pub fn engine_command() -> Result<EngineCommand> {
    let exe = std::env::current_exe().context("cannot find this program's own file")?;
    Ok(EngineCommand { exe, args: vec!["engine".into()] })
}

/// For the doctor: the explicit path of a part, where the configuration gives one.
#[must_use]
pub fn explicit<'a>(part: Part, config: &'a Config, nats: &'a Place, clickhouse: &'a Place) -> Option<&'a Path> {
    match part {
        Part::Chromium => config.chromium(),
        Part::Nats => nats.path(),
        Part::Clickhouse => clickhouse.path(),
        Part::Autoconsent => config.autoconsent(),
    }
}
