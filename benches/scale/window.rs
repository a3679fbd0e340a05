//! The middle of a work: how many visits were recorded in it, in what time, and what that cost.

use std::time::{Duration, Instant};

use earshot_store::Store;

use crate::{
    Failed,
    host::{ask, cpu_s},
};

/// What part of the visits is recorded before it begins: whoever takes part has started by then.
const BEGINS: f64 = 0.05;
/// And when it ends: who is left with the last ones waits for more.
const ENDS: f64 = 0.95;
/// How often the store is asked how far they are.
const LOOK: Duration = Duration::from_millis(200);
/// How long all of it may take.
const PATIENCE: Duration = Duration::from_secs(180);

/// The middle of a work.
pub struct Window {
    /// Visits recorded.
    pub visits: u64,
    /// In so many seconds.
    pub seconds: f64,
    /// CPU seconds of each process meanwhile.
    pub cpu_s: Vec<f64>,
}

/// Looks on until all of `visits` are recorded. `check` fails if somebody who takes part is gone.
pub async fn watch(
    store: &Store,
    visits: u64,
    processes: &[u32],
    mut check: impl FnMut() -> Result<(), Failed>,
) -> Result<Window, Failed> {
    let (start, part) = (Instant::now(), |share: f64| (visits as f64 * share) as u64);
    let cpu = || processes.iter().map(|process| cpu_s(*process)).collect::<Vec<f64>>();
    let (mut began, mut ended) = (None, None);
    loop {
        let (done, now) = (recorded(store).await?, Instant::now());
        if began.is_none() && done > part(BEGINS) {
            began = Some((done, now, cpu()));
        }
        if ended.is_none() && done >= part(ENDS) {
            ended = Some((done, now, cpu()));
        }
        if done >= visits {
            break;
        }
        check()?;
        if start.elapsed() > PATIENCE {
            return Err(format!("of {visits} visits only {done} are recorded").into());
        }
        tokio::time::sleep(LOOK).await;
    }
    let (Some((first, from, before)), Some((last, until, after))) = (began, ended) else {
        return Err("there was nothing to look at".into());
    };
    let cpu_s = before.iter().zip(&after).map(|(before, after)| after - before).collect();
    Ok(Window { visits: last - first, seconds: (until - from).as_secs_f64(), cpu_s })
}

async fn recorded(store: &Store) -> Result<u64, Failed> {
    Ok(ask(store, "SELECT uniqExact(visit_id) FROM visits").await?.trim().parse()?)
}
