//! Who hears more, or less, of what is typed.

use std::collections::{BTreeMap, BTreeSet};

use earshot_model::Grade;

use super::{
    Change, ChangeKind, FindingFacts, Shown, Value,
    side::{Side, pages_of},
    trackers::trail,
};

/// What the site itself hears is no third party's.
const FIRST_PARTY: &str = "first_party";

/// Findings with a grade, by party and page.
type Graded<'a> = BTreeMap<&'a str, BTreeMap<&'a str, Vec<&'a FindingFacts>>>;

pub(super) fn changes(site: &str, earlier: &Side, later: &Side) -> Vec<Change> {
    let (before, after) = (graded(earlier), graded(later));
    let compare = |(vendor, was): (&&str, _)| changed(site, (earlier, was), (later, after.get(*vendor)?));
    before.iter().filter_map(compare).collect()
}

/// The highest grade over the pages of which both runs know one. The lower of the two says that something was not heard:
/// that is believed only of visits that nothing can have been hidden from.
fn changed(
    site: &str,
    (earlier, was): (&Side, &BTreeMap<&str, Vec<&FindingFacts>>),
    (later, is): (&Side, &BTreeMap<&str, Vec<&FindingFacts>>),
) -> Option<Change> {
    let common: BTreeSet<&str> = was.keys().filter(|page| is.contains_key(*page)).copied().collect();
    let (before, after) = (on(was, &common), on(is, &common));
    let (was, is) = (highest(&before)?, highest(&after)?);
    let (kind, lower, side) = match was.cmp(&is) {
        std::cmp::Ordering::Less => (ChangeKind::GradeRose, &before, earlier),
        std::cmp::Ordering::Greater => (ChangeKind::GradeFell, &after, later),
        std::cmp::Ordering::Equal => return None,
    };
    let read = |finding: &&FindingFacts| side.visit(finding.visit).is_some_and(|visit| visit.is_read_whole());
    if !lower.iter().all(read) {
        return None;
    }
    Some(Change {
        kind,
        site: site.to_owned(),
        pages: pages_of(&after),
        vendor: after.first().map(|finding| finding.vendor.clone()),
        before: Value::Word(was.as_str()),
        after: Value::Word(is.as_str()),
        shown_by: Shown { earlier: trail(&at(&before, was)), later: trail(&at(&after, is)) },
    })
}

fn graded<'a>(side: &Side<'a>) -> Graded<'a> {
    let mut graded = Graded::new();
    for finding in &side.facts.findings {
        let counts = finding.grade.is_some() && finding.vendor.category != FIRST_PARTY;
        if counts && side.visit(finding.visit).is_some_and(|visit| visit.typed) {
            graded.entry(&finding.vendor.id).or_default().entry(&finding.page).or_default().push(finding);
        }
    }
    graded
}

fn on<'a>(of: &BTreeMap<&str, Vec<&'a FindingFacts>>, pages: &BTreeSet<&str>) -> Vec<&'a FindingFacts> {
    of.iter().filter(|(page, _)| pages.contains(*page)).flat_map(|(_, findings)| findings.iter().copied()).collect()
}

fn highest(findings: &[&FindingFacts]) -> Option<Grade> {
    findings.iter().filter_map(|finding| finding.grade).max()
}

fn at<'a>(findings: &[&'a FindingFacts], grade: Grade) -> Vec<&'a FindingFacts> {
    findings.iter().filter(|finding| finding.grade == Some(grade)).copied().collect()
}
