//! Shows on stderr how far a run is, until it has ended.

use std::{
    io::IsTerminal as _,
    time::{Duration, Instant},
};

use crate::{explain::explain, role::all::Running, services::Services};
use anyhow::{Result, bail};
use earshot_model::{Run, RunState};
use earshot_store::{Progress, Store};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio_util::sync::CancellationToken;
use tracing::warn;

/// How often the store is asked whether the run goes on.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How often it is asked how far the run is, which is dearer, for the bar on a terminal.
const BAR_EVERY: Duration = Duration::from_secs(1);
/// And for the line that is written where stderr is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);
/// How long the store may fail to answer: it is started anew in the meantime, or it is gone.
const STORE_AWAY: Duration = Duration::from_secs(120);

/// How the watching ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The run has ended by itself.
    Run(RunState),
    /// Somebody pressed Ctrl-C.
    Interrupted,
}

/// Watches a run that `roles` of this process work at, if they do, until it has ended; then stops them.
///
/// # Errors
/// If a role or a service that this process runs fails, or as [`run`].
pub async fn to_the_end(
    services: &Services,
    roles: Option<Running>,
    run: &Run,
    quiet: bool,
    interrupt: &CancellationToken,
) -> Result<Ended> {
    let watching = self::run(&services.store, run, quiet, interrupt);
    let ended = match &roles {
        None => watching.await,
        Some(roles) => tokio::select! {
            ended = watching => ended,
            failed = roles.failed() => Err(failed),
            failed = services.failed() => Err(failed),
        },
    };
    if let Some(roles) = roles {
        roles.stop().await;
    }
    ended
}

/// Watches until the run has ended or `interrupt` is cancelled.
///
/// # Errors
/// If the store does not answer for two minutes.
pub async fn run(store: &Store, run: &Run, quiet: bool, interrupt: &CancellationToken) -> Result<Ended> {
    let mut display = Display::new(run, quiet);
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut answered = Instant::now();
    while interrupt.run_until_cancelled(ticks.tick()).await.is_some() {
        match look(store, run, display.is_due()).await {
            Ok((state, progress)) => {
                answered = Instant::now();
                progress.iter().for_each(|progress| display.show(progress));
                if !state.is_open() {
                    display.finish();
                    return Ok(Ended::Run(state));
                }
            }
            Err(error) if answered.elapsed() > STORE_AWAY => {
                bail!("the store has not answered for {} s: {}", STORE_AWAY.as_secs(), explain(&error))
            }
            Err(error) => warn!(error = explain(&error), "the store does not answer; asking again"),
        }
    }
    display.finish();
    Ok(Ended::Interrupted)
}

async fn look(store: &Store, run: &Run, progress: bool) -> Result<(RunState, Option<Progress>)> {
    // The state first: what was complete then has all its pages in the progress that is read now.
    let state = store.run(run.id).await?.map_or(RunState::Running, |run| run.state);
    Ok((state, if progress { Some(store.progress(run.id).await?) } else { None }))
}

struct Display {
    began: Instant,
    began_with: Option<u64>,
    bar: Option<ProgressBar>,
    shown: Option<Instant>,
    last_line: String,
    quiet: bool,
}

impl Display {
    fn new(run: &Run, quiet: bool) -> Self {
        let terminal = std::io::stderr().is_terminal() && !quiet;
        let bar = terminal.then(|| {
            let bar = ProgressBar::with_draw_target(Some(run.seeds), ProgressDrawTarget::stderr_with_hz(5));
            let style = ProgressStyle::with_template("{spinner} {wide_bar} {msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar
        });
        Self { began: Instant::now(), began_with: None, bar, shown: None, last_line: String::new(), quiet }
    }

    fn is_due(&self) -> bool {
        let every = if self.bar.is_some() { BAR_EVERY } else { LINE_EVERY };
        !self.quiet && self.shown.is_none_or(|at| at.elapsed() >= every)
    }

    fn show(&mut self, progress: &Progress) {
        self.shown = Some(Instant::now());
        let before = *self.began_with.get_or_insert(progress.recorded);
        let text = describe(progress, progress.recorded - before.min(progress.recorded), self.began.elapsed());
        if let Some(bar) = &self.bar {
            bar.set_length(progress.planned.max(progress.recorded).max(1));
            bar.set_position(progress.recorded);
            bar.set_message(text);
        } else if text != self.last_line {
            eprintln!("{text}");
            self.last_line = text;
        }
    }

    fn finish(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// `since` pages were recorded in `elapsed`.
fn describe(progress: &Progress, since: u64, elapsed: Duration) -> String {
    let minutes = elapsed.as_secs_f64() / 60.0;
    #[allow(clippy::cast_precision_loss)] // page counts are far below 2^52
    let rate = if minutes > 0.05 { since as f64 / minutes } else { 0.0 };
    let mut text = format!(
        "sites {}/{} · pages {}/{} · {rate:.0} pages/min · trackers {}",
        progress.crawled, progress.seeds, progress.recorded, progress.planned, progress.trackers
    );
    if let Some(eta) = eta(progress, rate) {
        text.push_str(&format!(" · about {eta} left"));
    }
    text
}

/// Pages that are still to be found are expected to be as many for each site as so far.
#[allow(clippy::cast_precision_loss)]
fn eta(progress: &Progress, rate: f64) -> Option<String> {
    if rate <= 0.0 || progress.crawled == 0 {
        return None;
    }
    let expected = progress.planned as f64 / progress.crawled as f64 * progress.seeds as f64;
    let minutes = (expected - progress.recorded as f64).max(0.0) / rate;
    Some(if minutes < 1.0 { format!("{:.0} s", minutes * 60.0) } else { format!("{minutes:.0} min") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_progress_tells_sites_pages_rate_and_rest() {
        let progress =
            Progress { seeds: 10, crawled: 5, planned: 15, recorded: 10, trackers: 4, ..Progress::default() };
        let text = describe(&progress, 10, Duration::from_secs(60));
        assert_eq!(text, "sites 5/10 · pages 10/15 · 10 pages/min · trackers 4 · about 2 min left");
    }

    #[test]
    fn nothing_is_promised_before_anything_is_known() {
        assert_eq!(eta(&Progress::default(), 0.0), None);
    }
}
