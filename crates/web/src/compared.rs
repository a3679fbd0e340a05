//! What changed between a run and the one before it. Working that out reads both runs whole, so it is done once, and goes on when
//! nobody waits for it any more.

use std::{sync::Arc, time::Duration};

use axum::http::StatusCode;
use earshot_detect::changes::{Change, Summary};
use earshot_model::{Run, RunId, RunKind, RunState};
use earshot_report::{ReportError, changes::Comparison};
use earshot_store::Store;
use moka::future::Cache;
use tokio::time::timeout;

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

/// What was worked out last, by the two runs.
#[derive(Clone)]
pub(crate) struct Comparisons(Cache<(RunId, RunId), Arc<Compared>>);

/// Changes that are kept of two runs; the summary counts all.
const MOST: usize = 500;
/// Comparisons that are kept: some hundred KB each.
const KEPT: u64 = 16;
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
    let (store, Comparisons(kept)) = (web.store.clone(), web.comparisons.clone());
    let work = tokio::spawn(async move {
        let pair = (earlier.id, run.id);
        kept.try_get_with(pair, async { compare(&store, earlier, run).await.map(Arc::new) }).await
    });
    match timeout(PATIENCE, work).await {
        Ok(Ok(Ok(compared))) => Ok(compared),
        // Whoever asks next tries again.
        Ok(Ok(Err(error))) => Err(Problem::unavailable("the comparison", &error)),
        Ok(Err(broken)) => Err(Problem::unavailable("the comparison", &broken)),
        Err(_) => {
            let wait = Some(PATIENCE.as_secs());
            let detail = "what changed is still being worked out; ask again in a moment";
            Err(Problem { retry_after: wait, ..Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail) })
        }
    }
}

async fn compare(store: &Store, earlier: Run, later: Run) -> Result<Compared, ReportError> {
    let comparison = Comparison::of(earlier, later)?;
    let (mut changes, mut left_out) = (Vec::new(), 0);
    let tell = |of_site: Vec<Change>| {
        let room = MOST.saturating_sub(changes.len()).min(of_site.len());
        left_out += (of_site.len() - room) as u64;
        changes.extend(of_site.into_iter().take(room));
        Ok::<(), ReportError>(())
    };
    let summary = comparison.each_site(store, None, tell).await?;
    Ok(Compared { comparison, summary, changes, left_out })
}

impl Default for Comparisons {
    fn default() -> Self {
        Self(Cache::new(KEPT))
    }
}
