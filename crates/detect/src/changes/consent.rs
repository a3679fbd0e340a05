//! Who takes a choice less, or more, seriously.

use std::collections::BTreeMap;

use earshot_model::Rule;

use super::{Change, ChangeKind, FindingFacts, Shown, StateFacts, Value, side::Side, trackers::trail};

/// What the word for a choice is read from.
const CHOICE: [Rule; 4] = [Rule::PreConsentContact, Rule::DespiteReject, Rule::AfterAccept, Rule::CookielessPing];
/// What the word for Global Privacy Control is read from.
const GPC: [Rule; 3] = [Rule::PreConsentContact, Rule::UnderGpc, Rule::CookielessPing];

/// One tracker on one page, in both runs.
#[derive(Clone, Copy)]
struct Pair<'a> {
    before: &'a StateFacts,
    after: &'a StateFacts,
}

/// How a tracker changed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Way<'a> {
    vendor: &'a str,
    was: &'static str,
    is: &'static str,
    worse: bool,
}

/// The pages on which each did.
type Ways<'a> = BTreeMap<Way<'a>, Vec<Pair<'a>>>;

pub(super) fn changes(site: &str, earlier: &Side, later: &Side) -> Vec<Change> {
    let (mut choice, mut gpc) = (Ways::new(), Ways::new());
    for before in &earlier.facts.states {
        let Some(after) = later.state(&before.page, &before.vendor.id) else { continue };
        let pair = Pair { before, after };
        note(&mut choice, before.worse(after), (before.gating.as_str(), after.gating.as_str()), pair);
        note(&mut gpc, before.worse_under_gpc(after), (before.gpc.as_str(), after.gpc.as_str()), pair);
    }
    let of = |(ways, rules): (Ways, &[Rule])| -> Vec<Change> {
        let told = ways.into_iter().map(|(way, pairs)| change(site, way, &pairs, (earlier, later), rules));
        told.collect()
    };
    [(choice, &CHOICE[..]), (gpc, &GPC[..])].into_iter().flat_map(of).collect()
}

fn note<'a>(ways: &mut Ways<'a>, worse: Option<bool>, (was, is): (&'static str, &'static str), pair: Pair<'a>) {
    if let Some(worse) = worse {
        ways.entry(Way { vendor: &pair.before.vendor.id, was, is, worse }).or_default().push(pair);
    }
}

fn change(site: &str, way: Way, pairs: &[Pair], (earlier, later): (&Side, &Side), rules: &[Rule]) -> Change {
    let mut pages: Vec<String> = pairs.iter().map(|pair| pair.after.page.clone()).collect();
    pages.sort();
    let says = |finding: &&FindingFacts| {
        finding.vendor.id == way.vendor && rules.contains(&finding.rule) && pages.contains(&finding.page)
    };
    let shown = |side: &Side| trail(&side.facts.findings.iter().filter(says).collect::<Vec<_>>());
    Change {
        kind: if way.worse { ChangeKind::ConsentRegression } else { ChangeKind::ConsentImprovement },
        site: site.to_owned(),
        vendor: pairs.first().map(|pair| pair.after.vendor.clone()),
        before: Value::Word(way.was),
        after: Value::Word(way.is),
        shown_by: Shown { earlier: shown(earlier), later: shown(later) },
        pages,
    }
}
