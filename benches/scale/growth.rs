//! The store at one size: filled, rolled up, asked.

use std::time::Duration;

use earshot_corpus::{
    Corpus,
    scale::{Size, Table},
};
use earshot_store::Store;

use crate::{
    Failed,
    host::{Host, ask},
    memory, questions,
    settle::settle,
};

/// Nights that each size is spread over.
const NIGHTS: u32 = 14;
/// Events that a site leaves in a night, about: four visits of some 250, of nine sites in ten.
const EVENTS_A_SITE: u64 = 915;

/// A store of its own with about so many events: what one size leaves in caches is nothing to the next.
pub async fn measure(events: u64) -> Result<Size, Failed> {
    let host = Host::start().await?;
    let store = host.store("grown").await?;
    let size = grow(&host, &store, events).await?;
    host.stop().await;
    Ok(size)
}

async fn grow(host: &Host, store: &Store, events: u64) -> Result<Size, Failed> {
    let sites = usize::try_from(events.div_ceil(u64::from(NIGHTS) * EVENTS_A_SITE))?;
    let corpus = Corpus { sites, nights: NIGHTS, copy: 100, ..Corpus::default() };
    let filled = corpus.fill(store).await?;
    let mut rolled: Vec<f64> = filled.rolled.iter().map(Duration::as_secs_f64).collect();
    rolled.sort_by(f64::total_cmp);
    let before = memory::held_mb(host.engine.pid());
    memory::forget_peak(host.engine.pid());
    store.roll_up(corpus.run(NIGHTS - 1, sites as u64).id).await?;
    let peak = memory::peak_mb(host.engine.pid());
    settle(store).await?;
    let tables = tables(store).await?;
    let rows = |name: &str| tables.iter().find(|table| table.table == name).map_or(0, |table| table.rows);
    Ok(Size {
        about: events,
        events: rows("events"),
        visits: rows("visits"),
        sites: filled.sites as u64,
        nights: NIGHTS,
        roll_up_s: (rolled[rolled.len() / 2], rolled[rolled.len() - 1]),
        roll_up_mb: (peak, before),
        questions: questions::measure(store).await?,
        tables,
    })
}

async fn tables(store: &Store) -> Result<Vec<Table>, Failed> {
    let query = "SELECT table, sum(rows), sum(bytes_on_disk) FROM system.parts \
                 WHERE active AND database = currentDatabase() GROUP BY table ORDER BY 3 DESC";
    let text = ask(store, query).await?;
    let table = |line: &str| {
        let mut cells = line.split('\t');
        Some(Table {
            table: cells.next()?.to_owned(),
            rows: cells.next()?.parse().ok()?,
            bytes: cells.next()?.parse().ok()?,
        })
    };
    Ok(text.lines().filter_map(table).collect())
}
