//! What changed between a run and the one before it. Working that out reads both runs whole, so it is done once, and goes on when
//! nobody waits for it any more.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::http::StatusCode;
use earshot_detect::changes::{Change, Summary};
use earshot_model::{Run, RunId, RunKind, RunState};
use earshot_report::{ReportError, changes::Comparison};
use earshot_store::Store;
use tokio::{sync::OnceCell, time::timeout};

use crate::{problem::Problem, server::Shared};

/// What changed.
pub(crate) struct Compared {
    pub comparison: Comparison,
    pub summary: Summary,
    /// By site, most pressing first; the first so many.
    pub changes: Vec<Change>,
    /// How many more there are.
    pub left_out: u64,
}

/// What was worked out, or is being worked out.
#[derive(Default)]
pub(crate) struct Comparisons(Mutex<HashMap<(RunId, RunId), Cell>>);

type Cell = Arc<OnceCell<Result<Arc<Compared>, String>>>;

/// Changes that are kept of two runs; the summary counts all.
const MOST: usize = 500;
/// Comparisons that are kept: some hundred KB each.
const KEPT: usize = 16;
/// How long somebody waits; two nights of 10,000 sites may take longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// What changed since the scan before `run` of the same targets and options.
///
/// # Errors
/// 404 if there is none; 409 while the run goes on; 503 while it is still being worked out.
pub(crate) async fn before(web: &Shared, run: Run) -> Result<Arc<Compared>, Problem> {
    if run.kind != RunKind::Scan || run.state != RunState::Complete {
        let detail = "only a scan that is complete is compared with the one before it";
        return Err(Problem::new(StatusCode::CONFLICT, detail));
    }
    let earlier = web.store.previous(&run).await.map_err(|error| Problem::unavailable("the store", &error))?;
    let nothing = || Problem::new(StatusCode::NOT_FOUND, "there is no earlier scan of the same targets and options");
    let earlier = earlier.ok_or_else(nothing)?;
    let pair = (earlier.id, run.id);
    let cell = web.comparisons.cell(pair);
    let (store, working) = (web.store.clone(), cell.clone());
    let work = tokio::spawn(async move {
        working.get_or_init(async || compare(&store, earlier, run).await.map(Arc::new)).await;
    });
    if timeout(PATIENCE, work).await.is_err() {
        let wait = Some(PATIENCE.as_secs());
        let detail = "what changed is still being worked out; ask again in a moment";
        return Err(Problem { retry_after: wait, ..Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail) });
    }
    match cell.get() {
        Some(Ok(compared)) => Ok(compared.clone()),
        // Whoever asks next tries again.
        other => {
            web.comparisons.forget(pair);
            let why = other.and_then(|failed| failed.as_ref().err()).map_or("it broke off", String::as_str);
            Err(Problem::unavailable("the comparison", &why))
        }
    }
}

async fn compare(store: &Store, earlier: Run, later: Run) -> Result<Compared, String> {
    let comparison = Comparison::of(earlier, later).map_err(|error| format!("{error:#}"))?;
    let (mut changes, mut left_out) = (Vec::new(), 0);
    let summary = comparison
        .each_site(store, None, |of_site: Vec<Change>| {
            let room = MOST.saturating_sub(changes.len()).min(of_site.len());
            left_out += (of_site.len() - room) as u64;
            changes.extend(of_site.into_iter().take(room));
            Ok::<(), ReportError>(())
        })
        .await;
    let summary = summary.map_err(|error: ReportError| error.to_string())?;
    Ok(Compared { comparison, summary, changes, left_out })
}

impl Comparisons {
    fn cell(&self, pair: (RunId, RunId)) -> Cell {
        let mut cells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cells.len() >= KEPT && !cells.contains_key(&pair) {
            cells.clear();
        }
        cells.entry(pair).or_default().clone()
    }

    fn forget(&self, pair: (RunId, RunId)) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&pair);
    }
}
