//! Watches what a browser worker holds in memory, its browsers included, and shuts its gate while that is too much.

use std::time::Duration;

use anyhow::{Result, bail};
use earshot_browser::{Browser, own_memory};
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};
use tracing::{info, warn};

/// How often it is looked at. What browsers hold is known to a second.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long the worker itself may be above its limit with no browser left: what it holds for visits under way is given
/// back by then.
const ALONE: Duration = Duration::from_secs(60);

/// Watches for ever; `open` is the worker's gate. Above `limit` bytes its browsers are let go as well, so that the memory
/// comes back when their visits are over.
///
/// # Errors
/// If the worker stays above its limit with no browser left: only a fresh one helps.
pub(super) async fn watch(browser: &Browser, limit: u64, open: &watch::Sender<bool>) -> Result<()> {
    let mut alone_since = None;
    loop {
        sleep(LOOK_EVERY).await;
        let (own, browsers) = (own_memory(), browser.memory());
        let fits = own + browsers <= limit;
        if !fits {
            browser.retire().await;
        }
        if open.send_if_modified(|open| std::mem::replace(open, fits) != fits) {
            match fits {
                true => info!(memory.bytes = own + browsers, "there is memory again: taking pages"),
                false => warn!(memory.bytes = own + browsers, limit, "too much memory is held: taking no pages"),
            }
        }
        alone_since = (!fits && browsers == 0).then(|| alone_since.unwrap_or_else(Instant::now));
        if alone_since.is_some_and(|since: Instant| since.elapsed() > ALONE) {
            bail!("this worker alone holds {own} bytes, and browser.worker_memory is {limit}");
        }
    }
}
