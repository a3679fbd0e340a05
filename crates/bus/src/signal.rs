//! What a run is told to do while it runs.

use async_nats::jetstream::kv::{Entry, Operation, Store, Watch};
use earshot_model::RunId;
use futures::StreamExt;

use crate::{Bus, BusError, topology::RUNS};

/// What a run is told to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Signal {
    /// Go on: nobody said otherwise.
    #[default]
    Go,
    /// Take no new work of this run for now.
    Pause,
    /// Drop the run's work. Final.
    Cancel,
}

impl Signal {
    fn as_str(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::Pause => "pause",
            Self::Cancel => "cancel",
        }
    }

    /// A word that this version does not know does not stop a run.
    fn of(value: &[u8]) -> Self {
        [Self::Pause, Self::Cancel].into_iter().find(|signal| signal.as_str().as_bytes() == value).unwrap_or_default()
    }
}

/// Signals of all runs, as they are given.
pub struct SignalWatch {
    entries: Watch,
}

impl SignalWatch {
    /// The next signal; first the present ones of all runs, then each as it is given. `None` if the watch ended.
    ///
    /// # Errors
    /// [`BusError::Bucket`].
    pub async fn next(&mut self) -> Result<Option<(RunId, Signal)>, BusError> {
        while let Some(entry) = self.entries.next().await {
            let entry = entry.map_err(BusError::bucket(RUNS))?;
            if let Ok(run) = entry.key.parse() {
                return Ok(Some((run, signal_of(&entry))));
            }
        }
        Ok(None)
    }
}

impl Bus {
    /// Ends a run early, for good.
    ///
    /// # Errors
    /// [`BusError::Bucket`].
    pub async fn cancel(&self, run: RunId) -> Result<(), BusError> {
        let bucket = self.runs().await?;
        bucket.put(run.to_string(), Signal::Cancel.as_str().into()).await.map_err(self.bucket_error(RUNS))?;
        Ok(())
    }

    /// Holds a run back until [`Bus::unpause`]; a cancelled run stays cancelled.
    ///
    /// # Errors
    /// [`BusError::Bucket`].
    pub async fn pause(&self, run: RunId) -> Result<(), BusError> {
        self.unless_cancelled(run, Signal::Pause).await
    }

    /// Lets a paused run go on; a cancelled run stays cancelled.
    ///
    /// # Errors
    /// [`BusError::Bucket`].
    pub async fn unpause(&self, run: RunId) -> Result<(), BusError> {
        self.unless_cancelled(run, Signal::Go).await
    }

    /// What the run is told to do.
    ///
    /// # Errors
    /// [`BusError::Bucket`].
    pub async fn signal(&self, run: RunId) -> Result<Signal, BusError> {
        Ok(self.told(run).await?.0)
    }

    /// What the run is told to do, and a number that grows each time it is told something: who looks only now and then
    /// knows by it that it was paused in between.
    ///
    /// # Errors
    /// [`BusError::Bucket`].
    pub async fn told(&self, run: RunId) -> Result<(Signal, u64), BusError> {
        let entry = self.runs().await?.entry(run.to_string()).await.map_err(self.bucket_error(RUNS))?;
        Ok(entry.map(|entry| (signal_of(&entry), entry.revision)).unwrap_or_default())
    }

    /// Whether the run was ended early.
    ///
    /// # Errors
    /// [`BusError::Bucket`].
    pub async fn is_cancelled(&self, run: RunId) -> Result<bool, BusError> {
        Ok(self.signal(run).await? == Signal::Cancel)
    }

    /// Follows the signals of all runs.
    ///
    /// # Errors
    /// [`BusError::Bucket`].
    pub async fn watch_signals(&self) -> Result<SignalWatch, BusError> {
        // With history: else what was said before this call would never be heard.
        let entries = self.runs().await?.watch_with_history(">").await.map_err(self.bucket_error(RUNS))?;
        Ok(SignalWatch { entries })
    }

    /// Sets a signal on the revision that was looked at, so that a cancellation in between wins.
    async fn unless_cancelled(&self, run: RunId, signal: Signal) -> Result<(), BusError> {
        let bucket = self.runs().await?;
        let entry = bucket.entry(run.to_string()).await.map_err(self.bucket_error(RUNS))?;
        if entry.as_ref().map(signal_of) == Some(Signal::Cancel) {
            return Ok(());
        }
        let revision = entry.map_or(0, |entry| entry.revision);
        let value = signal.as_str().into();
        bucket.update(run.to_string(), value, revision).await.map_err(self.bucket_error(RUNS))?;
        Ok(())
    }

    async fn runs(&self) -> Result<Store, BusError> {
        self.context().get_key_value(RUNS).await.map_err(self.bucket_error(RUNS))
    }
}

fn signal_of(entry: &Entry) -> Signal {
    match entry.operation {
        Operation::Put => Signal::of(&entry.value),
        Operation::Delete | Operation::Purge => Signal::Go,
    }
}
