//! `earshot run --role`: one role, or some, against services elsewhere.

use anyhow::Result;

use super::scan::on_interrupt;
use crate::{
    cli::{Global, RunRole},
    config::Config,
    exit::Exit,
    role::all::Plan,
    services::{Need, Services},
};

pub(super) async fn run(global: &Global, role: &RunRole) -> Result<Exit> {
    let config = Config::load(global.config.as_deref(), &global.overrides(Some(&role.web)))?;
    let plan = Plan::of(&role.roles, &config, role.filter_list.as_deref()).await?;
    let services = Services::open(&config, Need::Run).await?;
    let interrupt = on_interrupt();
    let roles = match plan.start(&services).await {
        Ok(roles) => roles,
        Err(error) => {
            services.close().await;
            return Err(error);
        }
    };
    tracing::info!(roles = ?role.roles, "started");
    let ended = tokio::select! {
        () = interrupt.cancelled() => Ok(Exit::Done),
        failed = roles.failed() => Err(failed),
    };
    roles.stop().await;
    services.close().await;
    ended
}
