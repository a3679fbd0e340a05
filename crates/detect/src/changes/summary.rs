//! The numbers of a comparison, with what they are counted among.

use std::collections::BTreeMap;

use earshot_model::Profile;
use serde::Serialize;

use super::{Change, ChangeKind, SiteFacts, side::Side};

/// The numbers of a comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Sites of which both runs saw at least one page: what changes are counted among.
    pub sites_both: u64,
    /// Sites of which only the earlier run saw a page.
    pub sites_earlier_only: u64,
    /// Sites of which only the later run saw a page.
    pub sites_later_only: u64,
    /// Pages that both runs saw.
    pub pages_both: u64,
    /// Of those, pages that both saw whole: only there can something be new or gone.
    pub pages_whole_both: u64,
    /// Sites with any change.
    pub sites_changed: u64,
    /// How often each kind of change is there; kinds that are not there are left out.
    pub kinds: BTreeMap<ChangeKind, Count>,
}

/// How often a kind of change is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Changes.
    pub changes: u64,
    /// Sites that have one.
    pub sites: u64,
}

impl Summary {
    /// Counts one site and what changed there.
    pub fn add(&mut self, earlier: &SiteFacts, later: &SiteFacts, profile: Profile, changes: &[Change]) {
        let (earlier, later) = (Side::of(earlier, profile), Side::of(later, profile));
        let saw = |side: &Side| side.pages().any(|(_, visits)| visits.iter().any(|visit| visit.is_seen()));
        match (saw(&earlier), saw(&later)) {
            (true, true) => self.sites_both += 1,
            (true, false) => self.sites_earlier_only += 1,
            (false, true) => self.sites_later_only += 1,
            (false, false) => {}
        }
        let seen = |page: &str, side: &Side| side.visits_of(page).iter().any(|visit| visit.is_seen());
        for (page, _) in earlier.pages().filter(|(page, _)| seen(page, &earlier) && seen(page, &later)) {
            self.pages_both += 1;
            self.pages_whole_both += u64::from(earlier.is_whole(page) && later.is_whole(page));
        }
        self.sites_changed += u64::from(!changes.is_empty());
        let mut before = None;
        // Changes of a site are sorted by their kind.
        for change in changes {
            let count = self.kinds.entry(change.kind).or_default();
            count.changes += 1;
            count.sites += u64::from(before != Some(change.kind));
            before = Some(change.kind);
        }
    }

    /// Changes of all kinds.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.kinds.values().map(|count| count.changes).sum()
    }
}
