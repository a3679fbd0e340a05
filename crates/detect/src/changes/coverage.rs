//! Which pages were seen then and not now, and the other way round.

use std::collections::{BTreeMap, BTreeSet};

use super::{Change, ChangeKind, Shown, Trail, Value, VisitFacts, side::Side};

/// How much of a page was seen, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sight {
    /// Nothing; why.
    Not(&'static str),
    /// A part: it was cut short, or has a gap that can hide a contact.
    Part,
    /// All.
    Whole,
}

/// Why nothing was seen of a page, most telling first: the classes of outcomes.
const REASONS: [&str; 4] = ["blocked", "failed", "refused", "absent"];
/// No crawl chose it.
const NOT_PLANNED: &str = "not_planned";
/// Its run is not complete, and it has not had its turn.
const NOT_RECORDED: &str = "not_recorded";

impl Sight {
    fn of(side: &Side, page: &str) -> Self {
        let visits = side.visits_of(page);
        match visits {
            [] => Self::Not(no_visit(side)),
            _ if visits.iter().any(|visit| visit.is_whole()) => Self::Whole,
            _ if visits.iter().any(|visit| visit.is_seen()) => Self::Part,
            _ => Self::Not(reason(visits.iter().map(|visit| visit.class.as_str()))),
        }
    }

    fn level(self) -> u8 {
        match self {
            Self::Not(_) => 0,
            Self::Part => 1,
            Self::Whole => 2,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Not(why) => why,
            Self::Part => "in_part",
            Self::Whole => "whole",
        }
    }
}

pub(super) fn changes(site: &str, earlier: &Side, later: &Side) -> Vec<Change> {
    let pages: BTreeSet<&str> = earlier.pages().chain(later.pages()).map(|(page, _)| page).collect();
    let mut ways: BTreeMap<(Sight, Sight), Vec<&str>> = BTreeMap::new();
    for page in pages {
        let way = (Sight::of(earlier, page), Sight::of(later, page));
        if way.0.level() != way.1.level() {
            ways.entry(way).or_default().push(page);
        }
    }
    ways.into_iter().map(|(way, pages)| change(site, way, &pages, earlier, later)).collect()
}

fn change(site: &str, (was, is): (Sight, Sight), pages: &[&str], earlier: &Side, later: &Side) -> Change {
    let visits = |side: &Side| {
        let ids: Vec<_> =
            pages.iter().flat_map(|page| side.visits_of(page)).map(|visit: &&VisitFacts| visit.visit).collect();
        Trail::of([], ids)
    };
    let lost = is.level() < was.level();
    Change {
        kind: if lost { ChangeKind::CoverageLost } else { ChangeKind::CoverageGained },
        site: site.to_owned(),
        pages: pages.iter().map(|page| (*page).to_owned()).collect(),
        vendor: None,
        before: Value::Word(was.word()),
        after: Value::Word(is.word()),
        shown_by: Shown { earlier: visits(earlier), later: visits(later) },
    }
}

/// Why a page was not opened.
fn no_visit(side: &Side) -> &'static str {
    match reason(side.facts.unvisited.iter().map(String::as_str)) {
        NOT_PLANNED if !side.facts.complete => NOT_RECORDED,
        why => why,
    }
}

fn reason<'a>(classes: impl Iterator<Item = &'a str> + Clone) -> &'static str {
    REASONS.into_iter().find(|reason| classes.clone().any(|class| class == *reason)).unwrap_or(NOT_PLANNED)
}
