//! A new run, or the one to go on with.

use anyhow::{Result, bail};
use earshot_model::{Portfolio, Profile, Run, RunId, RunState};
use earshot_store::Store;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

/// Starts a run over `portfolio`. Its targets are in the store before the run itself is, so that whoever sees the run
/// sees all of it.
///
/// # Errors
/// If the store cannot take it.
pub async fn start(store: &Store, portfolio: &Portfolio, label: &str, pages: u32) -> Result<Run> {
    let run = Run {
        id: RunId::new(),
        started_at: Timestamp::now(),
        label: label.to_owned(),
        digest: digest(portfolio, pages),
        seeds: portfolio.targets.len() as u64,
        pages_per_site: pages,
        profiles: vec![Profile::Untouched],
        state: RunState::Running,
    };
    store.put_targets(run.id, &portfolio.targets).await?;
    store.put_run(&run).await?;
    Ok(run)
}

/// The last run over the same targets with the same options that is not complete.
///
/// # Errors
/// If there is none, or the store cannot be asked.
pub async fn resume(store: &Store, portfolio: &Portfolio, pages: u32) -> Result<Run> {
    match store.find_unfinished(&digest(portfolio, pages)).await? {
        Some(run) => Ok(run),
        None => bail!("nothing to resume: no unfinished run of these targets with {pages} pages; leave --resume out"),
    }
}

/// What `--resume` recognises the same command by: the targets, in any order, and the pages of each.
fn digest(portfolio: &Portfolio, pages: u32) -> String {
    let mut targets: Vec<String> =
        portfolio.targets.iter().map(|target| format!("{} {}", target.start, target.only_this_page)).collect();
    targets.sort_unstable();
    let text = format!("{pages}\n{}", targets.join("\n"));
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &str) -> Portfolio {
        let mut portfolio = Portfolio::default();
        portfolio.add_lines("-", lines);
        portfolio
    }

    #[test]
    fn the_same_targets_in_another_order_are_the_same_command() {
        assert_eq!(digest(&of("a.test\nb.test"), 3), digest(&of("b.test\n# x\na.test"), 3));
        assert_ne!(digest(&of("a.test\nb.test"), 3), digest(&of("a.test\nb.test"), 4));
        assert_ne!(digest(&of("a.test"), 3), digest(&of("a.test/x"), 3));
    }
}
