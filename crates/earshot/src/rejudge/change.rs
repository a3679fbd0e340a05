//! What two judgements of one visit say otherwise.

use std::collections::BTreeMap;

use earshot_model::Finding;
use schemars::JsonSchema;
use serde::Serialize;

/// One thing that is said otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Change {
    /// What kind of change.
    pub kind: ChangeKind,
    /// The page.
    pub page: String,
    /// The visit.
    pub visit: String,
    /// Whom it is about: catalogue id or registrable domain.
    pub vendor: String,
    /// What people call it.
    pub name: String,
    /// What is said of it.
    pub rule: String,
    /// What was said; none for what is new.
    pub before: Option<Side>,
    /// What is said now; none for what is said no more.
    pub after: Option<Side>,
}

/// What kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It was not said before.
    Added,
    /// It is said no more.
    Gone,
    /// Something about it is said otherwise.
    Changed,
}

/// What is said of a vendor, as far as it is compared.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Side {
    /// The finding.
    pub finding: String,
    /// What the vendor does.
    pub category: String,
    /// `content`, `tracker`, `unknown` or `none`.
    pub exposure: String,
    /// How much it hears of what is typed, where that is known.
    pub grade: Option<String>,
    /// When it was seen first, in ms since navigation start.
    pub first_contact_ms: f64,
    /// How many requests went to it.
    pub requests: u32,
    /// Under which other name it hides, if it does.
    pub disguise: Option<String>,
}

/// What is said otherwise of a visit, by vendor and rule. Ids of findings are derived, so the same one has the same id.
pub(super) fn between(before: &[Finding], after: &[Finding]) -> Vec<Change> {
    let mut pairs: BTreeMap<(&str, &str), [Option<&Finding>; 2]> = BTreeMap::new();
    for (side, findings) in [before, after].into_iter().enumerate() {
        for finding in findings {
            pairs.entry((&finding.vendor, finding.rule.as_str())).or_default()[side] = Some(finding);
        }
    }
    pairs.into_values().filter_map(|[before, after]| change(before, after)).collect()
}

fn change(before: Option<&Finding>, after: Option<&Finding>) -> Option<Change> {
    let about = after.or(before)?;
    let (before, after) = (before.map(Side::of), after.map(Side::of));
    let kind = match (&before, &after) {
        (None, _) => ChangeKind::Added,
        (_, None) => ChangeKind::Gone,
        (before, after) if before == after => return None,
        _ => ChangeKind::Changed,
    };
    Some(Change {
        kind,
        page: about.page.to_string(),
        visit: about.visit.to_string(),
        vendor: about.vendor.clone(),
        name: about.vendor_name.clone(),
        rule: about.rule.as_str().to_owned(),
        before,
        after,
    })
}

impl Side {
    fn of(finding: &Finding) -> Self {
        Self {
            finding: finding.id.to_string(),
            category: finding.category.clone(),
            exposure: finding.exposure.as_str().to_owned(),
            grade: finding.grade.map(|grade| grade.as_str().to_owned()),
            first_contact_ms: finding.first_contact_ms,
            requests: finding.requests,
            disguise: finding.traits.disguise.as_ref().map(|disguise| disguise.host.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use earshot_model::{Exposure, Grade, Rule};

    use super::*;
    use earshot_report::sample;

    #[test]
    fn what_is_new_gone_or_otherwise_is_told_and_nothing_else() {
        let findings = sample::report().pages.remove(0).findings;
        assert!(between(&findings, &findings).is_empty());
        let mut other = findings.clone();
        let gone = other.remove(0);
        other[0].exposure = if other[0].exposure == Exposure::None { Exposure::Tracker } else { Exposure::None };
        other[0].grade = Some(Grade::K6);
        let mut new = gone.clone();
        new.vendor = "new.example".into();
        new.rule = Rule::UnderGpc;
        other.push(new);
        let kinds = |changes: &[Change]| {
            let mut kinds: Vec<_> = changes.iter().map(|change| change.kind).collect();
            kinds.sort();
            kinds
        };
        let changes = between(&findings, &other);
        assert_eq!(kinds(&changes), [ChangeKind::Added, ChangeKind::Gone, ChangeKind::Changed]);
        let changed = changes.iter().find(|change| change.kind == ChangeKind::Changed).unwrap();
        assert_eq!(changed.after.as_ref().unwrap().grade.as_deref(), Some("K6"));
    }
}
