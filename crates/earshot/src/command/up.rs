//! `earshot up`: everything on this machine, until it is told to stop.

use anyhow::Result;

use super::scan::on_interrupt;
use crate::{
    cli::{Global, Web},
    config::Config,
    exit::Exit,
    role::all::Plan,
    services::{Need, Services},
};

pub(super) async fn run(global: &Global, web: &Web) -> Result<Exit> {
    let config = Config::load(global.config.as_deref(), &global.overrides(Some(web)))?;
    let plan = Plan::new(&config, None).await?;
    let services = Services::open(&config, Need::Stay).await?;
    let interrupt = on_interrupt();
    let roles = match plan.start(&services).await {
        Ok(roles) => roles,
        Err(error) => {
            services.close().await;
            return Err(error);
        }
    };
    greet(&services);
    let ended = tokio::select! {
        () = interrupt.cancelled() => Ok(Exit::Done),
        failed = roles.failed() => Err(failed),
    };
    roles.stop().await;
    services.close().await;
    ended
}

fn greet(services: &Services) {
    eprintln!("earshot is up; data in {}", services.data.root().display());
    if let Some(url) = services.engine_url() {
        let password = services.data.clickhouse().join("password");
        eprintln!("ClickHouse HTTP at {url} (user earshot, password in {})", password.display());
    }
    eprintln!("scan from another terminal with the same --data-dir: earshot scan example.com");
}
