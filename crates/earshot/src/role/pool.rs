//! Takes work one piece at a time, and does at most so many pieces at once.

use std::{future::Future, sync::Arc, time::Duration};

use earshot_bus::{BusError, Delivery, Queue};
use earshot_model::wire::Wire;
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::warn;

use super::gate::Gate;

/// Pause after the bus failed to give work: it may be away for a while, and it comes back by itself.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// Runs `work` on what `queue` gives until `shutdown`, as many at a time as there are `permits`; returns when the last is done.
/// While `gate` is closed, only what people wait for is taken.
pub(super) async fn drain<T, W, F>(
    mut queue: Queue<T>,
    permits: Arc<Semaphore>,
    gate: Gate,
    shutdown: &CancellationToken,
    work: W,
) where
    T: Wire,
    W: Fn(Delivery<T>) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    let tasks = TaskTracker::new();
    while let Some(delivery) = shutdown.run_until_cancelled(take(&mut queue, &permits, &gate)).await {
        match delivery {
            Ok(Some((delivery, permit))) => {
                let piece = work(delivery);
                tasks.spawn(async move {
                    piece.await;
                    drop(permit);
                });
            }
            Ok(None) => {}
            Err(error) => {
                warn!(%error, "no work from the bus; trying again");
                let _ = shutdown.run_until_cancelled(tokio::time::sleep(AFTER_FAILURE)).await;
            }
        }
    }
    tasks.close();
    tasks.wait().await;
}

type Taken<T> = Option<(Delivery<T>, tokio::sync::OwnedSemaphorePermit)>;

/// A permit first, so that nothing is taken that has to wait.
async fn take<T: Wire>(queue: &mut Queue<T>, permits: &Arc<Semaphore>, gate: &Gate) -> Result<Taken<T>, BusError> {
    let Ok(permit) = permits.clone().acquire_owned().await else { return Ok(None) };
    gate.pass().await;
    let taken = if gate.is_open().await { queue.next().await? } else { queue.next_urgent().await? };
    Ok(taken.map(|delivery| (delivery, permit)))
}
