//! A store with a made-up web in it, and its answers.

use std::path::PathBuf;

use earshot_grafana::{Asks, Chosen, Query, Scope, expand};
use earshot_local::{Engine, EngineCommand, EngineOptions, Part, parts};
use earshot_store::{Store, StoreConfig};
use serde_json::Value;

const WEB: &str = include_str!("web.sql");

/// The end of the last night.
const TO: &str = "2026-11-28T23:59:59Z";
const DAY_S: i64 = 86_400;

/// A migrated store on an engine of its own.
pub struct Web {
    store: Store,
    pub engine: Engine,
    _dir: tempfile::TempDir,
}

/// What a query gave: name and type of each column, and the rows.
#[derive(Debug)]
pub struct Frame {
    pub columns: Vec<(String, String)>,
    pub rows: Vec<Vec<Value>>,
}

impl Web {
    pub async fn new() -> Self {
        let library = parts::find(Part::Clickhouse, None).unwrap_or_else(|error| panic!("{error}")).path;
        let dir = tempfile::tempdir().unwrap();
        let command = EngineCommand { exe: engine_exe(), args: Vec::new() };
        let engine =
            Engine::start(&command, EngineOptions { library, dir: dir.path().into(), port: None }).await.unwrap();
        let store = Store::connect(StoreConfig {
            url: engine.url(),
            database: StoreConfig::DATABASE.to_owned(),
            user: Engine::USER.to_owned(),
            password: engine.password().to_owned(),
        });
        store.migrate().await.unwrap();
        let it = Self { store, engine, _dir: dir };
        for statement in WEB.split(";\n") {
            it.ask(statement).await.unwrap_or_else(|error| panic!("{error}\n{statement}"));
        }
        for run in it.store.unrolled().await.unwrap() {
            it.store.roll_up(run).await.unwrap();
        }
        it
    }

    async fn ask(&self, sql: &str) -> Result<Vec<u8>, String> {
        let mut answer = self.store.sql(sql, "JSONCompact").map_err(|error| error.to_string())?;
        let mut text = Vec::new();
        while let Some(piece) = answer.next().await.map_err(|error| format!("{error:?}"))? {
            text.extend_from_slice(&piece);
        }
        Ok(text)
    }

    /// What Grafana would get for the query.
    pub async fn frame(&self, query: &Query, scope: &Scope) -> Result<Frame, String> {
        let sql = expand(&query.sql, scope).map_err(|error| error.to_string())?;
        let answer: Value = serde_json::from_slice(&self.ask(&sql).await?).map_err(|error| error.to_string())?;
        let word = |value: &Value| value.as_str().unwrap().to_owned();
        let columns = answer["meta"].as_array().unwrap().iter().map(|it| (word(&it["name"]), word(&it["type"])));
        let rows = answer["data"].as_array().unwrap().iter().map(|row| row.as_array().unwrap().clone());
        Ok(Frame { columns: columns.collect(), rows: rows.collect() })
    }
}

/// What somebody sees who has opened a dashboard and chosen `sector`, if any.
pub fn scope(query: &Query, sector: Option<&str>) -> Scope {
    let to = TO.parse::<jiff::Timestamp>().unwrap().as_second();
    let reaches_back = match query.asks {
        Asks::Alert(seconds) => i64::try_from(seconds).unwrap(),
        _ if query.board == "fleet" => DAY_S,
        _ => 30 * DAY_S,
    };
    let one = |value: &str| Chosen::Some(vec![value.to_owned()]);
    let variables = [
        ("portfolio", one("trees")),
        ("region", one("(usual)")),
        ("night", one("2026-11-28")),
        ("vendor", one("microsoft-clarity")),
        ("site", one("birch-news.test")),
        ("sector", sector.map_or(Chosen::All(vec!["health".to_owned(), "media".to_owned()]), one)),
        ("category", Chosen::All(vec!["analytics".to_owned()])),
    ];
    let variables = variables.map(|(name, chosen)| (name.to_owned(), chosen)).into_iter().collect();
    // As Grafana chooses it for a panel half a screen wide.
    Scope { from: to - reaches_back, to, interval_s: if reaches_back > DAY_S { 3600 } else { 120 }, variables }
}

/// The example of this crate; cargo builds it along with the tests, beside their folder.
fn engine_exe() -> PathBuf {
    let this = std::env::current_exe().unwrap();
    let exe = this.ancestors().nth(2).unwrap().join("examples/grafana-engine");
    assert!(exe.is_file(), "{} is not there; build it with `cargo build --examples`", exe.display());
    exe
}
