//! Visits that some batch of this recorder is at.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use earshot_model::VisitId;

/// Visits that some batch is at: another one that has the same visit would not find it in the store yet, and record it twice.
#[derive(Default)]
pub(super) struct UnderWay(Mutex<HashSet<VisitId>>);

/// The visits of one batch, until it is dropped.
pub(super) struct Claim<'a> {
    under_way: &'a UnderWay,
    visits: HashSet<VisitId>,
}

impl UnderWay {
    /// Claims those of `visits` that no other batch is at.
    pub(super) fn claim(&self, visits: impl IntoIterator<Item = VisitId>) -> Claim<'_> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let visits: HashSet<VisitId> = visits.into_iter().filter(|visit| !all.contains(visit)).collect();
        all.extend(&visits);
        Claim { under_way: self, visits }
    }
}

impl Claim<'_> {
    /// Whether this visit is ours.
    pub(super) fn holds(&self, visit: VisitId) -> bool {
        self.visits.contains(&visit)
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        let mut all = self.under_way.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|visit| !self.visits.contains(visit));
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_visit_is_of_one_batch_at_a_time() {
        let (under_way, [a, b]) = (UnderWay::default(), [1, 2].map(|id| VisitId(Uuid::from_u128(id))));
        let first = under_way.claim([a, a]);
        let second = under_way.claim([a, b]);
        assert!(first.holds(a) && !second.holds(a) && second.holds(b));
        drop(first);
        assert!(under_way.claim([a]).holds(a) && !under_way.claim([b]).holds(b));
    }
}
