//! `earshot crawl`: the crawl of a portfolio in one night.

use anyhow::{Result, bail};
use earshot_model::{Run, RunState};
use earshot_report::words;
use earshot_store::Selection;
use jiff::{Timestamp, tz::TimeZone};

use super::interrupt::on_interrupt;
use crate::{
    cli::{Crawl, CrawlCommand, CrawlStart, Global, ListFormat},
    config::Config,
    exit::Exit,
    services::{Need, Services},
    submit::crawl::{Order, Started, start},
    terminal,
    watch::{self, Ended},
};

pub(super) async fn run(global: &Global, crawl: &Crawl) -> Result<Exit> {
    let CrawlCommand::Start(options) = &crawl.command;
    let mut flags = global.overrides(None);
    flags.pages = options.pages;
    flags.profiles.clone_from(&options.profiles);
    let config = Config::load(global.config.as_deref(), &flags)?;
    config.egress_of(options.region.as_ref())?;
    let services = Services::open(&config, Need::Store).await?;
    let done = start_with(&services, &config, options, global.quiet).await;
    services.close().await;
    done
}

async fn start_with(services: &Services, config: &Config, options: &CrawlStart, quiet: bool) -> Result<Exit> {
    if options.wait && services.idle() {
        bail!("--wait: nobody works in {}, {}", services.data.root().display(), WHO);
    }
    let night = options.night.unwrap_or_else(|| Timestamp::now().to_zoned(TimeZone::UTC).date());
    let selection = Selection { portfolio: options.portfolio.clone(), tags: options.tags.clone() };
    let order = Order { selection, night, turn: 0, region: options.region.clone() };
    let Some(Started { run, fresh }) = start(&services.store, &order, config).await? else {
        let name = &options.portfolio;
        eprintln!("error: portfolio '{name}' has no such targets; `earshot portfolio show {name}` shows what it has");
        return Ok(Exit::NothingToDo);
    };
    if !quiet {
        tell(&run, fresh);
        if services.idle() && run.state == RunState::Running {
            eprintln!("nobody works in {} now: {}", services.data.root().display(), WHO);
        }
    }
    match options.format {
        ListFormat::Json => terminal::print(&(serde_json::to_string_pretty(&run)? + "\n"))?,
        ListFormat::Text => terminal::print(&format!("{}\n", run.id))?,
    }
    if !options.wait {
        return Ok(Exit::Done);
    }
    match watch::run(&services.store, &run, quiet, &on_interrupt()).await? {
        Ended::Run(RunState::Complete) => Ok(Exit::Done),
        Ended::Run(state) => bail!("run {} is {}", run.id, state.as_str()),
        // Those who work at it go on.
        Ended::Interrupted => Ok(Exit::Interrupted),
    }
}

/// Who has to be started where nobody works.
const WHO: &str = "it waits for an `earshot up` with the same --data-dir; with services elsewhere (--nats, --clickhouse) for \
                   `earshot run` with the roles coordinator, crawler, browser and recorder";

fn tell(run: &Run, fresh: bool) {
    let said = if fresh { "started" } else { "was started before" };
    let profiles: Vec<_> = run.profiles.iter().map(|profile| profile.as_str()).collect();
    let (seeds, pages) = (words::count(run.seeds, "target"), words::count(run.pages_per_site, "page"));
    let profiles = profiles.join(", ");
    let night = run.night.map_or_else(String::new, |night| format!(", night of {night}"));
    let state = if fresh { String::new() } else { format!("; it is {}", run.state.as_str()) };
    eprintln!("run {} {said}: {}{night}: {seeds}, up to {pages} each, {profiles}{state}", run.id, run.label);
}
