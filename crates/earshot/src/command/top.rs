//! `earshot top`: what waits, who works, how far runs are.

use std::io::IsTerminal as _;

use anyhow::Result;
use earshot_web::Fleet;

use super::interrupt::on_interrupt;
use crate::{
    cli::{Global, ListFormat, Top},
    config::Config,
    exit::Exit,
    services::{Need, Services},
    terminal, top,
};

pub(super) async fn run(global: &Global, options: &Top) -> Result<Exit> {
    let config = Config::load(global.config.as_deref(), &global.overrides(None))?;
    let services = Services::open(&config, Need::Look).await?;
    let done = look_on(&services, global, options).await;
    services.close().await;
    done.map(|()| Exit::Done)
}

async fn look_on(services: &Services, global: &Global, options: &Top) -> Result<()> {
    let live = !options.once && options.format == ListFormat::Text && std::io::stdout().is_terminal();
    if live {
        return top::live(services, options.every, terminal::coloured(global.color)).await;
    }
    let interrupt = on_interrupt();
    loop {
        let snapshot = Fleet::look(services.bus(), &services.store).await?;
        terminal::print(&match options.format {
            ListFormat::Json => serde_json::to_string(&snapshot)? + "\n",
            ListFormat::Text => top::text(&snapshot),
        })?;
        if options.once || options.format == ListFormat::Text {
            return Ok(());
        }
        if interrupt.run_until_cancelled(tokio::time::sleep(options.every)).await.is_none() {
            return Ok(());
        }
    }
}
