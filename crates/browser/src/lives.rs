//! How browsers came and went.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// Counts browsers. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Lives(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    launched: AtomicU64,
    died: AtomicU64,
    recycled: AtomicU64,
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

    pub(crate) fn launch(&self) {
        self.0.launched.fetch_add(1, Ordering::Relaxed);
    }

    /// One is replaced, which may be dead.
    pub(crate) fn replace(&self, alive: bool) {
        let counter = if alive { &self.0.recycled } else { &self.0.died };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}
