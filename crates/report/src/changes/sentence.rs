//! A change in words.

use earshot_detect::changes::{Change, ChangeKind, Party, Value};

use crate::{plain, words};

/// Met only after a choice, or under Global Privacy Control.
const AFTER_CHOICE: Value = Value::Word("after_choice");

/// One change in words, without its site and pages.
#[must_use]
pub fn sentence(change: &Change) -> String {
    let who = change.vendor.as_ref().map(party).unwrap_or_default();
    let (before, after) = (change.before, change.after);
    match change.kind {
        ChangeKind::NewTracker if before == AFTER_CHOICE => {
            format!("{who} is contacted before any choice, first at {after}; then it was met only after a choice")
        }
        ChangeKind::NewTracker => format!("{who} is contacted before any choice, first at {after}"),
        ChangeKind::NewPage => {
            format!(
                "{who} is contacted at {after}, on pages that were not seen whole then: whether it is new is not known"
            )
        }
        ChangeKind::ConsentRegression | ChangeKind::ConsentImprovement => format!("{who}: {before} → {after}"),
        ChangeKind::GradeRose => format!("{who} hears more of what is typed: {before} → {after}"),
        ChangeKind::GradeFell => format!("{who} hears less of what is typed: {before} → {after}"),
        ChangeKind::Earlier | ChangeKind::Later => format!("{who}, first contact: {before} → {after}"),
        ChangeKind::CoverageLost | ChangeKind::CoverageGained => {
            format!("{}: {before} → {after}", words::count(change.pages.len(), "page"))
        }
        ChangeKind::NotSeen => {
            format!("{who} was not met, and these pages were not seen whole: whether it is gone is not known")
        }
        ChangeKind::Gone if after == AFTER_CHOICE => {
            format!("{who} is contacted before any choice no more; now it was met only after a choice")
        }
        ChangeKind::Gone => format!("{who} is contacted before any choice no more; the pages were seen whole"),
    }
}

/// Who it is, with what it does.
fn party(party: &Party) -> String {
    let name = plain(if party.name.is_empty() { &party.id } else { &party.name });
    match party.category.as_str() {
        "" => name,
        category => format!("{name} ({})", category.replace('_', " ")),
    }
}
