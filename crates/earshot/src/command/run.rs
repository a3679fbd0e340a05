//! `earshot run --role`: one role, or some, against services elsewhere.

use anyhow::{Context as _, Result};

use super::stay;
use crate::{
    cli::{Global, RoleName, RunRole},
    config::{Config, ServeOverrides, WebOverrides},
    exit::Exit,
    role::{all::Plan, web},
    services::Need,
};

pub(super) async fn run(global: &Global, role: &RunRole) -> Result<Exit> {
    let mut flags = global.overrides(Some(&role.web));
    flags.serve = role.health.clone().map(|listen| ServeOverrides { listen });
    flags.web = role.listen.map(|listen| WebOverrides { listen: listen.to_string() });
    let config = Config::load(global.config.as_deref(), &flags)?;
    let mut plan = Plan::of(&role.roles, &config, role.filter_list.as_deref()).await?;
    if role.roles.contains(&RoleName::Web) {
        let listener = web::bind(&config).await?.context("the role web needs an address: --listen 127.0.0.1:8750")?;
        plan = plan.answering(listener);
    }
    let started = |_: &_| tracing::info!(roles = ?role.roles, "started");
    // Only the coordinator sets the bus up: the others need not be allowed to.
    let need = if role.roles.contains(&RoleName::Coordinator) { Need::Serve } else { Need::Join };
    stay::until_ended(&config, plan, need, started).await
}
