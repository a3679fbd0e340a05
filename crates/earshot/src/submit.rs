//! A new run, or the one to go on with.

pub mod crawl;
pub mod verify;

use anyhow::{Result, bail};
use data_encoding::HEXLOWER;
use earshot_model::{Profile, Region, Run, RunId, RunKind, RunState, Target};
use earshot_report::words;
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
    /// Through which region's exit.
    pub region: Option<Region>,
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
        digest: digest(targets, wanted.region.as_ref(), config)?,
        seeds: targets.len() as u64,
        pages_per_site: config.pages,
        profiles: config.profiles()?,
        repetitions: wanted.repetitions,
        egress: config.egress_of(wanted.region.as_ref())?.exit(),
        region: wanted.region,
        portfolio: None,
        night: None,
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
pub async fn resume(store: &Store, targets: &[Target], region: Option<&Region>, config: &Config) -> Result<Run> {
    match store.find_unfinished(&digest(targets, region, config)?).await? {
        Some(run) => Ok(run),
        None => bail!(
            "nothing to resume: no unfinished run of these targets with {} each and the same \
             --profiles, --region, --proxy, --dns, --allow-private and --no-typing; leave --resume out",
            words::count(config.pages, "page")
        ),
    }
}

/// What `--resume` recognises the same command by: the targets, in any order, the pages of each, how they are visited, from where the web is
/// seen, and whether anything is typed. Half a run from one country and half from another would be no evidence of
/// anything.
fn digest(targets: &[Target], region: Option<&Region>, config: &Config) -> Result<String> {
    let from = options(region, config)?;
    let mut targets: Vec<String> =
        targets.iter().map(|target| format!("{} {}", target.start, target.only_this_page)).collect();
    targets.sort_unstable();
    let text = format!("{from}\n{}", targets.join("\n"));
    Ok(HEXLOWER.encode(&Sha256::digest(text.as_bytes())))
}

/// How the web is seen, in words that differ wherever that does.
pub(crate) fn options(region: Option<&Region>, config: &Config) -> Result<String> {
    let egress = config.egress_of(region)?;
    let proxy = egress.upstream.map(|url| format!("{}:{:?}", url.host_str().unwrap_or_default(), url.port()));
    let typing = config.typing.enabled.then_some(config.typing.fields);
    let mut text = format!("{} {proxy:?} {:?} {} {typing:?}", config.pages, egress.dns, egress.allow_private);
    // Runs from before there were others are recognised as well.
    match &*config.profiles()? {
        [Profile::Untouched] => {}
        profiles => text.push_str(&format!(" {profiles:?}")),
    }
    if let Some(region) = region {
        text.push_str(&format!(" region {region}"));
    }
    Ok(text)
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
        let digest = |lines: &str, config: &Config| digest(&of(lines).targets, None, config).unwrap();
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
