//! The scheduler, a part of the coordinator's role: starts crawls when they are due, and writes down what it decided.
//!
//! What was decided is in the store, so that a restart, or another coordinator, goes on from there. A crawl that is started
//! twice is the same run.

use std::{collections::HashMap, time::Duration};

use anyhow::{Context as _, Result};
use earshot_store::{ScheduleRow, Store};
use jiff::Timestamp;
use tokio::sync::Mutex;
use tracing::{info, warn};

use crate::{
    config::Config,
    explain::explain,
    schedule::{Decision, Schedule, decide},
    submit::crawl::{self, Order},
};

/// What the scheduler works with.
pub struct Scheduler {
    store: Store,
    config: Config,
    schedules: Vec<Schedule>,
    /// When each has to be looked at next: between those moments nobody asks the store.
    next: Mutex<HashMap<String, Timestamp>>,
}

impl Scheduler {
    /// For the schedules of `config`; `None` if it has none.
    ///
    /// # Errors
    /// A schedule that is none.
    pub fn new(store: &Store, config: &Config) -> Result<Option<Self>> {
        let schedules = config.schedules()?;
        let (store, config) = (store.clone(), config.clone());
        Ok((!schedules.is_empty()).then(|| Self { store, config, schedules, next: Mutex::default() }))
    }

    /// Does what is due at `now`. To be called again and again by whoever coordinates. A store that is away is asked again
    /// at the next call.
    pub async fn tick(&self, now: Timestamp) {
        for schedule in &self.schedules {
            if let Err(error) = self.look(schedule, now).await {
                warn!(schedule = schedule.name, error = explain(&error), "scheduler: will look again");
            }
        }
    }

    async fn look(&self, schedule: &Schedule, now: Timestamp) -> Result<()> {
        let mut next = self.next.lock().await;
        if next.get(&schedule.name).is_some_and(|next| now < *next) {
            return Ok(());
        }
        // Another coordinator may have decided in the meantime.
        let decided = self.store.schedule_log(1).await?.into_iter().find(|row| row.schedule == schedule.name);
        let since = match decided.filter(|row| row.expression == schedule.expression()) {
            Some(row) => Timestamp::from_second(row.due.into())?,
            None => {
                self.note(schedule, now, "added", "", String::new()).await?;
                now
            }
        };
        self.catch_up(schedule, since, now).await?;
        let after = schedule.after(now).with_context(|| format!("{}: no time comes any more", schedule.cron))?;
        next.insert(schedule.name.clone(), after);
        Ok(())
    }

    async fn catch_up(&self, schedule: &Schedule, since: Timestamp, now: Timestamp) -> Result<()> {
        let due = schedule.due(since, now);
        let Some(&last) = due.times.last() else { return Ok(()) };
        let (order, config) = (schedule.order(last), schedule.config(&self.config));
        let (id, digest) = crawl::identity(&order, &config)?;
        let going = self.store.going(&schedule.name, &digest, id).await?.map(|run| run.id);
        let mut untold = due.untold;
        for decision in decide(&due, now, schedule.grace, going) {
            match decision {
                Decision::Start { due, late } => self.start(schedule, &order, &config, due, late).await?,
                Decision::Overlap { due, going } => {
                    let detail = "the crawl before it still goes on".to_owned();
                    self.note(schedule, due, "overlap", &going.to_string(), detail).await?;
                }
                Decision::Missed { due } => {
                    let before = std::mem::take(&mut untold);
                    let more = if before > 0 { format!(", nor {before} times before that") } else { String::new() };
                    let detail = format!("no coordinator was there in time{more}");
                    self.note(schedule, due, "missed", "", detail).await?;
                }
            }
        }
        Ok(())
    }

    /// What is wrong with the order fails once; a store that is away lets the caller try again.
    async fn start(
        &self,
        schedule: &Schedule,
        order: &Order,
        config: &Config,
        due: Timestamp,
        late: Duration,
    ) -> Result<()> {
        let Some(started) = crawl::start(&self.store, order, config).await? else {
            let detail = format!("portfolio '{}' has no such targets", schedule.selection.portfolio);
            return self.note(schedule, due, "failed", "", detail).await;
        };
        let detail = match (started.fresh, late.as_secs()) {
            (false, _) => "it had been started before".to_owned(),
            (true, 0) => String::new(),
            (true, seconds) => format!("{} min late", seconds / 60),
        };
        self.note(schedule, due, "started", &started.run.id.to_string(), detail).await
    }

    async fn note(&self, schedule: &Schedule, due: Timestamp, outcome: &str, run: &str, detail: String) -> Result<()> {
        let (name, portfolio) = (&schedule.name, &schedule.selection.portfolio);
        match outcome {
            "started" | "added" => info!(schedule = name, portfolio, %due, run.id = run, outcome, detail, "schedule"),
            _ => warn!(schedule = name, portfolio, %due, run.id = run, outcome, detail, "schedule"),
        }
        let row = ScheduleRow {
            schedule: name.clone(),
            due: u32::try_from(due.as_second()).context("a time that no table holds")?,
            expression: schedule.expression(),
            portfolio: portfolio.clone(),
            outcome: outcome.to_owned(),
            run_id: run.to_owned(),
            detail,
        };
        self.store.put_schedule_log(vec![row]).await?;
        Ok(())
    }
}
