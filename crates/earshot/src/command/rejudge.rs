//! `earshot rejudge`: stored facts judged by today's rules.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use earshot_detect::Catalogue;
use earshot_evidence::Evidence;

use super::known;
use crate::{
    cli::{Global, ListFormat, Rejudge as Options},
    config::Config,
    exit::Exit,
    filter_list,
    rejudge::{Rejudge, Rejudged, render},
    services::{Need, Services},
    terminal,
};

pub(super) async fn run(global: &Global, options: &Options) -> Result<Exit> {
    let config = Config::load(global.config.as_deref(), &global.overrides(None))?;
    let list = filter_list::load(options.filter_list.as_deref()).await?;
    let catalogue = Arc::new(Catalogue::built_in().context("the catalogue")?);
    let services = Services::open(&config, Need::Store).await?;
    let done = rejudge(&services, &config, global, options, catalogue, list.map(Arc::new)).await;
    services.close().await;
    done
}

async fn rejudge(
    services: &Services,
    config: &Config,
    global: &Global,
    options: &Options,
    catalogue: Arc<Catalogue>,
    list: Option<Arc<earshot_detect::FilterList>>,
) -> Result<Exit> {
    let store = &services.store;
    let evidence = Evidence::open(&config.evidence.place(&services.data.evidence())?)?;
    let mut runs = Vec::new();
    for id in &options.runs {
        let run = known::run(store, *id).await?;
        if run.state.is_open() {
            bail!("run {id} goes on: judge it once it has ended");
        }
        runs.push(run);
    }
    let rejudge = Rejudge { store, evidence: &evidence, catalogue, list, writes: !options.dry_run };
    let mut all: Vec<Rejudged> = Vec::new();
    for run in &runs {
        let progress = terminal::progress(global.quiet, None);
        let done = rejudge.run(run, |visits| {
            progress.set_message(format!("run {}: {visits} visits judged", run.id));
            progress.tick();
        });
        all.push(done.await?);
        progress.finish_and_clear();
    }
    let coloured = terminal::coloured(global.color);
    let text = match options.format {
        ListFormat::Json => serde_json::to_string_pretty(&all)? + "\n",
        ListFormat::Text => all.iter().map(|done| render(done, coloured)).collect::<Vec<_>>().join("\n"),
    };
    terminal::print(&text)?;
    let whole = all.iter().all(|done| done.without_facts == 0 && done.unreadable.is_empty());
    Ok(if whole { Exit::Done } else { Exit::Inconclusive })
}
