//! Services elsewhere that do not answer yet: a fleet's hosts start in any order.

use std::time::Duration;

use anyhow::Result;
use earshot_bus::BusError;
use earshot_store::StoreError;
use tokio::time::{Instant, sleep};
use tracing::{info, warn};

use crate::explain::explain;

/// The first pause between two tries; each next one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause: a service that is back is met again within this time.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Calls `attempt` until it succeeds, fails for good, or `patience` is over. Each failure is said.
///
/// # Errors
/// Of the last attempt.
pub(super) async fn until_there<T>(
    service: &'static str,
    patience: Duration,
    attempt: impl AsyncFn() -> Result<T>,
) -> Result<T> {
    let (began, mut pause) = (Instant::now(), FIRST_PAUSE);
    loop {
        let error = match attempt().await {
            Ok(there) => {
                if pause > FIRST_PAUSE {
                    info!(service, waited_s = began.elapsed().as_secs(), "answers now");
                }
                return Ok(there);
            }
            Err(error) => error,
        };
        if !may_pass(&error) || began.elapsed() + pause > patience {
            return Err(error);
        }
        let waited_s = began.elapsed().as_secs();
        warn!(service, waited_s, patience_s = patience.as_secs(), error = explain(&error), "not ready yet; waiting");
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Whether the service may just not be up yet. A cluster that has no leader yet refuses to set up streams.
fn may_pass(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<StoreError>().is_some_and(StoreError::is_retryable)
            || cause
                .downcast_ref::<BusError>()
                .is_some_and(|error| error.retry_helps() || matches!(error, BusError::Topology { .. }))
    })
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use anyhow::{anyhow, bail};

    use super::*;

    fn away() -> anyhow::Error {
        let source = "no responders".into();
        anyhow::Error::from(BusError::Pull { stream: "pages", source }).context("services elsewhere")
    }

    #[tokio::test(start_paused = true)]
    async fn what_may_pass_is_waited_for_and_what_cannot_is_not() {
        let tries = Cell::new(0);
        let third = async || {
            tries.set(tries.get() + 1);
            if tries.get() < 3 { Err(away()) } else { Ok(tries.get()) }
        };
        assert_eq!(until_there("NATS", Duration::from_secs(60), third).await.unwrap(), 3);
        let began = Instant::now();
        let never = async || -> Result<()> { Err(away()) };
        assert!(until_there("NATS", Duration::from_secs(60), never).await.is_err());
        assert!((30..=60).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
        let hopeless = async || -> Result<()> { bail!(anyhow!("no such user")) };
        assert!(until_there("NATS", Duration::MAX, hopeless).await.is_err());
    }
}
