//! `earshot export`: rows for research, with what they mean.

use anyhow::Result;
use earshot_report::words;
use earshot_store::Exported;

use crate::{
    cli::{Export, Global},
    config::Config,
    exit::Exit,
    export::{self, Plan},
    services::{Need, Services},
};

pub(super) async fn run(global: &Global, options: &Export) -> Result<Exit> {
    let config = Config::load(global.config.as_deref(), &global.overrides(None))?;
    let plan = Plan {
        dir: options.dir.clone(),
        scope: Exported {
            portfolio: options.portfolio.clone(),
            since: options.since,
            until: options.until,
            run: options.run,
        },
        sheets: options.chosen(),
        format: options.format,
        force: options.force,
        quiet: global.quiet,
    };
    plan.check()?;
    let services = Services::open(&config, Need::Store).await?;
    let written = export::write(&services.store, &plan).await;
    services.close().await;
    let Some(manifest) = written? else {
        eprintln!(
            "error: no complete run is of that kind, so nothing is written; `earshot runs list` names those there are"
        );
        return Ok(Exit::NothingToDo);
    };
    if !global.quiet {
        let (runs, files) = (words::count(manifest.runs.len(), "run"), manifest.files.len() + 1);
        eprintln!("{runs}, {files} files in {}", plan.dir.display());
    }
    Ok(Exit::Done)
}
