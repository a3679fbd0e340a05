//! What changed on a site between two runs: a pure function over what each of them knows of it.
//!
//! Silence counts only where it was watched. A tracker is *new* if a page that it is on now was seen whole then without it,
//! and *gone* if every page that it was on was seen whole now without it; else it is on a new page, or not seen. What is not
//! known on either side is never a change.

mod change;
mod consent;
mod coverage;
mod facts;
mod gating;
mod grade;
mod side;
mod summary;
mod timing;
mod trackers;

use earshot_model::{GapKind, Profile};

pub use change::{Change, ChangeKind, Party, Shown, Topic, Trail, Value};
pub use facts::{FindingFacts, SiteFacts, StateFacts, VisitFacts};
pub use gating::{Gating, Gpc};
pub use summary::{Count, Summary};
pub use timing::{MOVED_MS, MOVED_SHARE};

use side::Side;

/// Gaps behind which a contact can hide: part of the page was not watched, or not to the end.
pub const HIDING: [GapKind; 6] = [
    GapKind::EventBudget,
    GapKind::TargetUnwatched,
    GapKind::CutShort,
    GapKind::UnparsedMessage,
    GapKind::UnobservedUpload,
    GapKind::HostUnreached,
];

/// What changed on `site`, most pressing first. Contacts, times, grades and coverage are compared between the visits under
/// `profile`, which both runs must have; what a choice changes, between all of them.
#[must_use]
pub fn of_site(site: &str, earlier: &SiteFacts, later: &SiteFacts, profile: Profile) -> Vec<Change> {
    let (earlier, later) = (Side::of(earlier, profile), Side::of(later, profile));
    let mut changes = trackers::changes(site, &earlier, &later);
    changes.extend(timing::changes(site, &earlier, &later));
    changes.extend(grade::changes(site, &earlier, &later));
    changes.extend(consent::changes(site, &earlier, &later));
    changes.extend(coverage::changes(site, &earlier, &later));
    changes.sort_by(|a, b| (a.kind, &a.vendor, &a.pages).cmp(&(b.kind, &b.vendor, &b.pages)));
    changes
}
