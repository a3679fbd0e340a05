//! `earshot schedule`: crawls that start by themselves.

use anyhow::Result;
use earshot_report::plain;
use earshot_store::ScheduleRow;
use jiff::Timestamp;
use serde::Serialize;

use crate::{
    cli::{Global, ListFormat, Schedule as Options, ScheduleCommand},
    config::Config,
    exit::Exit,
    schedule::Schedule,
    services::{Need, Services},
    terminal,
};

/// Times of each schedule that are told.
const NEXT: usize = 5;
/// Decisions about each schedule that are told.
const LAST: u64 = 10;

/// What is told of a schedule.
#[derive(Serialize)]
struct Told {
    name: String,
    portfolio: String,
    cron: String,
    timezone: String,
    grace_s: u64,
    region: Option<String>,
    /// When it is due next, UTC.
    next: Vec<Timestamp>,
    /// Newest first.
    last: Vec<Outcome>,
    #[serde(skip)]
    next_local: Vec<String>,
    #[serde(skip)]
    last_local: Vec<String>,
}

#[derive(Serialize)]
struct Outcome {
    due: Timestamp,
    outcome: String,
    run: String,
    detail: String,
}

pub(super) async fn run(global: &Global, options: &Options) -> Result<Exit> {
    let config = Config::load(global.config.as_deref(), &global.overrides(None))?;
    let schedules = config.schedules()?;
    if schedules.is_empty() {
        eprintln!("no schedule is configured; [[schedule]] in default.toml shows how");
    }
    let (log, format) = match &options.command {
        ScheduleCommand::Check { format } => (Vec::new(), *format),
        ScheduleCommand::List { format } => {
            let services = Services::open(&config, Need::Store).await?;
            let log = services.store.schedule_log(LAST).await;
            services.close().await;
            (log?, *format)
        }
    };
    let now = Timestamp::now();
    let told: Vec<_> = schedules.iter().map(|schedule| Told::of(schedule, &log, now)).collect();
    terminal::print(&match format {
        ListFormat::Json => serde_json::to_string_pretty(&told)? + "\n",
        ListFormat::Text => told.iter().map(Told::text).collect(),
    })?;
    Ok(Exit::Done)
}

impl Told {
    fn of(schedule: &Schedule, log: &[ScheduleRow], now: Timestamp) -> Self {
        let next: Vec<_> = schedule.next(now).take(NEXT).collect();
        let last: Vec<_> = log.iter().filter(|row| row.schedule == schedule.name).map(Outcome::of).collect();
        Self {
            name: schedule.name.clone(),
            portfolio: schedule.selection.portfolio.clone(),
            cron: schedule.cron.clone(),
            timezone: schedule.timezone.clone(),
            grace_s: schedule.grace.as_secs(),
            region: schedule.region.as_ref().map(ToString::to_string),
            next_local: next.iter().map(|time| schedule.local(*time)).collect(),
            last_local: last.iter().map(|outcome| schedule.local(outcome.due)).collect(),
            next,
            last,
        }
    }

    fn text(&self) -> String {
        let mut text = format!("{}: {} of portfolio {}\n", plain(&self.name), self.cron, self.portfolio);
        for time in &self.next_local {
            text.push_str(&format!("  next  {time}\n"));
        }
        for (outcome, time) in self.last.iter().zip(&self.last_local) {
            let Outcome { outcome, run, detail, .. } = outcome;
            text.push_str(format!("  last  {time}  {outcome}  {run}  {}", plain(detail)).trim_end());
            text.push('\n');
        }
        text
    }
}

impl Outcome {
    fn of(row: &ScheduleRow) -> Self {
        Self {
            due: Timestamp::from_second(row.due.into()).unwrap_or_default(),
            outcome: row.outcome.clone(),
            run: row.run_id.clone(),
            detail: row.detail.clone(),
        }
    }
}
