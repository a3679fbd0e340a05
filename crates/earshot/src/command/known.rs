//! A run that somebody names.

use anyhow::Result;
use earshot_model::{Run, RunId};
use earshot_report::ReportError;
use earshot_store::Store;

/// The run of that id.
///
/// # Errors
/// If there is none, or the store cannot be asked.
pub(super) async fn run(store: &Store, id: RunId) -> Result<Run> {
    Ok(store.run(id).await?.ok_or(ReportError::NoRun(id))?)
}
