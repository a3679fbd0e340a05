//! The web role: the API of `earshot-web`, with what only this crate knows: how a scan is submitted.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use earshot_bus::Bus;
use earshot_model::RunKind;
use earshot_store::Store;
use earshot_web::{Scan, StartScan, Web};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    config::Config,
    explain::explain,
    submit::{self, Wanted},
};

/// Where the API answers: bound before anything is started, so that a port that is taken is told at once. `None` if it is to
/// answer nowhere.
///
/// # Errors
/// If the address cannot be had.
pub async fn bind(config: &Config) -> Result<Option<TcpListener>> {
    let Some(listen) = config.web.listen()? else { return Ok(None) };
    let advice = || format!("the API cannot listen on {listen}; choose another address with --listen");
    let listener = TcpListener::bind(listen).await.with_context(advice)?;
    eprintln!("API at http://{}/api/v1", listener.local_addr()?);
    Ok(Some(listener))
}

/// Answers until `shutdown`.
///
/// # Errors
/// If the listener fails for good.
pub async fn run(
    listener: TcpListener,
    bus: Bus,
    store: Store,
    config: Config,
    shutdown: CancellationToken,
) -> Result<()> {
    let read_token = config.web.read_token;
    let start_scan = starter(store.clone(), config);
    let web = Web { store, bus, start_scan, read_token };
    earshot_web::serve(listener, web, shutdown).await.context("web")
}

/// Starts scans as `earshot scan` does; whoever coordinates works on them.
fn starter(store: Store, config: Config) -> StartScan {
    Arc::new(move |scan: Scan| {
        let (store, config) = (store.clone(), config.for_scan(scan.pages, scan.profiles.as_deref()));
        Box::pin(async move {
            let wanted = Wanted { label: scan.label, kind: RunKind::Scan, repetitions: 1, region: None };
            submit::start(&store, &scan.targets, wanted, &config).await.map_err(|error| explain(&error))
        })
    })
}
