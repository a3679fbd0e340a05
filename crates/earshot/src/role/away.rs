//! What a role does while the bus is away: it waits, and nothing that this costs counts against the work.

use std::time::Duration;

use anyhow::Result;
use earshot_bus::{BusError, Delivery};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::warn;

/// Between two tries to open a queue.
const OPEN_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// What `open` opens, tried until the bus answers; `None` if it does not and `shutdown` comes.
///
/// # Errors
/// What does not pass.
pub(super) async fn opened<T, F>(
    role: &'static str,
    shutdown: &CancellationToken,
    open: impl Fn() -> F,
) -> Result<Option<T>>
where
    F: Future<Output = Result<T, BusError>>,
{
    loop {
        // Not broken off: it has a limit of its own, and who is to end at once may still have a last word to say.
        match open().await {
            Ok(opened) => return Ok(Some(opened)),
            Err(error) if error.retry_helps() => warn!(role, %error, "the bus does not answer; trying again"),
            Err(error) => return Err(anyhow::Error::from(error).context(role)),
        }
        if shutdown.run_until_cancelled(sleep(OPEN_AGAIN_AFTER)).await.is_none() {
            return Ok(None);
        }
    }
}

/// Gives back work that was not done because of `error`, for a later try. One that failed because the bus was away does not
/// count: a cluster that elects leaders for some seconds would use up all tries of a page.
pub(super) async fn give_back<T>(
    delivery: Delivery<T>,
    error: &anyhow::Error,
    later: Duration,
) -> Result<(), BusError> {
    if error.chain().any(|cause| cause.downcast_ref::<BusError>().is_some_and(BusError::retry_helps)) {
        sleep(later).await;
        return delivery.defer().await;
    }
    delivery.retry(later).await
}
