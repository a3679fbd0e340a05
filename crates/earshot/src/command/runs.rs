//! `earshot runs`: past runs.

use anyhow::{Result, bail};
use comfy_table::Table;
use earshot_bus::Signal;
use earshot_model::{Run, RunId};
use earshot_report::Report;

use super::known;
use crate::{
    cli::{Format, Global, ListFormat, Runs, RunsCommand},
    config::Config,
    exit::Exit,
    report,
    role::coordinator,
    services::{Need, Services},
    terminal,
};

pub(super) async fn run(global: &Global, runs: &Runs) -> Result<Exit> {
    let mut flags = global.overrides(None);
    if let RunsCommand::Show { assess, .. } = &runs.command {
        flags.sessions = assess.sessions;
        flags.rules.clone_from(&assess.rules);
    }
    let config = Config::load(global.config.as_deref(), &flags)?;
    let need = match &runs.command {
        RunsCommand::List { .. } | RunsCommand::Show { .. } => Need::Store,
        RunsCommand::Pause { .. } | RunsCommand::Resume { .. } | RunsCommand::Cancel { .. } => Need::Run,
    };
    let services = Services::open(&config, need).await?;
    let done = match &runs.command {
        RunsCommand::List { limit, format } => list(&services, *limit, *format).await,
        RunsCommand::Show { run, format, .. } => show(&services, &config, global, *run, *format).await,
        RunsCommand::Pause { run } => tell(&services, *run, Signal::Pause).await,
        RunsCommand::Resume { run } => tell(&services, *run, Signal::Go).await,
        RunsCommand::Cancel { run } => tell(&services, *run, Signal::Cancel).await,
    };
    services.close().await;
    done
}

async fn list(services: &Services, limit: u32, format: ListFormat) -> Result<Exit> {
    let runs = services.store.runs(limit.into()).await?;
    let text = match format {
        ListFormat::Json => serde_json::to_string_pretty(&runs)? + "\n",
        ListFormat::Text if runs.is_empty() => "no runs yet; try: earshot scan example.com\n".to_owned(),
        ListFormat::Text => format!("{}\n", table(&runs)),
    };
    terminal::print(&text)?;
    Ok(Exit::Done)
}

/// Tells a run what to do; whoever coordinates does it within a second.
async fn tell(services: &Services, id: RunId, signal: Signal) -> Result<Exit> {
    let (bus, run) = (services.bus(), known::run(&services.store, id).await?);
    if !run.state.is_open() {
        bail!("run {id} has ended: it is {}", run.state.as_str());
    }
    let earlier = bus.signal(id).await?;
    let said = match signal {
        _ if earlier == Signal::Cancel => bail!("run {id} was cancelled, which is final"),
        Signal::Pause => {
            bus.pause(id).await?;
            "is paused; `earshot runs resume` lets it go on"
        }
        Signal::Go => {
            bus.unpause(id).await?;
            "goes on"
        }
        Signal::Cancel => {
            bus.cancel(id).await?;
            "is ended; what was recorded stays"
        }
    };
    eprintln!("run {id} {said}");
    if bus.lease_holder(coordinator::LEASE).await?.is_none() {
        eprintln!("nobody coordinates at the moment: it takes effect when somebody does");
    }
    Ok(Exit::Done)
}

fn table(runs: &[Run]) -> Table {
    let mut table = terminal::table(false);
    table.set_header(["RUN", "STARTED (UTC)", "STATE", "TARGETS", "PORTFOLIO", "NIGHT", "LABEL"]);
    for run in runs {
        table.add_row([
            run.id.to_string(),
            run.started_at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
            run.state.as_str().to_owned(),
            run.seeds.to_string(),
            run.portfolio.clone().unwrap_or_default(),
            run.night.map_or_else(String::new, |night| night.to_string()),
            run.label.clone(),
        ]);
    }
    table
}

async fn show(
    services: &Services,
    config: &Config,
    global: &Global,
    run: Option<RunId>,
    format: Format,
) -> Result<Exit> {
    let id = match run {
        Some(id) => known::run(&services.store, id).await?.id,
        None => match services.store.runs(1).await?.first() {
            Some(run) => run.id,
            None => {
                eprintln!("error: no runs yet; try: earshot scan example.com");
                return Ok(Exit::NothingToDo);
            }
        },
    };
    let report = Report::read(&services.store, id, services.data.root(), &[], &config.assessment()?).await?;
    terminal::print(&report::render(&report, format, terminal::coloured(global.color))?)?;
    Ok(Exit::Done)
}
