//! The engine, and what the system says of it.

use std::{env, fs, path::Path, thread};

use earshot_corpus::scale::Machine;
use earshot_local::{Engine, EngineCommand, EngineOptions, Part, parts};
use earshot_store::{Store, StoreConfig};
use tempfile::TempDir;

use crate::Failed;

/// The argument by which this program is told to be the engine.
pub const ENGINE: &str = "be-the-engine";

/// An engine on a folder of its own, which goes with it.
pub struct Host {
    pub engine: Engine,
    dir: TempDir,
}

impl Host {
    pub async fn start() -> Result<Self, Failed> {
        let library = parts::find(Part::Clickhouse, None)?.path;
        // Beside the build, which has room: /tmp may lie in memory.
        let dir = tempfile::tempdir_in(target())?;
        let command = EngineCommand { exe: env::current_exe()?, args: vec![ENGINE.into()] };
        let options = EngineOptions { library, dir: dir.path().into(), port: None };
        Ok(Self { engine: Engine::start(&command, options).await?, dir })
    }

    /// A migrated store in a database of that name.
    pub async fn store(&self, database: &str) -> Result<Store, Failed> {
        let store = Store::connect(self.config(database));
        store.migrate().await?;
        Ok(store)
    }

    pub fn config(&self, database: &str) -> StoreConfig {
        StoreConfig {
            url: self.engine.url(),
            database: database.to_owned(),
            user: Engine::USER.to_owned(),
            password: self.engine.password().to_owned(),
        }
    }

    /// Ends the engine. The folder goes when what is returned is dropped: on ext4, new files are slow for half a minute after thousands
    /// were deleted, so that whoever measures something afterwards keeps it until then.
    pub async fn stop(self) -> TempDir {
        self.engine.stop().await;
        self.dir
    }

    pub fn dir(&self) -> &Path {
        self.dir.path()
    }
}

fn target() -> std::path::PathBuf {
    let beside = || env::current_exe().ok()?.parent().map(Path::to_owned);
    env::var_os("BENCH_FOLDER").map(Into::into).or_else(beside).unwrap_or_else(env::temp_dir)
}

/// The answer to a query, tab-separated.
pub async fn ask(store: &Store, query: &str) -> Result<String, Failed> {
    let mut answer = store.sql(query, "TSV")?;
    let mut text = Vec::new();
    while let Some(piece) = answer.next().await? {
        text.extend_from_slice(&piece);
    }
    Ok(String::from_utf8(text)?)
}

pub fn machine() -> Machine {
    let line = |file: &str, name: &str| {
        let text = fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(name)).map(str::to_owned);
        line.and_then(|line| line.split_whitespace().nth(1).and_then(|number| number.parse::<u64>().ok()))
    };
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    Machine {
        cores: thread::available_parallelism().map_or(1, usize::from),
        memory_mb: line("/proc/meminfo", "MemTotal:").unwrap_or(0) / 1024,
        load: load.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0.0),
        nice: stat_of("self").get(16).and_then(|number| number.parse().ok()).unwrap_or(0),
    }
}

/// CPU seconds that a process has used.
pub fn cpu_s(pid: u32) -> f64 {
    /// Ticks of a second in /proc, on every Linux that we run on.
    const TICKS: f64 = 100.0;
    let fields = stat_of(&pid.to_string());
    let ticks = |at: usize| fields.get(at).and_then(|number| number.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / TICKS
}

/// What the system says of a process, from its third field on: the second is its name, in parentheses, and may hold blanks.
fn stat_of(process: &str) -> Vec<String> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    text.rsplit(')').next().unwrap_or_default().split_whitespace().map(str::to_owned).collect()
}
