//! The crawl of a portfolio in one night: started twice, it is the same run.

use anyhow::Result;
use data_encoding::HEXLOWER;
use earshot_model::{Region, Run, RunId, RunKind, RunState};
use earshot_store::{Selection, Store};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use sha2::{Digest as _, Sha256};
use ulid::Ulid;

use super::options;
use crate::config::Config;

/// Which crawl.
#[derive(Clone, Debug)]
pub struct Order {
    /// Of which targets.
    pub selection: Selection,
    /// Of which night.
    pub night: Date,
    /// Which one of that night, from 0: a schedule may ask for several.
    pub turn: u32,
    /// Through which region's exit.
    pub region: Option<Region>,
}

/// A crawl that goes on.
#[derive(Clone, Debug)]
pub struct Started {
    /// The run.
    pub run: Run,
    /// Whether it was started by this call, and not before.
    pub fresh: bool,
}

/// Starts the crawl with the pages and profiles of `config`, or finds the one that was started before. `None` if the
/// portfolio has no such target. The targets are copied inside the store, before the run is written.
///
/// # Errors
/// A region that is not configured; if the store cannot take it.
pub async fn start(store: &Store, order: &Order, config: &Config) -> Result<Option<Started>> {
    let (id, digest) = identity(order, config)?;
    if let Some(run) = store.run(id).await? {
        return Ok(Some(Started { run, fresh: false }));
    }
    let seeds = store.copy_targets(id, &order.selection).await?;
    if seeds == 0 {
        return Ok(None);
    }
    let run = Run {
        id,
        started_at: Timestamp::now(),
        label: label(&order.selection),
        digest,
        seeds,
        pages_per_site: config.pages,
        profiles: config.profiles()?,
        repetitions: 1,
        egress: config.egress_of(order.region.as_ref())?.exit(),
        region: order.region.clone(),
        portfolio: Some(order.selection.portfolio.clone()),
        night: Some(order.night),
        kind: RunKind::Scan,
        state: RunState::Running,
    };
    store.put_run(&run).await?;
    Ok(Some(Started { run, fresh: true }))
}

/// The id of the run, and what the same crawl of other nights is recognised by. The id carries the night as its time, and
/// beyond that a hash over portfolio, night and options.
///
/// # Errors
/// A region that is not configured.
pub fn identity(order: &Order, config: &Config) -> Result<(RunId, String)> {
    let Selection { portfolio, tags } = &order.selection;
    let mut tags = tags.clone();
    tags.sort_unstable();
    let what = format!("portfolio {portfolio:?} {tags:?} {}", options(order.region.as_ref(), config)?);
    let hash = Sha256::digest(format!("{what} {} {}", order.night, order.turn));
    let random = hash.iter().take(10).fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    let begins = order.night.to_zoned(TimeZone::UTC)?.timestamp().as_millisecond();
    let id = RunId(Ulid::from_parts(u64::try_from(begins).unwrap_or(0), random));
    Ok((id, HEXLOWER.encode(&Sha256::digest(what))))
}

/// What people call it.
fn label(selection: &Selection) -> String {
    let tags: Vec<_> = selection.tags.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let only = if tags.is_empty() { String::new() } else { format!(" ({})", tags.join(", ")) };
    format!("{}{only}", selection.portfolio)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::config::Overrides;

    #[test]
    fn the_same_night_is_the_same_run_and_anything_else_another() {
        let load = |flags| Config::load(None, &flags).unwrap();
        let usual = load(Overrides::default());
        let selection = Selection { portfolio: "ours".into(), tags: vec![("sector".into(), "health".into())] };
        let order = Order { selection, night: date(2026, 11, 28), turn: 0, region: None };
        let (id, digest) = identity(&order, &usual).unwrap();
        assert_eq!(identity(&order, &usual).unwrap(), (id, digest.clone()));
        assert_eq!(id.0.timestamp_ms(), 1_795_824_000_000);
        let next = Order { night: date(2026, 11, 29), ..order.clone() };
        let (other, same) = identity(&next, &usual).unwrap();
        assert!(other > id && same == digest, "nights are compared with each other");
        assert_ne!(identity(&Order { turn: 1, ..order.clone() }, &usual).unwrap().0, id);
        let all = Selection { tags: Vec::new(), ..order.selection.clone() };
        for (order, config) in [
            (Order { selection: all, ..order.clone() }, usual),
            (order.clone(), load(Overrides { pages: Some(9), ..Overrides::default() })),
            (order, load(Overrides { profiles: Some("all".into()), ..Overrides::default() })),
        ] {
            let (other, differs) = identity(&order, &config).unwrap();
            assert!(other != id && differs != digest);
        }
    }
}
