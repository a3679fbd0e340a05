//! What is held of one site, and its deletion.

use clickhouse::Row;
use earshot_model::{RunId, Site, VisitId};
use serde::Deserialize;
use uuid::Uuid;

use crate::{Store, StoreError, migrate::quoted, named};

/// How many rows of a table are about one site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The table.
    pub table: &'static str,
    /// Its rows, also those that count no more.
    pub rows: u64,
}

#[derive(Row, Deserialize)]
struct VisitRow {
    run_id: String,
    #[serde(with = "clickhouse::serde::uuid")]
    visit_id: Uuid,
}

/// The tables with rows about sites, in the order in which these are deleted. `visits` and `events` say where evidence lies, so they
/// come last: whoever is interrupted can do it again.
const TABLES: [(&str, &str); 8] = [
    ("targets", IN_ADDRESS),
    ("seeds", BY_NAME),
    ("findings", BY_NAME),
    ("gaps", BY_NAME),
    ("site_nights", BY_NAME),
    ("vendor_sites", BY_NAME),
    ("events", BY_NAME),
    ("visits", BY_NAME),
];
const MEMBERS: (&str, &str) = ("portfolios", BY_NAME);
const BY_NAME: &str = "site = {site:String}";
const IN_ADDRESS: &str = "domain(start) = {site:String} OR endsWith(domain(start), concat('.', {site:String}))";

impl Store {
    /// How many rows there are about a site, by table; those of portfolios only if they are asked for.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`], as for all that follow.
    pub async fn held_of(&self, site: &Site, portfolios: bool) -> Result<Vec<Held>, StoreError> {
        let mut held = Vec::new();
        for (table, condition) in tables(portfolios) {
            let count = self.query(&format!("SELECT count() FROM {} WHERE {condition}", quoted(table)));
            let rows = count.param("site", site.as_str()).fetch_one();
            held.push(Held { table, rows: rows.await.map_err(StoreError::during("count rows of a site"))? });
        }
        Ok(held)
    }

    /// Every visit of a site that something is recorded of.
    ///
    /// # Errors
    /// Also [`StoreError::Row`] for a row that names no visit.
    pub async fn every_visit_of(&self, site: &Site) -> Result<Vec<(RunId, VisitId)>, StoreError> {
        let query = self.query(named::VISITS_OF_SITE).param("site", site.as_str());
        let rows = self.rows::<VisitRow>("query visits_of_site", query)?.all().await?;
        let visit = |row: VisitRow| Ok((row.run_id.parse().map_err(StoreError::row("visits"))?, VisitId(row.visit_id)));
        rows.into_iter().map(visit).collect()
    }

    /// Runs that are not over and will visit a site, or are at it.
    ///
    /// # Errors
    /// Also [`StoreError::Row`] for a row that is no run.
    pub async fn open_runs_of(&self, site: &Site) -> Result<Vec<RunId>, StoreError> {
        let query = self.query(named::OPEN_RUNS_OF_SITE).param("site", site.as_str());
        let runs = query.fetch_all::<String>().await.map_err(StoreError::during("query open_runs_of_site"))?;
        runs.iter().map(|run| run.parse().map_err(StoreError::row("runs"))).collect()
    }

    /// Deletes every row about a site: when it returns, the files of the store have none of them any more. It rewrites whole parts
    /// of tables, which takes a while where there is much.
    ///
    /// # Errors
    /// Also for a user that may not change tables.
    pub async fn forget(&self, site: &Site, portfolios: bool) -> Result<(), StoreError> {
        for (table, condition) in tables(portfolios) {
            let (table, cluster) = (quoted(&self.stored(table)), self.on_cluster());
            // Not `DELETE FROM`, which only hides rows until their part is merged.
            let text = format!("ALTER TABLE {table}{cluster} DELETE WHERE {condition} SETTINGS mutations_sync = 2");
            let deleted = self.query(&text).param("site", site.as_str()).execute().await;
            deleted.map_err(StoreError::during("delete rows of a site"))?;
        }
        Ok(())
    }
}

fn tables(portfolios: bool) -> impl Iterator<Item = (&'static str, &'static str)> {
    portfolios.then_some(MEMBERS).into_iter().chain(TABLES)
}
