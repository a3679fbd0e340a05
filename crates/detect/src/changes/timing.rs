//! Who is contacted earlier or later than before.

use std::collections::BTreeMap;

use super::{
    Change, ChangeKind, FindingFacts, Shown, Value,
    side::{Side, pages_of},
    trackers::trail,
};

/// A first contact has moved if its median did by more than this share of what it was: loads of one page differ by less.
pub const MOVED_SHARE: f64 = 0.25;
/// And by more than so many ms: below that, no visitor has had time to choose.
pub const MOVED_MS: f64 = 500.0;

pub(super) fn changes(site: &str, earlier: &Side, later: &Side) -> Vec<Change> {
    let (before, after) = (earlier.trackers(), later.trackers());
    before.iter().filter_map(|(vendor, before)| moved(site, before, after.get(vendor)?)).collect()
}

/// Whether the median over the pages that it is on in both runs has moved.
fn moved(site: &str, before: &[&FindingFacts], after: &[&FindingFacts]) -> Option<Change> {
    let (was, is) = (by_page(before), by_page(after));
    let common = |of: &BTreeMap<&str, f64>, with: &BTreeMap<&str, f64>| {
        median(of.iter().filter(|(page, _)| with.contains_key(*page)).map(|(_, ms)| *ms).collect())
    };
    let (was_ms, is_ms) = (common(&was, &is)?, common(&is, &was)?);
    let by = (is_ms - was_ms).abs();
    if by <= MOVED_MS || by <= was_ms * MOVED_SHARE {
        return None;
    }
    let kind = if is_ms < was_ms { ChangeKind::Earlier } else { ChangeKind::Later };
    let on = |findings: &[&FindingFacts], pages: &BTreeMap<&str, f64>| {
        let common = findings.iter().filter(|finding| pages.contains_key(finding.page.as_str()));
        trail(&common.copied().collect::<Vec<_>>())
    };
    let common: Vec<_> = after.iter().filter(|finding| was.contains_key(finding.page.as_str())).copied().collect();
    Some(Change {
        kind,
        site: site.to_owned(),
        pages: pages_of(&common),
        vendor: after.first().map(|contact| contact.vendor.clone()),
        before: Value::Ms(was_ms),
        after: Value::Ms(is_ms),
        shown_by: Shown { earlier: on(before, &is), later: on(after, &was) },
    })
}

/// The median first contact of each page over its visits, in ms.
fn by_page<'a>(contacts: &[&'a FindingFacts]) -> BTreeMap<&'a str, f64> {
    let mut pages: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for contact in contacts {
        pages.entry(&contact.page).or_default().push(contact.first_contact_ms);
    }
    pages.into_iter().filter_map(|(page, all)| Some((page, median(all)?))).collect()
}

fn median(mut all: Vec<f64>) -> Option<f64> {
    all.sort_by(f64::total_cmp);
    let half = all.len() / 2;
    match all.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(all[half]),
        _ => Some(f64::midpoint(all[half - 1], all[half])),
    }
}
