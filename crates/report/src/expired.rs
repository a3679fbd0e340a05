//! Runs of which rows have left the store by their age: what is gone must not read as "nothing was found".

use anyhow::{Result, bail};
use earshot_model::RunId;
use earshot_store::Store;

/// Refuses a run whose findings, visits or crawls are gone in whole or in part; gives back of how many visits the events are.
///
/// # Errors
/// Says what is gone, and where the run's numbers still are.
pub async fn refuse(store: &Store, run: RunId) -> Result<u64> {
    let expired = store.expired(run).await?;
    if expired.hides_findings() {
        bail!(
            "run {run} is older than rows are kept ([store] keep_visits, keep_findings): {} target(s) and the findings of {} \
             visit(s) are gone, so what is left says nothing; what it came to is in the views counted_sites and counted_vendors",
            expired.targets,
            expired.findings
        );
    }
    Ok(expired.events)
}
