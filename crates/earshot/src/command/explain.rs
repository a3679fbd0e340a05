//! `earshot explain`: how a finding came about.

mod story;

use anyhow::{Result, bail};
use earshot_detect::Catalogue;
use earshot_model::Finding;
use earshot_report::{expired, story::Story};
use earshot_store::Store;

use self::story::told;
use crate::{
    cli::{Explain, Global, ListFormat},
    config::Config,
    exit::Exit,
    services::{Need, Services},
    terminal,
};

pub(super) async fn run(global: &Global, explain: &Explain) -> Result<Exit> {
    let config = Config::load(global.config.as_deref(), &global.overrides(None))?;
    let services = Services::open(&config, Need::Store).await?;
    let done = tell(&services, explain).await;
    services.close().await;
    done
}

async fn tell(services: &Services, explain: &Explain) -> Result<Exit> {
    let finding = find(&services.store, &explain.finding).await?;
    let story = Story::read(&services.store, finding).await?;
    let catalogue = Catalogue::built_in()?;
    let guide = catalogue.get(&story.finding.vendor).map(|vendor| vendor.id.as_str());
    if story.sent.is_empty() && expired::refuse(&services.store, story.finding.run).await? > 0 {
        eprintln!(
            "note: events of this run are older than they are kept, so not every step can be told; evidence has them still"
        );
    }
    let text = match explain.format {
        ListFormat::Text => told(&story, guide),
        ListFormat::Json => {
            let guide = guide.map(|vendor| format!("earshot catalogue show {vendor}"));
            serde_json::to_string_pretty(&story.json(guide))? + "\n"
        }
    };
    terminal::print(&text)?;
    Ok(Exit::Done)
}

/// The finding whose id begins so.
pub(super) async fn find(store: &Store, id: &str) -> Result<Finding> {
    let mut found = store.finding(id).await?;
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => bail!("there is no finding {id}; `earshot runs show --format json` has the id of each"),
        _ => bail!("several findings begin with {id}; give more of the id"),
    }
}
