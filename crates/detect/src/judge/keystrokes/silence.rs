//! Of whom it can be said that they heard nothing: only of those whose every word was read.

use std::collections::BTreeSet;

use earshot_model::{Gap, GapKind};

use super::{growth::Opaque, typed::Typed};
use crate::{
    Party,
    judge::{Case, contacts::Contact, sent},
};

/// Gaps behind which what was typed can have gone out.
const HIDING: [GapKind; 8] = [
    GapKind::BodyUnread,
    GapKind::BodyCut,
    GapKind::EventBudget,
    GapKind::UnparsedMessage,
    GapKind::TargetUnwatched,
    GapKind::CutShort,
    GapKind::LeaveUnseen,
    GapKind::UnobservedUpload,
];

/// What speaks against a party's silence.
pub(super) struct Silence {
    /// Whether something in the whole visit does.
    broken: bool,
    /// Parties that sent what nobody can read.
    opaque: BTreeSet<String>,
    /// Recorders that upload later than the visit waited after the last key, with what is to be said of each.
    late: Vec<(String, Gap)>,
}

impl Silence {
    pub(super) fn of(case: &Case, contacts: &[Contact], typed: &[Typed], opaque: &Opaque, cut: bool) -> Self {
        let hides = |gap: &Gap| HIDING.contains(&gap.kind);
        // Where the page took away what was typed, nothing could be heard.
        let proves = typed.iter().any(Typed::proves_silence);
        Self {
            broken: cut || !proves || case.visit.gaps.iter().any(hides),
            opaque: opaque.parties(),
            late: contacts.iter().filter_map(|contact| late(case, contact, typed)).collect(),
        }
    }

    /// Whether it is known that nothing of what was typed reached the party, as far as there is no sign of it.
    pub(super) fn tells_of(&self, party: &str) -> bool {
        !self.broken && !self.opaque.contains(party) && !self.late.iter().any(|(late, _)| late == party)
    }

    /// What could not be told because a recorder was not waited for.
    pub(super) fn gaps(self) -> Vec<Gap> {
        self.late.into_iter().map(|(_, gap)| gap).collect()
    }
}

/// A recorder that has uploaded nothing since the last key, and may have been about to.
fn late(case: &Case, contact: &Contact, typed: &[Typed]) -> Option<(String, Gap)> {
    let Party::Vendor(vendor) = contact.party else { return None };
    let wait_ms = f64::from(vendor.first_upload_ms?);
    let last_key_ms = typed.iter().map(|typed| typed.entry.last_key_ms).fold(0.0, f64::max);
    let watched_ms = f64::from(case.visit.took_ms) - last_key_ms;
    let since = |seq: &&u32| case.visit.events[**seq as usize].at_ms.is_none_or(|at_ms| at_ms >= last_key_ms);
    let requests: Vec<u32> = contact.requests.iter().filter(since).copied().collect();
    // What was never uploaded at all is said already.
    if watched_ms >= wait_ms
        || sent::uploaded(case, &requests, vendor)
        || !sent::uploaded(case, &contact.requests, vendor)
    {
        return None;
    }
    let detail = format!(
        "{}: watched for {watched_ms:.0} ms after the last key without an upload; its uploads may take {wait_ms:.0} ms",
        vendor.id
    );
    Some((vendor.id.clone(), Gap { kind: GapKind::UploadNotAwaited, detail }))
}
