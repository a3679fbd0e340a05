//! `earshot migrate`: the store's tables, created or upgraded, and the bus set up if that is asked for.

use anyhow::Result;

use crate::{
    cli::{Global, Migrate},
    config::Config,
    exit::Exit,
    services::{Need, Services},
};

pub(super) async fn run(global: &Global, migrate: &Migrate) -> Result<Exit> {
    let config = Config::load(global.config.as_deref(), &global.overrides(None))?;
    // Opening the store migrates it, and opening the bus sets it up.
    let services = Services::open(&config, if migrate.bus { Need::Run } else { Need::Store }).await?;
    let version = services.store.schema_version().await;
    services.close().await;
    println!("the tables in database {} are at version {}", config.database, version?);
    if migrate.bus {
        println!("the bus is set up");
    }
    Ok(Exit::Done)
}
