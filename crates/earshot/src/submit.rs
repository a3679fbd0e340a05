//! A new run, or the one to go on with.

use anyhow::{Result, bail};
use earshot_model::{Profile, Run, RunId, RunKind, RunState, Target};
use earshot_store::Store;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::config::Config;

/// What a new run is to be.
pub struct Wanted {
    /// What people call it.
    pub label: String,
    /// What it is for.
    pub kind: RunKind,
    /// Visits of each page under each profile.
    pub repetitions: u32,
}

/// Starts a run over `targets`. They are in the store before the run itself is, so that whoever sees the run
/// sees all of it.
///
/// # Errors
/// If the store cannot take it.
pub async fn start(store: &Store, targets: &[Target], wanted: Wanted, config: &Config) -> Result<Run> {
    let run = Run {
        id: RunId::new(),
        started_at: Timestamp::now(),
        label: wanted.label,
        digest: digest(targets, config)?,
        seeds: targets.len() as u64,
        pages_per_site: config.pages,
        profiles: config.profiles()?,
        repetitions: wanted.repetitions,
        egress: config.egress()?.exit(),
        kind: wanted.kind,
        state: RunState::Running,
    };
    store.put_targets(run.id, targets).await?;
    store.put_run(&run).await?;
    Ok(run)
}

/// The last run over the same targets with the same options that is not complete.
///
/// # Errors
/// If there is none, or the store cannot be asked.
pub async fn resume(store: &Store, targets: &[Target], config: &Config) -> Result<Run> {
    match store.find_unfinished(&digest(targets, config)?).await? {
        Some(run) => Ok(run),
        None => bail!(
            "nothing to resume: no unfinished run of these targets with {} page(s) each and the same \
             --profiles, --proxy, --dns, --allow-private and --no-typing; leave --resume out",
            config.pages
        ),
    }
}

/// What `--resume` recognises the same command by: the targets, in any order, the pages of each, how they are visited, from where the web is
/// seen, and whether anything is typed. Half a run from one country and half from another would be no evidence of
/// anything.
fn digest(targets: &[Target], config: &Config) -> Result<String> {
    let proxy = config.proxy()?.map(|url| format!("{}:{:?}", url.host_str().unwrap_or_default(), url.port()));
    let typing = config.typing.enabled.then_some(config.typing.fields);
    let from = format!("{} {proxy:?} {:?} {} {typing:?}", config.pages, config.dns()?, config.allow_private);
    let from = match &*config.profiles()? {
        // Runs from before there were others are recognised as well.
        [Profile::Untouched] => from,
        profiles => format!("{from} {profiles:?}"),
    };
    let mut targets: Vec<String> =
        targets.iter().map(|target| format!("{} {}", target.start, target.only_this_page)).collect();
    targets.sort_unstable();
    let text = format!("{from}\n{}", targets.join("\n"));
    Ok(Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use earshot_model::Portfolio;

    use super::*;
    use crate::config::{Overrides, TypingOverrides};

    fn of(lines: &str) -> Portfolio {
        let mut portfolio = Portfolio::default();
        portfolio.add_lines("-", lines);
        portfolio
    }

    #[test]
    fn the_same_targets_in_another_order_are_the_same_command() {
        let config = |flags: Overrides| Config::load(None, &flags).unwrap();
        let usual = config(Overrides::default());
        let digest = |lines: &str, config: &Config| digest(&of(lines).targets, config).unwrap();
        assert_eq!(digest("a.test\nb.test", &usual), digest("b.test\n# x\na.test", &usual));
        assert_ne!(digest("a.test", &usual), digest("a.test/x", &usual));
        for flags in [
            Overrides { pages: Some(4), ..Overrides::default() },
            Overrides { profiles: Some("untouched,gpc".into()), ..Overrides::default() },
            Overrides { proxy: Some("http://exit:3128".into()), ..Overrides::default() },
            Overrides { allow_private: Some(true), ..Overrides::default() },
            Overrides { typing: Some(TypingOverrides { enabled: Some(false) }), ..Overrides::default() },
        ] {
            assert_ne!(digest("a.test", &usual), digest("a.test", &config(flags)));
        }
    }
}
