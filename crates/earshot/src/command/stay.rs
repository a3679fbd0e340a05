//! Roles that run until somebody ends them.

use anyhow::Result;

use super::interrupt::on_interrupt;
use crate::{
    config::Config,
    exit::Exit,
    role::all::Plan,
    services::{Need, Services},
};

/// Runs the roles of `plan` until Ctrl-C or SIGTERM, or until one of them fails. `greet` is called when they run.
pub(super) async fn until_ended(
    config: &Config,
    plan: Plan,
    need: Need,
    greet: impl FnOnce(&Services),
) -> Result<Exit> {
    let services = Services::open(config, need).await?;
    let ended = run(plan, &services, greet).await;
    services.close().await;
    ended
}

async fn run(plan: Plan, services: &Services, greet: impl FnOnce(&Services)) -> Result<Exit> {
    let interrupt = on_interrupt();
    let roles = plan.start(services, None).await?;
    greet(services);
    let ended = tokio::select! {
        () = interrupt.cancelled() => Ok(Exit::Done),
        failed = roles.failed() => Err(failed),
        failed = services.failed() => Err(failed),
    };
    roles.stop().await;
    ended
}
