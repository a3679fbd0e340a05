//! How browsers came, fared and went.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// Counts browsers, and tells how they fare. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Lives(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    launched: AtomicU64,
    died: AtomicU64,
    recycled: AtomicU64,
    /// In ns, of all pages so far.
    ran: AtomicU64,
    waited: AtomicU64,
    /// In ns.
    answered: AtomicU64,
}

/// How long the threads that pages run on had a processor, and how long they waited for one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// They ran.
    pub ran: Duration,
    /// They could have run.
    pub waited: Duration,
}

impl Pace {
    /// How many times longer pages took since then than they would have taken alone; `None` if they hardly ran.
    #[must_use]
    pub fn slowdown_since(self, before: Self) -> Option<f64> {
        const HARDLY: Duration = Duration::from_millis(50);
        let (ran, waited) = (self.ran.saturating_sub(before.ran), self.waited.saturating_sub(before.waited));
        (ran >= HARDLY).then(|| (ran + waited).as_secs_f64() / ran.as_secs_f64())
    }
}

impl Lives {
    /// Browsers that were started.
    #[must_use]
    pub fn launched(&self) -> u64 {
        self.0.launched.load(Ordering::Relaxed)
    }

    /// Browsers that died or hung before anybody let them go.
    #[must_use]
    pub fn died(&self) -> u64 {
        self.0.died.load(Ordering::Relaxed)
    }

    /// Browsers that were replaced because they had had their share.
    #[must_use]
    pub fn recycled(&self) -> u64 {
        self.0.recycled.load(Ordering::Relaxed)
    }

    /// How all pages so far fared.
    #[must_use]
    pub fn pace(&self) -> Pace {
        let of = |counter: &AtomicU64| Duration::from_nanos(counter.load(Ordering::Relaxed));
        Pace { ran: of(&self.0.ran), waited: of(&self.0.waited) }
    }

    /// How long a browser took to answer when it was last asked for a sign of life.
    #[must_use]
    pub fn answered_within(&self) -> Duration {
        Duration::from_nanos(self.0.answered.load(Ordering::Relaxed))
    }

    pub(crate) fn launch(&self) {
        self.0.launched.fetch_add(1, Ordering::Relaxed);
    }

    /// One is replaced, which may be dead.
    pub(crate) fn replace(&self, alive: bool) {
        let counter = if alive { &self.0.recycled } else { &self.0.died };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Pages have run and waited for so many ns more.
    pub(crate) fn fared(&self, ran: u64, waited: u64) {
        self.0.ran.fetch_add(ran, Ordering::Relaxed);
        self.0.waited.fetch_add(waited, Ordering::Relaxed);
    }

    /// One gave a sign of life after so long.
    pub(crate) fn answered(&self, after: Duration) {
        self.0.answered.store(u64::try_from(after.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_slowed_down_by_what_they_wait_for() {
        let lives = Lives::default();
        lives.fared(5_000_000_000, 0);
        let before = lives.pace();
        lives.fared(1_000_000, 9_000_000);
        assert_eq!(lives.pace().slowdown_since(before), None);
        lives.fared(999_000_000, 1_991_000_000);
        assert_eq!(lives.pace().slowdown_since(before), Some(3.0));
    }
}
