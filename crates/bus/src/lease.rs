//! Leases: one holder at a time of what only one may do, however many try.

use std::time::Duration;

use async_nats::jetstream::kv::{CreateErrorKind, Store, UpdateErrorKind};
use bytes::Bytes;
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep, sleep_until, timeout_at},
};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{
    Bus, BusError,
    topology::{LEASE_LASTS, LEASE_RENEWALS, LEASES},
};

/// Something that only we do, until [`Lease::lost`]. Dropped, it ends by itself after [`LEASE_LASTS`]; released, at once.
///
/// Whoever does not hear of the loss in time (a process that was stopped and goes on) does a little more of what another
/// does already: what leases are used for must bear that.
#[derive(Debug)]
pub struct Lease {
    bucket: Store,
    name: String,
    lost: CancellationToken,
    renewing: JoinHandle<u64>,
    /// Nobody renews what nobody holds.
    dropped: DropGuard,
}

impl Bus {
    /// Takes the lease called `name`, if nobody has it. `holder` says who we are, for people who look.
    ///
    /// `by_force` takes it from whoever has it: for who knows that nobody else lives.
    ///
    /// # Errors
    /// [`BusError::Bucket`].
    pub async fn lease(&self, name: &str, holder: &str, by_force: bool) -> Result<Option<Lease>, BusError> {
        let bucket = self.context().get_key_value(LEASES).await.map_err(BusError::bucket(LEASES))?;
        let value = Bytes::from(holder.to_owned());
        let taken_at = Instant::now();
        let revision = match by_force {
            true => bucket.put(name, value.clone()).await.map_err(BusError::bucket(LEASES))?,
            false => match bucket.create(name, value.clone()).await {
                Ok(revision) => revision,
                Err(error) if error.kind() == CreateErrorKind::AlreadyExists => return Ok(None),
                Err(error) => return Err(BusError::bucket(LEASES)(error)),
            },
        };
        let lost = CancellationToken::new();
        let renewing = tokio::spawn(renew(bucket.clone(), name.to_owned(), value, revision, taken_at, lost.clone()));
        let dropped = lost.clone().drop_guard();
        Ok(Some(Lease { bucket, name: name.to_owned(), lost, renewing, dropped }))
    }

    /// Who has the lease called `name`.
    ///
    /// # Errors
    /// [`BusError::Bucket`].
    pub async fn lease_holder(&self, name: &str) -> Result<Option<String>, BusError> {
        let bucket = self.context().get_key_value(LEASES).await.map_err(BusError::bucket(LEASES))?;
        let value = bucket.get(name).await.map_err(BusError::bucket(LEASES))?;
        Ok(value.map(|value| String::from_utf8_lossy(&value).into_owned()))
    }
}

impl Lease {
    /// Cancelled when it is ours no more, or when we cannot tell: before anybody else can have it.
    #[must_use]
    pub fn lost(&self) -> &CancellationToken {
        &self.lost
    }

    /// Gives it back, so that another need not wait. If the broker is away it ends by itself.
    pub async fn release(self) {
        let Self { bucket, name, lost, renewing, dropped } = self;
        let held = !lost.is_cancelled();
        drop(dropped);
        let Ok(revision) = renewing.await else { return };
        if held && let Err(error) = bucket.delete_expect_revision(&name, Some(revision)).await {
            tracing::debug!(lease = name, %error, "a lease was not given back; it ends by itself");
        }
    }
}

/// Renews it until that fails, and gives the last revision.
async fn renew(
    bucket: Store,
    name: String,
    value: Bytes,
    mut revision: u64,
    taken_at: Instant,
    lost: CancellationToken,
) -> u64 {
    let every = LEASE_LASTS / LEASE_RENEWALS;
    // One renewal's time is left for the clocks to differ in.
    let mut ours_until = taken_at + LEASE_LASTS - every;
    let mut pause = every;
    while lost.run_until_cancelled(sleep(pause)).await.is_some() {
        let asked_at = Instant::now();
        match timeout_at(ours_until, bucket.update(&name, value.clone(), revision)).await {
            Ok(Ok(renewed)) => {
                (revision, ours_until, pause) = (renewed, asked_at + LEASE_LASTS - every, every);
            }
            Ok(Err(error)) if error.kind() == UpdateErrorKind::WrongLastRevision => {
                tracing::warn!(lease = name, "somebody else has the lease");
                lost.cancel();
            }
            Ok(Err(error)) if asked_at < ours_until => {
                tracing::debug!(lease = name, %error, "a lease was not renewed; trying again");
                pause = AGAIN_AFTER;
            }
            Ok(Err(_)) | Err(_) => {
                sleep_until(ours_until).await;
                tracing::warn!(lease = name, "the lease could not be renewed");
                lost.cancel();
            }
        }
    }
    revision
}

/// Between tries of one renewal.
const AGAIN_AFTER: Duration = Duration::from_millis(250);
