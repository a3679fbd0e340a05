//! What dashboards and statistics ask.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use earshot_corpus::scale::Question;
use earshot_store::Store;

use crate::{Failed, host::ask};

/// How often each is asked, after once to warm up: with 20, the slowest but one is the 95th percentile.
const TIMES: usize = 20;
/// And for how long at most.
const PATIENCE: Duration = Duration::from_secs(8);

/// Asks everything, slowest first.
pub async fn measure(store: &Store) -> Result<Vec<Question>, Failed> {
    let mut measured = Vec::new();
    for (name, query) in all()? {
        measured.push(time(store, &name, &query).await?);
    }
    measured.sort_by(|one, other| other.p95_ms.total_cmp(&one.p95_ms));
    Ok(measured)
}

/// The queries of `benches/queries`.
fn all() -> Result<Vec<(String, String)>, Failed> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../benches/queries"));
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_, Failed>>()?;
    files.retain(|path| path.extension().is_some_and(|ending| ending == "sql"));
    files.sort();
    let name = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    files.iter().map(|path| Ok((name(path), fs::read_to_string(path)?))).collect()
}

async fn time(store: &Store, name: &str, query: &str) -> Result<Question, Failed> {
    ask(store, query).await.map_err(|error| format!("{name}: {error}"))?;
    let (mut times, all) = (Vec::new(), Instant::now());
    while times.len() < TIMES && (times.len() < 3 || all.elapsed() < PATIENCE) {
        let began = Instant::now();
        ask(store, query).await?;
        times.push(began.elapsed().as_secs_f64() * 1_000.0);
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() as f64 * share).ceil() as usize).clamp(1, times.len()) - 1];
    Ok(Question { name: name.to_owned(), asked: times.len(), p50_ms: at(0.5), p95_ms: at(0.95) })
}
