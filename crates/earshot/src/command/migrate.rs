//! `earshot migrate`: the store's tables, created or upgraded.

use anyhow::Result;

use crate::{
    cli::Global,
    config::Config,
    exit::Exit,
    services::{Need, Services},
};

pub(super) async fn run(global: &Global) -> Result<Exit> {
    let config = Config::load(global.config.as_deref(), &global.overrides(None))?;
    // Opening the store migrates it.
    let services = Services::open(&config, Need::Store).await?;
    let version = services.store.schema_version().await;
    services.close().await;
    println!("the tables in database {} are at version {}", config.database, version?);
    Ok(Exit::Done)
}
