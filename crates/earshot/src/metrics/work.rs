//! What all roles tell alike: how much they do, and that they still turn.

use std::{sync::Arc, time::Duration};

use earshot_bus::{BusError, Pulse};
use earshot_store::StoreError;
use prometheus_client::{
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};

use super::{Counters, Labels};
use crate::cli::RoleName;

/// How long a loop may stand still beyond the longest piece of its work: the bus is waited for for a minute, and others
/// want the processor too.
pub(super) const SLACK: Duration = Duration::from_secs(120);

/// How one role of this process is. Clones share their numbers.
#[derive(Clone, Debug)]
pub struct Work {
    /// Which role.
    pub role: RoleName,
    /// Beats whenever its loop turns, or a piece of work ends.
    pub pulse: Pulse,
    /// A role whose pulse is older than this hangs.
    pub bound: Duration,
    busy: Gauge,
    limit: Gauge,
    done: super::Counter,
    failed: super::Counter,
    exhausted: super::Counter,
    away: Arc<Away>,
}

/// What was not there when it was needed.
#[derive(Debug)]
struct Away {
    bus: super::Counter,
    store: super::Counter,
}

/// The families that the numbers of all roles belong to.
#[derive(Debug)]
pub(super) struct Families {
    busy: Family<Labels<1>, Gauge>,
    limit: Family<Labels<1>, Gauge>,
    done: Counters,
    failed: Counters,
    exhausted: Counters,
    bus: Counters,
    store: Counters,
}

/// Some pieces of work that are being done, until it is dropped.
#[derive(Debug)]
pub struct Busy {
    work: Work,
    pieces: i64,
}

impl Families {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let all = Self {
            busy: Family::default(),
            limit: Family::default(),
            done: Counters::default(),
            failed: Counters::default(),
            exhausted: Counters::default(),
            bus: Counters::default(),
            store: Counters::default(),
        };
        registry.register("earshot_work_busy", "Pieces of work that a role does right now", all.busy.clone());
        registry.register("earshot_work_limit", "Pieces of work that it does at once at most", all.limit.clone());
        registry.register("earshot_work_done", "Pieces of work that it has done", all.done.clone());
        registry.register("earshot_work_failed", "Pieces that it gave back to be tried again", all.failed.clone());
        registry.register("earshot_work_exhausted", "Pieces that were given up for good", all.exhausted.clone());
        registry.register("earshot_bus_failures", "Times that the bus was away when needed", all.bus.clone());
        registry.register("earshot_store_failures", "Times that the store was away when needed", all.store.clone());
        all
    }

    pub(super) fn of(&self, role: RoleName, limit: usize, bound: Duration) -> Work {
        let labels = [("role", role.as_str())];
        let of = |counters: &Counters| counters.get_or_create_owned(&labels);
        let work = Work {
            role,
            pulse: Pulse::default(),
            bound,
            busy: self.busy.get_or_create_owned(&labels),
            limit: self.limit.get_or_create_owned(&labels),
            done: of(&self.done),
            failed: of(&self.failed),
            exhausted: of(&self.exhausted),
            away: Arc::new(Away { bus: of(&self.bus), store: of(&self.store) }),
        };
        work.set_limit(limit);
        work
    }
}

impl Work {
    /// A role that nobody asks how it is.
    #[must_use]
    pub fn unseen(role: RoleName) -> Self {
        Families::register(&mut Registry::default()).of(role, 0, SLACK)
    }

    /// So many pieces are begun.
    #[must_use]
    pub fn begin(&self, pieces: usize) -> Busy {
        let pieces = i64::try_from(pieces).unwrap_or(i64::MAX);
        self.busy.inc_by(pieces);
        self.pulse.beat();
        Busy { work: self.clone(), pieces }
    }

    /// Sets how many pieces are done at once at most.
    pub fn set_limit(&self, pieces: usize) {
        self.limit.set(i64::try_from(pieces).unwrap_or(i64::MAX));
    }

    /// Sets how many pieces are done right now, where nobody begins and ends them.
    pub fn set_busy(&self, pieces: usize) {
        self.busy.set(i64::try_from(pieces).unwrap_or(i64::MAX));
    }

    /// So many pieces are done.
    pub fn done(&self, pieces: usize) {
        self.done.inc_by(pieces as u64);
    }

    /// So many pieces are given back, for this reason.
    pub fn failed(&self, pieces: usize, error: &anyhow::Error) {
        self.failed.inc_by(pieces as u64);
        self.missed(error);
    }

    /// One piece is given up for good.
    pub fn exhausted(&self) {
        self.exhausted.inc();
    }

    /// Counts whose fault it was, if it was the bus's or the store's.
    pub fn missed(&self, error: &anyhow::Error) {
        if error.chain().any(|cause| cause.is::<BusError>()) {
            self.away.bus.inc();
        } else if error.chain().any(|cause| cause.is::<StoreError>()) {
            self.away.store.inc();
        }
    }

    /// Counts a failure of the bus.
    pub fn bus_failed(&self) {
        self.away.bus.inc();
    }

    /// For how long its loop has not turned, if that is longer than any work takes.
    #[must_use]
    pub fn hangs(&self) -> Option<Duration> {
        Some(self.pulse.age()).filter(|age| *age > self.bound)
    }

    /// Busy, limit, done and failed, as [`earshot_bus::Worker`] has them.
    #[must_use]
    pub fn numbers(&self) -> [u64; 4] {
        let gauge = |gauge: &Gauge| u64::try_from(gauge.get()).unwrap_or_default();
        [gauge(&self.busy), gauge(&self.limit), self.done.get(), self.failed.get()]
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.work.busy.dec_by(self.pieces);
        self.work.pulse.beat();
    }
}
