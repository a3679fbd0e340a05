//! A store some hours after the night.

use std::time::Duration;

use earshot_store::Store;

use crate::{Failed, host::ask};

/// How often it is asked whether it is still merging: it tells nobody when it has done.
const LOOK: Duration = Duration::from_millis(500);

/// Has what is to be merged by then merged, and waits until nothing is being merged.
pub async fn settle(store: &Store) -> Result<(), Failed> {
    for table in ["site_nights", "vendor_sites", "visits", "findings"] {
        ask(store, &format!("OPTIMIZE TABLE {table}")).await?;
    }
    while ask(store, "SELECT count() FROM system.merges").await?.trim() != "0" {
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}
