//! `earshot up`: everything on this machine, until it is told to stop.

use anyhow::Result;

use super::stay;
use crate::{
    cli::{Global, Up},
    config::{Config, ServeOverrides},
    exit::Exit,
    role::all::Plan,
    services::{Need, Services},
};

pub(super) async fn run(global: &Global, up: &Up) -> Result<Exit> {
    let mut flags = global.overrides(Some(&up.web));
    flags.serve = up.listen.clone().map(|listen| ServeOverrides { listen });
    let config = Config::load(global.config.as_deref(), &flags)?;
    let plan = Plan::new(&config, up.filter_list.as_deref()).await?;
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
