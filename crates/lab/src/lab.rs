//! A running lab.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::answer::World;
use crate::proxy::Proxy;
use crate::received::Log;
use crate::{Authority, Error, LabConfig, Received, Result, Sdk, Web, dns};

/// A running lab: proxy, DNS server and the web behind them. Stops when [`Lab::stop`] is called or it is dropped.
pub struct Lab {
    world: Arc<World>,
    authority: Arc<Authority>,
    proxy: SocketAddr,
    dns: SocketAddr,
    ca: PathBuf,
    stop: CancellationToken,
    tasks: TaskTracker,
    names: JoinHandle<()>,
    _temporary: Option<tempfile::TempDir>,
}

impl Lab {
    /// Starts it; when this returns, it answers.
    ///
    /// # Errors
    /// When the SDKs are missing, a socket cannot be bound, or a file cannot be written.
    pub async fn start(config: LabConfig) -> Result<Self> {
        let sdk = Sdk::open(config.sdk.as_deref())?;
        let mut web = Web::new(config.sites, config.seed)?;
        config.made.iter().for_each(|(address, text)| web.add_made(address, text));
        let log = Log::open(config.log.as_deref())?;
        let world = World { web, sdk, log, changed: AtomicBool::new(false), late_ms: AtomicU64::new(0) };
        let world = Arc::new(world);
        let authority = Arc::new(Authority::new()?);
        let (ca, temporary) = write_ca(config.ca_dir.as_deref(), authority.pem())?;
        let stop = CancellationToken::new();
        let untrusted = Arc::new(Authority::named("A CA that nobody knows")?);
        let proxy = Proxy::new(world.clone(), authority.clone(), untrusted, stop.clone())?;
        let (proxy, tasks) = proxy.listen(config.listen).await?;
        let (dns, mut server) = dns::listen(config.dns, world.clone()).await?;
        let stopped = stop.clone();
        let names = tokio::spawn(async move {
            stopped.cancelled().await;
            if let Err(error) = server.shutdown_gracefully().await {
                tracing::debug!(%error, "DNS server ends");
            }
        });
        Ok(Self { world, authority, proxy, dns, ca, stop, tasks, names, _temporary: temporary })
    }

    /// The proxy's address as `--proxy` takes it.
    #[must_use]
    pub fn proxy_url(&self) -> String {
        format!("http://{}", self.proxy)
    }

    /// The proxy's socket.
    #[must_use]
    pub fn proxy_addr(&self) -> SocketAddr {
        self.proxy
    }

    /// The DNS server's socket, UDP and TCP.
    #[must_use]
    pub fn dns_addr(&self) -> SocketAddr {
        self.dns
    }

    /// The CA's certificate, as a PEM file.
    #[must_use]
    pub fn ca_path(&self) -> &Path {
        &self.ca
    }

    /// What Chromium's `--ignore-certificate-errors-spki-list` wants.
    #[must_use]
    pub fn ca_spki_sha256_base64(&self) -> &str {
        self.authority.spki_sha256_base64()
    }

    /// The synthetic web: sites and truth.
    #[must_use]
    pub fn web(&self) -> &Web {
        &self.world.web
    }

    /// Sites that change do so now, or are again what they were.
    pub fn change(&self, changed: bool) {
        self.world.change(changed);
    }

    /// The proxy answers so late from now on.
    pub fn slow(&self, late: Duration) {
        self.world.late_ms.store(late.as_millis().try_into().unwrap_or(u64::MAX), Relaxed);
    }

    /// Everything that third-party hosts received, and sites that pass it on to one; oldest first.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.world.log.received()
    }

    /// Changes whenever something arrives at any host: to wait for what [`Lab::received`] will hold.
    #[must_use]
    pub fn arrivals(&self) -> watch::Receiver<()> {
        self.world.log.arrivals()
    }

    /// What a site of the portfolio received from its own pages and from others, oldest first. Only the last ten
    /// thousand requests to all sites together are kept, without bodies above 4 KiB.
    #[must_use]
    pub fn received_by_sites(&self, host: &str) -> Vec<Received> {
        self.world.log.received_by_site(host)
    }

    /// Hosts that were asked for and do not exist, with the number of times.
    #[must_use]
    pub fn refused_hosts(&self) -> BTreeMap<String, u64> {
        self.world.log.refused_hosts()
    }

    /// Forgets what was received so far.
    pub fn clear_received(&self) {
        self.world.log.clear();
    }

    /// Ends it: no connection or socket is left.
    pub async fn stop(mut self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        if let Err(error) = (&mut self.names).await {
            tracing::debug!(%error, "DNS server ends");
        }
        self.world.log.flush();
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Writes `ca.pem` into the folder, or into a temporary one.
fn write_ca(folder: Option<&Path>, pem: &str) -> Result<(PathBuf, Option<tempfile::TempDir>)> {
    let fail = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::Write { path, source }
    };
    let temporary = match folder {
        Some(folder) => std::fs::create_dir_all(folder).map(|()| None).map_err(fail(folder))?,
        None => Some(tempfile::tempdir().map_err(fail(&std::env::temp_dir()))?),
    };
    let folder = temporary.as_ref().map(tempfile::TempDir::path).or(folder).unwrap_or(Path::new("."));
    let path = folder.join("ca.pem");
    std::fs::write(&path, pem).map_err(fail(&path))?;
    Ok((path, temporary))
}
