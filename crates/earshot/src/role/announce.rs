//! Says on the bus which roles of this process are there, for `earshot top` and whoever else wants to know.

use std::sync::Arc;

use anyhow::Result;
use earshot_bus::{Ability, Bus, BusError, Worker, topology::ANNOUNCE_EVERY};
use tokio_util::sync::CancellationToken;
use tracing::debug;

use crate::{
    cli::RoleName,
    metrics::{Metrics, Work},
    process::{Process, Usage},
};

/// Says it every so often until `shutdown`, and what they are able to do that others of their roles may not be; then, that
/// they leave.
///
/// # Errors
/// None: a bus that is away hears it later.
pub(super) async fn run(
    bus: Bus,
    metrics: Arc<Metrics>,
    abilities: Vec<(RoleName, Ability)>,
    shutdown: CancellationToken,
) -> Result<()> {
    let process = Process::this();
    let mut ticks = tokio::time::interval(ANNOUNCE_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while shutdown.run_until_cancelled(ticks.tick()).await.is_some() {
        let announce = async {
            for work in metrics.works() {
                bus.announce(&worker(&process, work)).await?;
            }
            for (role, ability) in &abilities {
                bus.announce_ability(role.as_str(), ability).await?;
            }
            Ok::<_, BusError>(())
        };
        if let Some(Err(error)) = shutdown.run_until_cancelled(announce).await {
            debug!(%error, "nobody hears that we are here");
        }
    }
    for work in metrics.works() {
        // Best effort: who says nothing is forgotten.
        let _ = bus.withdraw_worker(&worker(&process, work)).await;
    }
    Ok(())
}

fn worker(process: &Process, work: &Work) -> Worker {
    let [busy, limit, done, failed] = work.numbers();
    Worker {
        instance: process.instance,
        role: work.role.as_str().to_owned(),
        host: process.host.clone(),
        pid: process.pid,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        since: process.since,
        busy,
        limit,
        done,
        failed,
        rss: Usage::now().rss,
    }
}
