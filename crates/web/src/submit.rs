//! How work is started: what only the program knows that has the configuration.

use async_trait::async_trait;
use earshot_model::Run;

use crate::Scan;

/// Starts runs; whoever coordinates works on them.
#[async_trait]
pub trait Submit: Send + Sync {
    /// Starts a scan.
    ///
    /// # Errors
    /// Why none was started, for the log.
    async fn scan(&self, scan: Scan) -> Result<Run, String>;
}
