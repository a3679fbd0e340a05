//! `earshot run --role`: one role, or some, against services elsewhere.

use anyhow::Result;

use super::stay;
use crate::{
    cli::{Global, RoleName, RunRole},
    config::Config,
    exit::Exit,
    role::all::Plan,
    services::Need,
};

pub(super) async fn run(global: &Global, role: &RunRole) -> Result<Exit> {
    let config = Config::load(global.config.as_deref(), &global.overrides(Some(&role.web)))?;
    let plan = Plan::of(&role.roles, &config, role.filter_list.as_deref()).await?;
    let started = |_: &_| tracing::info!(roles = ?role.roles, "started");
    // Only the coordinator sets the bus up: the others need not be allowed to.
    let need = if role.roles.contains(&RoleName::Coordinator) { Need::Serve } else { Need::Join };
    stay::until_ended(&config, plan, need, started).await
}
