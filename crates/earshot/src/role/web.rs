//! The web role: the pages and the API of `earshot-web`, with what only this crate knows: how a scan is submitted.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use async_trait::async_trait;
use earshot_bus::Bus;
use earshot_detect::Catalogue;
use earshot_evidence::Evidence;
use earshot_model::{Run, RunKind};
use earshot_report::verify::Plan;
use earshot_store::Store;
use earshot_web::{NotStarted, Scan, Submit, Web};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    config::Config,
    explain::explain,
    submit::{self, Wanted, verify},
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
    let address = listener.local_addr()?;
    eprintln!("pages at http://{address}/");
    eprintln!("API at http://{address}/api/v1");
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
    evidence: Evidence,
    config: Config,
    shutdown: CancellationToken,
) -> Result<()> {
    let access = config.web.access()?;
    let assessment = config.assessment()?;
    let catalogue = Arc::new(Catalogue::built_in()?);
    let submit = Arc::new(Submitter { store: store.clone(), config });
    let web = Web { store, bus, submit, catalogue, evidence, assessment, access };
    earshot_web::serve(listener, web, shutdown).await.context("web")
}

/// Starts runs as the commands do.
struct Submitter {
    store: Store,
    config: Config,
}

#[async_trait]
impl Submit for Submitter {
    async fn scan(&self, scan: Scan) -> std::result::Result<Run, String> {
        let config = self.config.for_scan(scan.pages, scan.profiles.as_deref());
        let wanted = Wanted { label: scan.label, kind: RunKind::Scan, repetitions: 1, region: None };
        submit::start(&self.store, &scan.targets, wanted, &config).await.map_err(|error| explain(&error))
    }

    async fn verify(&self, against: &Run, plan: &Plan) -> std::result::Result<Run, NotStarted> {
        let failed = |error| NotStarted::Failed(explain(&error));
        let config = verify::configuration(&self.config, against);
        if let Some(why) = verify::other_exit(&config, against).map_err(failed)? {
            return Err(NotStarted::Refused(why));
        }
        let label = format!("verify {}", plan.sites().into_iter().next().unwrap_or_default());
        let wanted = verify::wanted(against, label, verify::VISITS);
        submit::start(&self.store, &plan.targets(), wanted, &config).await.map_err(failed)
    }
}
