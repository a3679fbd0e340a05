//! `earshot sql`: a question to the store.

use std::io::Write as _;

use crate::{
    cli::{Global, Sql},
    config::Config,
    exit::Exit,
    services::{Need, Services},
};
use anyhow::Result;

pub(super) async fn run(global: &Global, sql: &Sql) -> Result<Exit> {
    let config = Config::load(global.config.as_deref(), &global.overrides(None))?;
    let services = Services::open(&config, Need::Store).await?;
    let answered = answer(&services, sql).await;
    services.close().await;
    answered.map(|()| Exit::Done)
}

/// Streams: an answer may be larger than memory. A reader that went away ends it quietly.
async fn answer(services: &Services, sql: &Sql) -> Result<()> {
    let mut stream = services.store.sql_with(&sql.query, &sql.format, &sql.params)?;
    while let Some(bytes) = stream.next().await? {
        let written = std::io::stdout().lock().write_all(&bytes);
        match written {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => break,
            written => written?,
        }
    }
    Ok(())
}
