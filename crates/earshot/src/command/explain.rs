//! `earshot explain`: how a finding came about.

mod story;

use anyhow::{Result, bail};
use earshot_detect::Catalogue;
use earshot_model::Finding;
use earshot_report::expired;
use earshot_store::Store;

use self::story::Story;
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
    let proofs: Vec<u32> = finding.heard.iter().filter_map(|heard| Some(heard.proof.as_ref()?.event)).collect();
    let entries = services.store.entries(finding.run, finding.visit)?.all().await?;
    let sent = services.store.sent(finding.run, finding.visit, &[proofs, vec![finding.proof]].concat())?.all().await?;
    let conduct = services.store.conduct(finding.run, finding.visit, &finding.vendor)?.all().await?;
    let steps = services.store.steps(finding.run, finding.visit)?.all().await?;
    let catalogue = Catalogue::built_in()?;
    let story = Story {
        finding: &finding,
        entries: &entries,
        conduct: &conduct,
        sent: &sent,
        steps: &steps,
        vendor: catalogue.get(&finding.vendor),
    };
    if sent.is_empty() && expired::refuse(&services.store, finding.run).await? > 0 {
        eprintln!(
            "note: events of this run are older than they are kept, so not every step can be told; evidence has them still"
        );
    }
    let text = match explain.format {
        ListFormat::Text => story.text(),
        ListFormat::Json => serde_json::to_string_pretty(&story.json())? + "\n",
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
