//! `earshot migrate`: the store's tables, created or upgraded, and the bus set up if that is asked for.

use anyhow::Result;
use earshot_store::{Kept, StoreError};

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
    let migrated = async {
        let changed = services.store.retain(&config.store.retention()).await?;
        Ok::<_, StoreError>((services.store.schema_version().await?, changed))
    };
    let migrated = migrated.await;
    services.close().await;
    let (version, changed) = migrated?;
    println!("the tables in database {} are at version {version}", config.database);
    for Kept { table, days, .. } in changed {
        match days {
            Some(days) => println!("rows of {table} are kept for {days} days from now on"),
            None => println!("rows of {table} are kept for ever from now on"),
        }
    }
    if migrate.bus {
        println!("the bus is set up");
    }
    Ok(Exit::Done)
}
