//! Configuration: flag > environment > file > the embedded, commented `default.toml`.

mod browser;
mod bus;
mod check;
mod evidence;
mod notify;
mod overrides;
mod place;
mod politeness;
mod region;
mod schedule;
mod secret;
mod serve;
mod services;
mod store;
mod telemetry;
mod web;

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    ops::RangeInclusive,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use earshot_detect::rules::Packs;
use earshot_egress::EgressConfig;
use earshot_model::{Profile, Region, SeedTask};
use earshot_report::{Assessment, SiteSettings};
use figment::{
    Figment,
    providers::{Env, Format as _, Serialized, Toml},
};
use serde::Deserialize;
use url::Url;

pub use browser::Browser;
pub use bus::Bus;
use check::check;
pub use evidence::{Evidence, Keep};
pub use notify::Notify;
pub(crate) use notify::is_loopback;
pub use overrides::{Overrides, ServeOverrides, TypingOverrides, WebOverrides};
pub use place::Place;
pub use politeness::{DoNotScan, Politeness};
pub use region::RegionSettings;
pub use schedule::ScheduleSettings;
use secret::PasswordFromEnv;
pub use secret::Secret;
pub use serve::Serve;
pub use services::Elsewhere;
pub use store::StoreSettings;
pub use telemetry::{LogFormat, Protocol, Telemetry, Traces};
pub use web::WebApi;

/// The defaults, with their explanations.
pub const DEFAULT: &str = include_str!("../default.toml");

/// Everything that can be configured. Handed down in slices; nobody reads it from a global.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    data_dir: PathBuf,
    chromium: PathBuf,
    nats: Secret,
    clickhouse: String,
    autoconsent: PathBuf,
    /// User at a ClickHouse server elsewhere.
    pub clickhouse_user: String,
    clickhouse_password: Secret,
    clickhouse_password_file: PathBuf,
    /// Database of our tables.
    pub database: String,
    proxy: Secret,
    dns: String,
    ca_cert: PathBuf,
    /// Whether private addresses may be contacted.
    pub allow_private: bool,
    /// Pages of each site at most.
    pub pages: u32,
    profiles: String,
    /// Pages open at once; 0 means what the machine keeps up with.
    pub concurrency: usize,
    /// Sites crawled at once.
    pub crawlers: usize,
    /// Whether pictures are taken.
    pub screenshots: bool,
    sessions: u64,
    rules: String,
    /// What is kept as evidence, and where.
    pub evidence: Evidence,
    /// What is known of single sites, by registrable domain.
    pub site: BTreeMap<String, SiteSettings>,
    /// How long a page is watched.
    pub dwell: Dwell,
    /// What is typed into pages.
    pub typing: Typing,
    /// Hard limits.
    pub limit: Limit,
    /// How sites are treated.
    pub politeness: Politeness,
    /// Who is told what changed.
    pub notify: Notify,
    /// How the bus keeps what it is given.
    pub bus: Bus,
    /// Services that run elsewhere.
    pub services: Elsewhere,
    /// How long browsers last.
    pub browser: Browser,
    /// Logs and traces.
    pub telemetry: Telemetry,
    /// Where health and metrics are told.
    pub serve: Serve,
    /// Exits to see the web through from elsewhere, by name.
    pub region: BTreeMap<Region, RegionSettings>,
    /// Crawls that start by themselves; see [`Config::schedules`].
    schedule: Vec<ScheduleSettings>,
    /// The store.
    pub store: StoreSettings,
    /// The web role's API.
    pub web: WebApi,
}

/// How long a page is watched after it has loaded.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dwell {
    /// At least.
    #[serde(with = "humantime_serde")]
    pub min: Duration,
    /// At most.
    #[serde(with = "humantime_serde")]
    pub max: Duration,
    /// Enough, when nothing new was asked for during this time.
    #[serde(with = "humantime_serde")]
    pub quiet: Duration,
}

/// What is typed into the fields of pages.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Typing {
    /// Whether anything is.
    pub enabled: bool,
    /// Fields of one page at most.
    pub fields: usize,
    /// How long typing into one page may take in all.
    #[serde(with = "humantime_serde")]
    pub budget: Duration,
    /// How long is watched after the last key at least.
    #[serde(with = "humantime_serde")]
    pub settle: Duration,
}

/// Hard limits.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// Of a whole visit.
    #[serde(with = "humantime_serde")]
    pub visit: Duration,
    /// Of a whole crawl of one site.
    #[serde(with = "humantime_serde")]
    pub crawl: Duration,
    /// Between two requests of the crawler to one site.
    #[serde(with = "humantime_serde")]
    pub crawl_delay: Duration,
}

impl Config {
    /// Reads all layers. `file` is what `--config` names.
    ///
    /// # Errors
    /// Names the file with line and column, the variable or the flag that is wrong.
    pub fn load(file: Option<&Path>, flags: &Overrides) -> Result<Self> {
        let layers = layers(file)?.merge(Serialized::defaults(flags));
        let config: Self = layers.extract().map_err(|error| anyhow::anyhow!("configuration: {error}"))?;
        config.validate()?;
        Ok(config)
    }

    fn validate(&self) -> Result<()> {
        if !(1..=SeedTask::MAX_PAGES).contains(&self.pages) {
            bail!("pages: must be from 1 to {}", SeedTask::MAX_PAGES);
        }
        if self.crawlers == 0 {
            bail!("crawlers: must be at least 1");
        }
        if self.dwell.max < self.dwell.min {
            bail!("dwell: max is less than min");
        }
        if self.typing.enabled && self.typing.fields == 0 {
            bail!("typing.fields: must be at least 1; to type nothing, set typing.enabled = false");
        }
        if self.limit.visit <= self.dwell.max {
            bail!("limit.visit: must be more than dwell.max");
        }
        if !self.database.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') || self.database.is_empty() {
            bail!("database: letters, digits and _ only");
        }
        if let Place::Url(url) = self.clickhouse()
            && (!url.username().is_empty() || url.password().is_some())
        {
            bail!("clickhouse: write the user into clickhouse_user and the password into clickhouse_password");
        }
        if !self.clickhouse_password.0.is_empty() && given(&self.clickhouse_password_file).is_some() {
            bail!("clickhouse_password: give either the password or its file (clickhouse_password_file)");
        }
        self.every_egress()?;
        self.profiles()?;
        self.schedules()?;
        self.packs().context("rules")?;
        self.notify.channels()?;
        self.bus.validate()?;
        self.store.validate()?;
        self.politeness.validate()?;
        self.web.validate()?;
        self.browser.validate()?;
        self.telemetry.traces(|_| None)?;
        self.serve.listen()?;
        self.evidence.validate()
    }

    /// The data directory.
    ///
    /// # Errors
    /// If none is given and there is no home directory.
    pub fn data_dir(&self) -> Result<PathBuf> {
        if !self.data_dir.as_os_str().is_empty() {
            return Ok(self.data_dir.clone());
        }
        home_based("XDG_DATA_HOME", ".local/share").context("no home directory: give --data-dir")
    }

    /// The browser that was asked for, if one was.
    #[must_use]
    pub fn chromium(&self) -> Option<&Path> {
        given(&self.chromium)
    }

    /// Autoconsent's `package.json`, if one was given.
    #[must_use]
    pub fn autoconsent(&self) -> Option<&Path> {
        given(&self.autoconsent)
    }

    /// Where NATS is.
    #[must_use]
    pub fn nats(&self) -> Place {
        Place::parse(&self.nats.0)
    }

    /// The addresses of NATS elsewhere, separated by commas.
    #[must_use]
    pub fn nats_addresses(&self) -> &str {
        &self.nats.0
    }

    /// Where ClickHouse is.
    #[must_use]
    pub fn clickhouse(&self) -> Place {
        Place::parse(&self.clickhouse)
    }

    /// The password of the user at a ClickHouse server elsewhere.
    ///
    /// # Errors
    /// Names the file that it should stand in and cannot be read.
    pub fn clickhouse_password(&self) -> Result<Secret> {
        Secret::or_in(&self.clickhouse_password, "clickhouse_password_file", &self.clickhouse_password_file)
    }

    /// The extra CA, if one was given.
    #[must_use]
    pub fn ca_cert(&self) -> Option<&Path> {
        given(&self.ca_cert)
    }

    /// How the web is reached.
    ///
    /// # Errors
    /// A proxy or a DNS server that is none.
    pub fn egress(&self) -> Result<EgressConfig> {
        Ok(EgressConfig { upstream: self.proxy()?, dns: self.dns()?, allow_private: self.allow_private })
    }

    /// The forward proxy, if one was given.
    ///
    /// # Errors
    /// If it is no `http://` URL with a host.
    pub fn proxy(&self) -> Result<Option<Url>> {
        forward_proxy(&self.proxy.0)
    }

    /// The DNS server, if one was given.
    ///
    /// # Errors
    /// If it is no `ip:port`.
    pub fn dns(&self) -> Result<Option<SocketAddr>> {
        dns_server(&self.dns)
    }

    /// How visits behave, each once, in the order of [`Profile::ALL`].
    ///
    /// # Errors
    /// If one is no profile, or none is named.
    pub fn profiles(&self) -> Result<Vec<Profile>> {
        if self.profiles.trim() == ALL_PROFILES {
            return Ok(Profile::ALL.to_vec());
        }
        let named = self.profiles.split(',').map(|name| name.trim().parse::<Profile>());
        let named: Vec<Profile> = named
            .collect::<Result<_, _>>()
            .map_err(|error| anyhow::anyhow!("profiles: {error}; or write {ALL_PROFILES}"))?;
        Ok(Profile::ALL.into_iter().filter(|profile| named.contains(profile)).collect())
    }

    /// The rule packs that are chosen; all of them if none is named.
    ///
    /// # Errors
    /// If one of the names is none.
    pub fn packs(&self) -> Result<Packs> {
        let ids = self.rules.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned);
        Ok(Packs::built_in()?.select(&ids.collect::<Vec<_>>())?)
    }

    /// By what runs are assessed.
    ///
    /// # Errors
    /// As [`Config::packs`].
    pub fn assessment(&self) -> Result<Assessment> {
        Ok(Assessment { packs: self.packs()?, sites: self.site.clone(), sessions: self.sessions })
    }

    /// Pages open at once, at least and at most.
    #[must_use]
    pub fn tabs(&self) -> RangeInclusive<usize> {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        match self.concurrency {
            0 => 4 * cores..=12 * cores,
            given => given..=given,
        }
    }
}

impl Telemetry {
    /// What stands under `[telemetry]`, for who has to know it before anything else is done.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn load(file: Option<&Path>) -> Result<Self> {
        layers(file)?.extract_inner("telemetry").map_err(|error| anyhow::anyhow!("configuration: {error}"))
    }
}

/// All layers but the flags.
fn layers(file: Option<&Path>) -> Result<Figment> {
    let mut layers = Figment::from(Toml::string(DEFAULT));
    if let Some(file) = file.map(Path::to_path_buf).or_else(usual_file) {
        let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        check(&text).with_context(|| format!("in {}", file.display()))?;
        layers = layers.merge(Toml::string(&text));
    }
    Ok(layers
        .merge(Env::prefixed("EARSHOT_").ignore(&NO_KEYS).split("__"))
        .merge(Serialized::globals(PasswordFromEnv::read())))
}

/// The word for every profile.
const ALL_PROFILES: &str = "all";

/// Variables that are no keys of the file, or are read otherwise.
const NO_KEYS: [&str; 7] = ["config", "parts", "log", "lab_sdk", "regenerate", "clickhouse_password", "bus__password"];

fn forward_proxy(text: &str) -> Result<Option<Url>> {
    if text.is_empty() {
        return Ok(None);
    }
    // The text is not repeated: it may hold a password.
    let url = Url::parse(text).context("proxy: write http://host:port")?;
    if url.scheme() != "http" || url.host().is_none() {
        bail!("proxy: write http://host:port (only HTTP forward proxies)");
    }
    Ok(Some(url))
}

fn dns_server(text: &str) -> Result<Option<SocketAddr>> {
    if text.is_empty() {
        return Ok(None);
    }
    let with_port = || text.parse().or_else(|_| format!("{text}:53").parse());
    with_port().map(Some).with_context(|| format!("dns: '{text}' is not ip:port"))
}

fn given(path: &Path) -> Option<&Path> {
    (!path.as_os_str().is_empty()).then_some(path)
}

fn usual_file() -> Option<PathBuf> {
    let file = home_based("XDG_CONFIG_HOME", ".config")?.join("earshot.toml");
    file.is_file().then_some(file)
}

fn home_based(variable: &str, below_home: &str) -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = set(variable).or_else(|| set("HOME").map(|home| home.join(below_home)))?;
    Some(base.join("earshot"))
}

#[cfg(test)]
mod tests;
