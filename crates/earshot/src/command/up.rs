//! `earshot up`: everything on this machine, until it is told to stop.

use anyhow::Result;

use super::stay;
use crate::{
    cli::{Global, Up},
    config::{Config, ServeOverrides, WebOverrides},
    exit::Exit,
    explain::explain,
    role::{all::Plan, web},
    services::{Need, Services},
};

pub(super) async fn run(global: &Global, up: &Up) -> Result<Exit> {
    let mut flags = global.overrides(Some(&up.web));
    flags.serve = up.health.clone().map(|listen| ServeOverrides { listen });
    flags.web = up.listen.map(|listen| WebOverrides { listen: listen.to_string() });
    let config = Config::load(global.config.as_deref(), &flags)?;
    let mut plan = Plan::new(&config, up.filter_list.as_deref()).await?;
    match web::bind(&config).await {
        Ok(Some(listener)) => plan = plan.answering(listener),
        Ok(None) => {}
        // Somebody else has the usual port: scanning goes on all the same. Who has named one wants that one.
        Err(error) if up.listen.is_none() => {
            tracing::warn!(error = explain(&error), "no pages and no API; choose another address with --listen")
        }
        Err(error) => return Err(error),
    }
    stay::until_ended(&config, plan, Need::Stay, greet).await
}

fn greet(services: &Services) {
    eprintln!("earshot is up; data in {}", services.data.root().display());
    if let Some(url) = services.engine_url() {
        let password = services.data.clickhouse().join("password");
        eprintln!("ClickHouse HTTP at {url} (user earshot, password in {})", password.display());
    }
    eprintln!("scan from another terminal with the same --data-dir: earshot scan example.com");
}
