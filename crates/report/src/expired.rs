//! Runs of which rows have left the store by their age: what is gone must not read as "nothing was found".

use earshot_model::RunId;
use earshot_store::Store;

use crate::ReportError;

/// Refuses a run whose findings, visits or crawls are gone in whole or in part; gives back of how many visits the events are.
///
/// # Errors
/// [`ReportError::Expired`], [`ReportError::Store`].
pub async fn refuse(store: &Store, run: RunId) -> Result<u64, ReportError> {
    refuse_of(store, run, "").await
}

/// The same for one site of the run.
///
/// # Errors
/// As [`refuse`].
pub async fn refuse_of(store: &Store, run: RunId, site: &str) -> Result<u64, ReportError> {
    let expired = store.expired_of(run, site).await?;
    if expired.hides_findings() {
        return Err(ReportError::Expired { run, targets: expired.targets, findings: expired.findings });
    }
    Ok(expired.events)
}
