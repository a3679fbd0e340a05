//! Who came, and who went.

use earshot_model::GapKind;

use super::{
    Change, ChangeKind, FindingFacts, Shown, Trail, Value, VisitFacts,
    side::{Side, pages_of},
};

/// It was not contacted.
const ABSENT: Value = Value::Word("absent");
/// It was contacted only after a choice, or told something under Global Privacy Control.
const AFTER_CHOICE: Value = Value::Word("after_choice");
/// Nobody can say whether it was contacted.
const NOT_SEEN: Value = Value::Word("not_seen");

pub(super) fn changes(site: &str, earlier: &Side, later: &Side) -> Vec<Change> {
    let came = later.trackers().into_values().filter(|contacts| !earlier.meets(contacts, later));
    let went = earlier.trackers().into_values().filter(|contacts| !later.meets(contacts, earlier));
    let mut changes: Vec<_> = came.map(|contacts| new(site, earlier, &contacts)).collect();
    changes.extend(went.map(|contacts| gone(site, later, &contacts)));
    changes
}

/// It is new where somebody would have met it then.
fn new(site: &str, earlier: &Side, contacts: &[&FindingFacts]) -> Change {
    let (watched, others): (Vec<_>, Vec<_>) =
        contacts.iter().copied().partition(|contact| would_meet(earlier, contact));
    let (kind, contacts) =
        if watched.is_empty() { (ChangeKind::NewPage, others) } else { (ChangeKind::NewTracker, watched) };
    let pages = pages_of(&contacts);
    let vendor = contacts.first().map(|contact| contact.vendor.clone());
    let before = match &vendor {
        Some(vendor) if earlier.knows(&vendor.id) => AFTER_CHOICE,
        _ if kind == ChangeKind::NewPage => NOT_SEEN,
        _ => ABSENT,
    };
    let looked = pages.iter().flat_map(|page| earlier.whole(page)).map(|visit| visit.visit);
    let shown_by = Shown { earlier: Trail::of([], looked), later: trail(&contacts) };
    let after = Value::Ms(first(&contacts));
    Change { kind, site: site.to_owned(), pages, vendor, before, after, shown_by }
}

/// It is gone if somebody would have met it wherever it was.
fn gone(site: &str, later: &Side, contacts: &[&FindingFacts]) -> Change {
    let all = pages_of(contacts);
    let missed: Vec<_> = contacts.iter().copied().filter(|contact| !would_meet(later, contact)).collect();
    let unseen = pages_of(&missed);
    let vendor = contacts.first().map(|contact| contact.vendor.clone());
    let waits = vendor.as_ref().is_some_and(|vendor| later.knows(&vendor.id));
    let now = if waits { AFTER_CHOICE } else { ABSENT };
    let (kind, after, pages) =
        if unseen.is_empty() { (ChangeKind::Gone, now, all) } else { (ChangeKind::NotSeen, NOT_SEEN, unseen) };
    let looked = pages.iter().flat_map(|page| later.visits_of(page)).map(|visit| visit.visit);
    let shown_by = Shown { earlier: trail(contacts), later: Trail::of([], looked) };
    Change { kind, site: site.to_owned(), pages, vendor, before: Value::Ms(first(contacts)), after, shown_by }
}

/// Whether the run saw the page of a contact so that it would have met the party there. One that is asked under a name of the
/// site's own is recognised only if it is known whose name that is.
fn would_meet(side: &Side, contact: &FindingFacts) -> bool {
    let unmasked = |visit: &VisitFacts| contact.proof_site.is_some() || !visit.gaps.contains(&GapKind::AliasUnknown);
    side.whole(&contact.page).any(unmasked)
}

fn first(contacts: &[&FindingFacts]) -> f64 {
    contacts.iter().map(|contact| contact.first_contact_ms).fold(f64::INFINITY, f64::min)
}

/// The findings, and the visits that they were read from.
pub(super) fn trail(findings: &[&FindingFacts]) -> Trail {
    Trail::of(findings.iter().map(|finding| finding.finding), findings.iter().map(|finding| finding.visit))
}
