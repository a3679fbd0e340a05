//! Roles in this process: which, with what, and how they are stopped.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context as _, Result, anyhow};
use earshot_browser::{Browser, BrowserConfig, Chooser, Typing};
use earshot_bus::{Ability, Part as Queue, Turns};
use earshot_detect::{Catalogue, FilterList};
use earshot_egress::{EgressConfig, Exits};
use earshot_evidence::{Evidence, SigningKey};
use earshot_local::{DataDir, Part, parts};
use earshot_model::RunId;
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{announce, browser, coordinator, crawler, notifier, recorder, scheduler::Scheduler, web};
use crate::explain::explain;
use crate::{
    advice, ca,
    cli::RoleName,
    config::Config,
    filter_list,
    health::{self, Health},
    metrics::{self, Metrics},
    services::Services,
};

/// Everything the roles need that does not depend on the services: read and checked before anything is started.
pub struct Plan {
    roles: BTreeSet<u8>,
    config: Config,
    exits: Exits,
    chromium: Option<PathBuf>,
    chooser: Option<Chooser>,
    ca_spki: Option<String>,
    catalogue: Arc<Catalogue>,
    list: Option<Arc<FilterList>>,
    evidence: Evidence,
    /// Of roles that sign.
    key: Option<Arc<SigningKey>>,
    /// Of the web role.
    listener: Option<TcpListener>,
}

/// Roles that run.
pub struct Running {
    tasks: Mutex<JoinSet<Result<()>>>,
    shutdown: CancellationToken,
}

impl Plan {
    /// All roles: the single machine is the fleet with one of each.
    ///
    /// # Errors
    /// A missing browser, an unreadable CA, filter list or key, a proxy that is none, a place where no evidence can be kept.
    pub async fn new(config: &Config, filter_list: Option<&Path>) -> Result<Self> {
        use RoleName::{Browser, Coordinator, Crawler, Recorder};
        Self::of(&[Coordinator, Crawler, Browser, Recorder], config, filter_list).await
    }

    /// Some roles.
    ///
    /// # Errors
    /// As [`Plan::new`], but only for what these roles need.
    pub async fn of(roles: &[RoleName], config: &Config, filter_list: Option<&Path>) -> Result<Self> {
        let wants = |role| roles.contains(&role);
        let unchecked =
            |egress: &EgressConfig| egress.upstream.is_some() && egress.dns.is_none() && !egress.allow_private;
        if config.every_egress()?.iter().any(unchecked) {
            tracing::warn!("--proxy resolves names itself: give --dns too to have names of private addresses refused");
        }
        let chromium = wants(RoleName::Browser).then(|| parts::find(Part::Chromium, config.chromium())).transpose()?;
        let chooser = if wants(RoleName::Browser) { chooser(config)? } else { None };
        let list = if wants(RoleName::Recorder) { filter_list::load(filter_list).await? } else { None };
        let data = DataDir::open(config.data_dir()?)?;
        let signs = wants(RoleName::Recorder) || wants(RoleName::Coordinator);
        let key = signs.then(|| config.evidence.signing_key(&data.evidence_key())).transpose()?;
        Ok(Self {
            roles: roles.iter().map(|role| *role as u8).collect(),
            config: config.clone(),
            exits: config.exits()?,
            chromium: chromium.map(|found| found.path),
            chooser,
            ca_spki: ca::spki_list(&config.ca_certs())?,
            catalogue: Arc::new(Catalogue::built_in().context("the catalogue")?),
            list: list.map(Arc::new),
            evidence: Evidence::open(&config.evidence.place(&data.evidence())?)?,
            key: key.map(Arc::new),
            listener: None,
        })
    }

    /// The same, with the web role answering on `listener`.
    #[must_use]
    pub fn answering(self, listener: TcpListener) -> Self {
        Self { listener: Some(listener), ..self }
    }

    /// Starts the roles; `only` limits the coordinator to one run.
    ///
    /// # Errors
    /// If the browser does not start, or somebody else has the address where health is told.
    pub async fn start(mut self, services: &Services, only: Option<RunId>) -> Result<Running> {
        services.look(&self.parts()).await?;
        let shutdown = CancellationToken::new();
        let (mut tasks, mut metrics) = (JoinSet::new(), Metrics::default());
        let service = self.wants(RoleName::Coordinator).then(|| metrics.service());
        if self.wants(RoleName::Coordinator) {
            let (bus, store) = (services.bus().clone(), services.store.clone());
            let (evidence, key) = (self.evidence.clone(), self.key()?);
            let channels = self.config.notify.channels()?;
            let names = channels.iter().map(|channel| channel.name.clone()).collect();
            // Who works at one run only starts no other.
            let scheduler = if only.is_none() { Scheduler::new(&store, &self.config)? } else { None };
            let (name, alone) = (whoami(), services.owns_bus());
            let metrics = metrics.coordinator();
            let coordinator = coordinator::Coordinator {
                bus,
                store,
                evidence,
                key,
                only,
                scheduler,
                channels: names,
                name,
                alone,
                metrics,
            };
            let begun = services.patiently("coordinator", async || coordinator.begin().await).await?;
            tasks.spawn(coordinator::run(coordinator, begun, shutdown.clone()));
            if !channels.is_empty() {
                let (bus, store) = (services.bus().clone(), services.store.clone());
                let notifier = notifier::Notifier { bus, store, channels, backoff: notifier::Backoff::default() };
                tasks.spawn(notifier::run(notifier, shutdown.clone()));
            }
        }
        if self.wants(RoleName::Recorder) {
            tasks.spawn(recorder::run(self.recorder(services, metrics.recorder(recorder::AT_ONCE))?, shutdown.clone()));
        }
        if self.wants(RoleName::Browser) {
            let metrics = metrics.browser(*self.config.tabs().end(), self.config.limit.visit);
            tasks.spawn(browser::run(self.worker(services, metrics).await?, shutdown.clone()));
        }
        if self.wants(RoleName::Crawler) {
            let metrics = metrics.crawler(self.config.crawlers, self.config.limit.crawl);
            tasks.spawn(crawler::run(self.crawler(services, metrics).await?, shutdown.clone()));
        }
        let metrics = Arc::new(metrics);
        tasks.spawn(announce::run(services.bus().clone(), metrics.clone(), self.abilities(), shutdown.clone()));
        // What works for one run only comes and goes: it must not take the address of those that stay.
        let listen = if only.is_none() { self.config.serve.listen()? } else { None };
        if let Some(address) = listen {
            let (bus, store) = (services.bus().clone(), services.store.clone());
            let server = health::Server::bind(address, Health { bus, store, metrics, service }).await?;
            tasks.spawn(server.run(shutdown.clone()));
        }
        if let Some(listener) = self.listener.take() {
            let (bus, store) = (services.bus().clone(), services.store.clone());
            let evidence = self.evidence.clone();
            tasks.spawn(web::run(listener, bus, store, evidence, self.config.clone(), shutdown.clone()));
        }
        Ok(Running { tasks: Mutex::new(tasks), shutdown })
    }

    fn wants(&self, role: RoleName) -> bool {
        self.roles.contains(&(role as u8))
    }

    /// What workers of a role may lack, and these have.
    fn abilities(&self) -> Vec<(RoleName, Ability)> {
        let mut abilities = Vec::new();
        for role in [RoleName::Crawler, RoleName::Browser].into_iter().filter(|role| self.wants(*role)) {
            abilities.extend(self.config.region.keys().map(|region| (role, Ability::Region(region.clone()))));
        }
        if self.wants(RoleName::Browser) && self.chooser.is_some() {
            abilities.push((RoleName::Browser, Ability::Consent));
        }
        abilities
    }

    /// What the roles work with on the bus.
    fn parts(&self) -> Vec<Queue> {
        let of = |role| -> &[Queue] {
            use Queue::{Crawls, FinishedIn, FinishedOut, Leases, Notices, PagesIn, PagesOut, SeedsIn, SeedsOut};
            use Queue::{Signals, Turns, Workers};
            match role {
                RoleName::Coordinator => &[SeedsIn, PagesIn, Notices, Signals, Leases, Workers],
                RoleName::Crawler => &[SeedsOut, PagesIn, FinishedIn, Crawls, Signals, Turns, Workers],
                RoleName::Browser => &[PagesOut, FinishedIn, Signals, Turns, Workers],
                RoleName::Recorder => &[FinishedOut, Workers],
                RoleName::Web => &[Signals, Workers],
            }
        };
        use RoleName::{Browser, Coordinator, Crawler, Recorder, Web};
        let roles = [Coordinator, Crawler, Browser, Recorder, Web].into_iter().filter(|role| self.wants(*role));
        roles.flat_map(of).copied().collect()
    }

    fn recorder(&self, services: &Services, metrics: metrics::Recorder) -> Result<recorder::Recorder> {
        Ok(recorder::Recorder {
            bus: services.bus().clone(),
            store: services.store.clone(),
            prover: recorder::Prover {
                catalogue: self.catalogue.clone(),
                list: self.list.clone(),
                evidence: self.evidence.clone(),
                key: self.key()?,
                keep: self.config.evidence.keep,
            },
            metrics,
        })
    }

    fn key(&self) -> Result<Arc<SigningKey>> {
        self.key.clone().context("no key was looked for")
    }

    async fn worker(&self, services: &Services, metrics: metrics::Browser) -> Result<browser::Worker> {
        let executable = self.chromium.clone().context("no browser was looked for")?;
        let tabs = self.config.tabs();
        let browser = BrowserConfig {
            executable,
            ca_spki: self.ca_spki.clone(),
            dwell: earshot_browser::Dwell {
                min: self.config.dwell.min,
                max: self.config.dwell.max,
                quiet: self.config.dwell.quiet,
            },
            wall: self.config.limit.visit,
            screenshot: self.config.screenshots,
            tabs: *tabs.end(),
            typing: self.typing(),
            chooser: self.chooser.clone(),
            advice: advice::of(self.catalogue.clone()),
            recycle_after: self.config.browser.recycle_after,
            max_age: self.config.browser.max_age,
            max_memory: self.config.browser.max_memory(),
            max_page_memory: self.config.browser.max_page_memory(),
            sandbox: self.config.browser.sandbox,
            user: self.config.browser.user(),
            lives: metrics.lives(),
            ..BrowserConfig::default()
        };
        let browser = Browser::launch(browser, self.exits.clone()).await.context("the browser")?;
        let (bus, evidence) = (services.bus().clone(), self.evidence.clone());
        let narrator = bus.narrator();
        let (turns, do_not_scan) = (self.turns(services).await?, self.config.politeness.do_not_scan()?);
        Ok(browser::Worker {
            bus,
            narrator,
            browser,
            evidence,
            chooses: self.chooser.is_some(),
            tabs,
            max_memory: self.config.browser.worker_memory(),
            turns,
            do_not_scan,
            metrics,
        })
    }

    fn typing(&self) -> Option<Typing> {
        let given = &self.config.typing;
        let typing =
            || Typing { max_fields: given.fields, budget: given.budget, settle: given.settle, ..Typing::default() };
        given.enabled.then(typing)
    }

    /// Turns at sites; a crawl and a visit take the same.
    async fn turns(&self, services: &Services) -> Result<Turns> {
        let longest = self.config.limit.visit.max(self.config.limit.crawl);
        Ok(services.bus().turns(self.config.politeness.manners(longest)).await?)
    }

    async fn crawler(&self, services: &Services, metrics: metrics::Crawler) -> Result<crawler::Crawler> {
        Ok(crawler::Crawler {
            bus: services.bus().clone(),
            exits: self.exits.clone(),
            ca_cert: self.config.ca_cert_of(None),
            region_ca: self
                .config
                .region
                .keys()
                .filter_map(|name| Some((name.clone(), self.config.ca_cert_of(Some(name))?)))
                .collect(),
            delay: self.config.limit.crawl_delay,
            limit: self.config.limit.crawl,
            at_once: self.config.crawlers,
            turns: self.turns(services).await?,
            do_not_scan: self.config.politeness.do_not_scan()?,
            metrics,
        })
    }
}

/// How this process is told apart from others: host and process id.
fn whoami() -> String {
    let host = nix::unistd::gethostname().map(|host| host.to_string_lossy().into_owned());
    format!("{}:{}", host.unwrap_or_else(|_| "?".to_owned()), std::process::id())
}

/// What makes choices about consent. Whoever asks for a choice must have it; who serves others may do without.
fn chooser(config: &Config) -> Result<Option<Chooser>> {
    let asked = config.autoconsent().is_some() || config.profiles()?.iter().any(|profile| profile.choice().is_some());
    match parts::find(Part::Autoconsent, config.autoconsent()) {
        Ok(found) => Ok(Some(Chooser::load(&found.path)?)),
        Err(error) if asked => Err(error.into()),
        Err(error) => {
            tracing::info!(%error, "no choice can be made here: visits that make one are left to other workers");
            Ok(None)
        }
    }
}

impl Running {
    /// Resolves when a role ends although nobody told it to.
    pub async fn failed(&self) -> anyhow::Error {
        match self.tasks.lock().await.join_next().await {
            Some(Ok(Err(error))) => error,
            Some(Err(panic)) => anyhow!("a role ended: {panic}"),
            Some(Ok(Ok(()))) => anyhow!("a role ended before it was told to"),
            None => anyhow!("no role runs"),
        }
    }

    /// Tells the roles to stop, and waits until they have handed back what they were at.
    pub async fn stop(self) {
        self.shutdown.cancel();
        let mut tasks = self.tasks.into_inner();
        while let Some(ended) = tasks.join_next().await {
            if let Ok(Err(error)) = ended {
                tracing::warn!(error = explain(&error), "a role did not end well");
            }
        }
    }
}
