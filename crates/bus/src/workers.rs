//! Who works on this bus: each role of each process says so itself, and is forgotten when it no longer does.

use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Bus, BusError, abilities, topology::WORKERS};

/// How many entries are read at a time.
const READS_IN_FLIGHT: usize = 32;

/// One role of one process, as it announces itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worker {
    /// Names the process among all; the same for all roles of it.
    pub instance: Uuid,
    /// Its role: coordinator, crawler, browser, recorder.
    pub role: String,
    /// Name of the machine.
    pub host: String,
    /// Its process there.
    pub pid: u32,
    /// Version of Earshot.
    pub version: String,
    /// When it started.
    pub since: Timestamp,
    /// What it does right now, in pieces of work: pages open, sites being crawled, facts being recorded.
    pub busy: u64,
    /// How much of that it does at once at most; 0 where there is no limit.
    pub limit: u64,
    /// Pieces of work that it has done.
    pub done: u64,
    /// Of those that it tried, pieces that failed for reasons of ours.
    pub failed: u64,
    /// Memory of its process in bytes, without that of its children.
    pub rss: u64,
}

impl Bus {
    /// Says that a worker is there; it counts as gone when that was not said for [`crate::topology::WORKER_AWAY`].
    ///
    /// # Errors
    /// [`BusError::Bucket`].
    pub async fn announce(&self, worker: &Worker) -> Result<(), BusError> {
        let value = serde_json::to_vec(worker).map_err(BusError::bucket(WORKERS))?;
        self.workers_bucket().await?.put(key(worker), value.into()).await.map_err(BusError::bucket(WORKERS))?;
        Ok(())
    }

    /// Says that a worker leaves.
    ///
    /// # Errors
    /// [`BusError::Bucket`]: it will be forgotten by itself.
    pub async fn withdraw_worker(&self, worker: &Worker) -> Result<(), BusError> {
        self.workers_bucket().await?.purge(key(worker)).await.map_err(BusError::bucket(WORKERS))
    }

    /// Who works on this bus, by role and host. What another version wrote that cannot be read is passed over.
    ///
    /// # Errors
    /// [`BusError::Bucket`].
    pub async fn workers(&self) -> Result<Vec<Worker>, BusError> {
        let bucket = self.workers_bucket().await?;
        let keys: Vec<String> = bucket
            .keys()
            .await
            .map_err(BusError::bucket(WORKERS))?
            .try_collect()
            .await
            .map_err(BusError::bucket(WORKERS))?;
        let workers = keys.into_iter().filter(|key| !key.starts_with(abilities::PREFIX));
        let reads: Vec<_> = workers.map(|key| bucket.get(key)).collect();
        let mut reads = stream::iter(reads).buffer_unordered(READS_IN_FLIGHT);
        let mut workers = Vec::new();
        while let Some(value) = reads.next().await {
            let value = value.map_err(BusError::bucket(WORKERS))?;
            workers.extend(value.and_then(|value| serde_json::from_slice::<Worker>(&value).ok()));
        }
        workers.sort_by(|a, b| (&a.role, &a.host, a.pid).cmp(&(&b.role, &b.host, b.pid)));
        Ok(workers)
    }

    pub(crate) async fn workers_bucket(&self) -> Result<async_nats::jetstream::kv::Store, BusError> {
        self.context().get_key_value(WORKERS).await.map_err(BusError::bucket(WORKERS))
    }
}

/// Keys take no names of hosts.
fn key(worker: &Worker) -> String {
    format!("{}.{}", worker.role, worker.instance)
}
