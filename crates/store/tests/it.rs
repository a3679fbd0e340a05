//! The store on the real engine.

#[path = "it/asked.rs"]
mod asked;
#[path = "it/cluster.rs"]
mod cluster;
#[path = "it/compare.rs"]
mod compare;
#[path = "it/conduct.rs"]
mod conduct;
#[path = "it/consent.rs"]
mod consent;
#[path = "it/keystrokes.rs"]
mod keystrokes;
#[path = "it/listing.rs"]
mod listing;
#[path = "it/make.rs"]
mod make;
#[path = "it/reports.rs"]
mod reports;
#[path = "it/retention.rs"]
mod retention;
#[path = "it/rollups.rs"]
mod rollups;
#[path = "it/schema.rs"]
mod schema;
#[path = "it/statistics.rs"]
mod statistics;
#[path = "it/tls.rs"]
mod tls;
#[path = "it/tokens.rs"]
mod tokens;
#[path = "it/twice.rs"]
mod twice;
#[path = "it/users.rs"]
mod users;

use std::path::PathBuf;

use earshot_local::{Engine, EngineCommand, EngineOptions, Part, parts};
use earshot_store::{Answer, Store, StoreConfig};

/// A migrated store on an engine of its own.
struct Fixture {
    store: Store,
    engine: Engine,
    _dir: tempfile::TempDir,
}

impl Fixture {
    async fn new() -> Self {
        Self::configured(None).await
    }

    /// On an engine with settings of its own.
    async fn configured(config: Option<&str>) -> Self {
        let library = parts::find(Part::Clickhouse, None).unwrap_or_else(|error| panic!("{error}")).path;
        let dir = tempfile::tempdir().unwrap();
        if let Some(config) = config {
            std::fs::create_dir_all(dir.path().join("data")).unwrap();
            std::fs::write(dir.path().join("data/config.xml"), config).unwrap();
        }
        let command = EngineCommand { exe: engine_exe(), args: Vec::new() };
        let options = EngineOptions { library, dir: dir.path().into(), port: None };
        let engine = Engine::start(&command, options).await.unwrap();
        let store = store_on(&engine, StoreConfig::DATABASE);
        store.migrate().await.unwrap();
        Self { store, engine, _dir: dir }
    }

    /// The answer to a query, as text.
    async fn ask(&self, query: &str) -> String {
        read(self.store.sql(query, "TSV").unwrap()).await
    }

    /// Another database on the same engine.
    fn store_in(&self, database: &str) -> Store {
        store_on(&self.engine, database)
    }
}

async fn read(mut answer: Answer) -> String {
    let mut text = Vec::new();
    while let Some(piece) = answer.next().await.unwrap() {
        text.extend_from_slice(&piece);
    }
    String::from_utf8(text).unwrap()
}

fn store_on(engine: &Engine, database: &str) -> Store {
    Store::connect(StoreConfig {
        url: engine.url(),
        database: database.to_owned(),
        user: Engine::USER.to_owned(),
        password: engine.password().to_owned(),
    })
}

/// The example of this crate; cargo builds it along with the tests, beside their folder.
fn engine_exe() -> PathBuf {
    let this = std::env::current_exe().unwrap();
    let exe = this.ancestors().nth(2).unwrap().join("examples/store-engine");
    assert!(exe.is_file(), "{} is not there; build it with `cargo build --examples`", exe.display());
    exe
}
