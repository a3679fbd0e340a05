//! How a process is, told over HTTP: whether it turns (`/livez`), whether it can work (`/readyz`), and its numbers
//! (`/metrics`).

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use earshot_bus::Bus;
use earshot_store::Store;
use serde::Serialize;
use tokio::{net::TcpListener, time::timeout};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info};

use crate::{
    explain::explain,
    metrics::{CONTENT_TYPE, Metrics, service::Numbers},
};

/// How long the store may take to answer whoever asks how we are. Scrapers give up after ten seconds.
const STORE_LIMIT: Duration = Duration::from_secs(3);

/// What a process tells of itself.
pub struct Health {
    /// The bus that its roles work with.
    pub bus: Bus,
    /// The store.
    pub store: Store,
    /// Its numbers.
    pub metrics: Arc<Metrics>,
    /// Those of the whole service, if a role of it is the one that tells them.
    pub service: Option<Numbers>,
}

/// Whether a process can work, and what keeps it from that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Readiness {
    /// Whether it can.
    pub ready: bool,
    /// What was looked at: `ok`, or what is wrong.
    pub checks: BTreeMap<String, String>,
}

/// A server that was begun.
pub struct Server {
    listener: TcpListener,
    health: Health,
}

impl Server {
    /// Takes the address.
    ///
    /// # Errors
    /// If somebody else has it.
    pub async fn bind(address: SocketAddr, health: Health) -> Result<Self> {
        let listener = TcpListener::bind(address);
        let listener = listener.await.with_context(|| format!("serve.listen: cannot listen on {address}"))?;
        info!(address = %listener.local_addr()?, "telling health and metrics");
        Ok(Self { listener, health })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// If the system does not say.
    pub fn address(&self) -> Result<SocketAddr> {
        Ok(self.listener.local_addr()?)
    }

    /// Answers until `shutdown`.
    ///
    /// # Errors
    /// None at present.
    pub async fn run(self, shutdown: CancellationToken) -> Result<()> {
        let routes = Router::new()
            .route("/livez", get(async || "ok\n"))
            .route("/readyz", get(readyz))
            .route("/metrics", get(metrics))
            .with_state(Arc::new(self.health));
        // Not gracefully: a scraper that keeps its connection must not hold up the end.
        let served = shutdown.run_until_cancelled(axum::serve(self.listener, routes).into_future()).await;
        served.unwrap_or(Ok(())).context("telling health and metrics")
    }
}

async fn readyz(State(health): State<Arc<Health>>) -> Response {
    let readiness = health.readiness().await;
    let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = serde_json::to_string(&readiness).unwrap_or_default() + "\n";
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

async fn metrics(State(health): State<Arc<Health>>) -> Response {
    if let Some(service) = &health.service {
        let read = timeout(STORE_LIMIT, service.read(&health.bus, &health.store)).await;
        if let Some(error) = read.map_or(Some("not in time".to_owned()), |read| read.err().map(|error| explain(&error)))
        {
            service.forget();
            debug!(error, "the service's numbers cannot be read");
        }
    }
    match health.metrics.text() {
        Ok(text) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

impl Health {
    /// Whether the process can work.
    pub async fn readiness(&self) -> Readiness {
        let mut checks = BTreeMap::new();
        let bus = if self.bus.is_connected() { Ok(()) } else { Err("not connected".to_owned()) };
        let store = match timeout(STORE_LIMIT, self.store.schema_version()).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(explain(&error.into())),
            Err(_) => Err(format!("no answer for {} s", STORE_LIMIT.as_secs())),
        };
        checks.insert("bus".to_owned(), bus);
        checks.insert("store".to_owned(), store);
        for work in self.metrics.works() {
            let turns =
                work.hangs().map_or(Ok(()), |since| Err(format!("its loop has not turned for {} s", since.as_secs())));
            checks.insert(format!("role.{}", work.role.as_str()), turns);
        }
        let ready = checks.values().all(Result::is_ok);
        let said = |check: Result<(), String>| check.err().unwrap_or_else(|| "ok".to_owned());
        Readiness { ready, checks: checks.into_iter().map(|(name, check)| (name, said(check))).collect() }
    }
}
