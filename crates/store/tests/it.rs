//! The store on the real engine.

#[path = "it/compare.rs"]
mod compare;
#[path = "it/conduct.rs"]
mod conduct;
#[path = "it/consent.rs"]
mod consent;
#[path = "it/keystrokes.rs"]
mod keystrokes;
#[path = "it/make.rs"]
mod make;
#[path = "it/reports.rs"]
mod reports;
#[path = "it/rollups.rs"]
mod rollups;
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
use earshot_store::{Store, StoreConfig};

/// A migrated store on an engine of its own.
struct Fixture {
    store: Store,
    engine: Engine,
    _dir: tempfile::TempDir,
}

impl Fixture {
    async fn new() -> Self {
        let library = parts::find(Part::Clickhouse, None).unwrap_or_else(|error| panic!("{error}")).path;
        let dir = tempfile::tempdir().unwrap();
        let command = EngineCommand { exe: engine_exe(), args: Vec::new() };
        let options = EngineOptions { library, dir: dir.path().into(), port: None };
        let engine = Engine::start(&command, options).await.unwrap();
        let store = store_on(&engine, StoreConfig::DATABASE);
        store.migrate().await.unwrap();
        Self { store, engine, _dir: dir }
    }

    /// The answer to a query, as text.
    async fn ask(&self, query: &str) -> String {
        let mut answer = self.store.sql(query, "TSV").unwrap();
        let mut text = Vec::new();
        while let Some(piece) = answer.next().await.unwrap() {
            text.extend_from_slice(&piece);
        }
        String::from_utf8(text).unwrap()
    }
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
