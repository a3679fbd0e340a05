//! `earshot diff`: what changed between two runs.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use earshot_model::Run;
use earshot_report::changes::Comparison;
use earshot_store::Store;

use super::known;
use crate::{
    changes::Writer,
    cli::{Diff, Global, RunRef},
    config::Config,
    exit::Exit,
    services::{Need, Services},
    terminal,
};

pub(super) async fn run(global: &Global, diff: &Diff) -> Result<Exit> {
    let config = Config::load(global.config.as_deref(), &global.overrides(None))?;
    let services = Services::open(&config, Need::Store).await?;
    let told = match comparison(&services.store, diff).await {
        Ok(Some(comparison)) => tell(&services.store, &comparison, diff).await,
        Ok(None) => {
            eprintln!("error: no runs yet; try: earshot scan example.com");
            Ok(Exit::NothingToDo)
        }
        Err(error) => Err(error),
    };
    services.close().await;
    told
}

async fn tell(store: &Store, comparison: &Comparison, diff: &Diff) -> Result<Exit> {
    let mut writer = Writer::new(diff.format);
    let mut topics = BTreeSet::new();
    terminal::print(&writer.begin(comparison)?)?;
    let tell = |changes: Vec<earshot_detect::changes::Change>| {
        topics.extend(changes.iter().map(|change| change.kind.topic()));
        Ok::<(), anyhow::Error>(terminal::print(&writer.site(changes)?)?)
    };
    let summary = comparison.each_site(store, diff.site.as_deref(), tell).await?;
    terminal::print(&writer.end(comparison, &summary)?)?;
    let found = diff.fail_on.iter().any(|kind| topics.contains(&kind.topic()));
    Ok(if found { Exit::Found } else { Exit::Done })
}

/// The two runs; none if there is no run at all.
async fn comparison(store: &Store, diff: &Diff) -> Result<Option<Comparison>> {
    let (earlier, later) = match (diff.first, diff.second) {
        (Some(first), Some(second)) => (Some(first), second),
        (only, _) => (None, only.unwrap_or(RunRef::Last)),
    };
    let Some(later) = find(store, later).await? else { return Ok(None) };
    let earlier = match earlier {
        // "previous" is the one before the other.
        None | Some(RunRef::Previous) => Some(before(store, &later).await?),
        Some(run) => find(store, run).await?,
    };
    Ok(earlier.map(|earlier| Comparison::of(earlier, later)).transpose()?)
}

async fn find(store: &Store, run: RunRef) -> Result<Option<Run>> {
    match run {
        RunRef::Id(id) => Ok(Some(known::run(store, id).await?)),
        RunRef::Last => Ok(store.last_scan().await?),
        RunRef::Previous => match store.last_scan().await? {
            Some(last) => Ok(Some(before(store, &last).await?)),
            None => Ok(None),
        },
    }
}

async fn before(store: &Store, run: &Run) -> Result<Run> {
    match store.previous(run).await? {
        Some(run) => Ok(run),
        None => bail!(
            "there is no complete scan of the same targets and options before run {}; name two runs, as \
             `earshot runs list` has them",
            run.id
        ),
    }
}
