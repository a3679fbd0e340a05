//! Rows a second by `Store::put_visits`, against the same rows encoded beforehand and sent to the same engine in the same batches.

use std::time::Instant;

use clickhouse::Client;
use earshot_corpus::{Corpus, scale::Insert};
use earshot_store::{Judged, Store};

use crate::{
    Failed,
    host::{Host, ask},
};

/// As the recorder does.
const BATCH: usize = 64;
/// Visits of a round.
const VISITS: usize = 1_536;
/// Rounds, after one that warms up.
const ROUNDS: usize = 7;

/// The columns that are written, in the order in which the raw rows have them: what the store fills in by itself is left to it.
const TABLES: [&str; 4] = ["events", "gaps", "findings", "visits"];

/// One insert of encoded rows.
struct Raw {
    sql: String,
    rows: Vec<u8>,
}

pub async fn measure() -> Result<Insert, Failed> {
    let host = Host::start().await?;
    let store = host.store("rows").await?;
    let visits = visits()?;
    let client = client(&host);
    let raw = encoded(&store, &client, &visits).await?;
    let rows = count(&store).await?;
    let mut rounds = Vec::new();
    for round in 0..=ROUNDS {
        let ours = ours(&store, &visits).await?;
        let theirs = theirs(&store, &client, &raw).await?;
        if round > 0 {
            rounds.push((rows as f64 / ours, rows as f64 / theirs));
        }
    }
    host.stop().await;
    Ok(Insert { rows, batch: BATCH, rounds })
}

fn visits() -> Result<Vec<Judged>, Failed> {
    let corpus = Corpus { sites: VISITS, nights: 1, copy: VISITS, ..Corpus::default() };
    let mut visits = corpus.judged(0)?;
    visits.truncate(VISITS);
    Ok(visits)
}

fn client(host: &Host) -> Client {
    let config = host.config("rows");
    Client::default()
        .with_url(config.url)
        .with_database(config.database)
        .with_user(config.user)
        .with_password(config.password)
        .with_compression(clickhouse::Compression::None)
}

/// Lets the store write each batch once, and reads back what stands there then.
async fn encoded(store: &Store, client: &Client, visits: &[Judged]) -> Result<Vec<Raw>, Failed> {
    let mut all = Vec::new();
    for batch in visits.chunks(BATCH) {
        empty(store).await?;
        store.put_visits(batch).await?;
        for table in TABLES {
            let columns = columns(store, table).await?;
            let query = format!("SELECT {columns} FROM {table}");
            let rows = client.query_raw(&query).fetch_bytes("RowBinary")?.collect().await?.to_vec();
            if !rows.is_empty() {
                all.push(Raw { sql: format!("INSERT INTO {table} ({columns}) FORMAT RowBinary"), rows });
            }
        }
    }
    empty(store).await?;
    for batch in visits.chunks(BATCH) {
        store.put_visits(batch).await?;
    }
    Ok(all)
}

async fn columns(store: &Store, table: &str) -> Result<String, Failed> {
    let query = format!(
        "SELECT arrayStringConcat(groupArray(name), ', ') FROM (SELECT name FROM system.columns \
         WHERE database = currentDatabase() AND table = '{table}' AND name != 'recorded_at' AND default_kind NOT IN ('MATERIALIZED', 'ALIAS') ORDER BY position)"
    );
    Ok(ask(store, &query).await?.trim().to_owned())
}

async fn count(store: &Store) -> Result<u64, Failed> {
    let sums: Vec<String> = TABLES.iter().map(|table| format!("(SELECT count() FROM {table})")).collect();
    Ok(ask(store, &format!("SELECT {}", sums.join(" + "))).await?.trim().parse()?)
}

async fn empty(store: &Store) -> Result<(), Failed> {
    for table in TABLES {
        ask(store, &format!("TRUNCATE TABLE {table}")).await?;
    }
    Ok(())
}

async fn ours(store: &Store, visits: &[Judged]) -> Result<f64, Failed> {
    empty(store).await?;
    let began = Instant::now();
    for batch in visits.chunks(BATCH) {
        store.put_visits(batch).await?;
    }
    Ok(began.elapsed().as_secs_f64())
}

async fn theirs(store: &Store, client: &Client, raw: &[Raw]) -> Result<f64, Failed> {
    empty(store).await?;
    let began = Instant::now();
    for one in raw {
        let mut insert = client.insert_formatted_with(one.sql.clone());
        insert.send(bytes::Bytes::copy_from_slice(&one.rows)).await?;
        insert.end().await?;
    }
    Ok(began.elapsed().as_secs_f64())
}
