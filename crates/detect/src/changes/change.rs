//! One change, and what shows it.

use earshot_model::{FindingId, VisitId};
use serde::{Deserialize, Serialize};

/// Something that is otherwise than it was.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// What kind of change.
    pub kind: ChangeKind,
    /// Registrable domain of the site.
    pub site: String,
    /// The pages that it is said of, sorted.
    pub pages: Vec<String>,
    /// Of whom; none for coverage.
    pub vendor: Option<Party>,
    /// How it was.
    pub before: Value,
    /// How it is.
    pub after: Value,
    /// What shows it.
    pub shown_by: Shown,
}

/// What kind of change, most pressing first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// A tracker is contacted before any choice on pages that were seen whole then, and it was nowhere on the site.
    NewTracker,
    /// A tracker that was nowhere on the site is contacted before any choice, on pages that were not seen whole then:
    /// whether it is new, nobody knows.
    NewPage,
    /// A tracker takes a choice, or Global Privacy Control, less seriously than it did.
    ConsentRegression,
    /// A party hears more of what is typed than it did.
    GradeRose,
    /// A tracker is contacted earlier than it was.
    Earlier,
    /// Pages that were seen were not, or only in part.
    CoverageLost,
    /// A tracker was not met, and a page that it was on was not seen whole: whether it is gone, nobody knows.
    NotSeen,
    /// A tracker is contacted later than it was, and still before any choice.
    Later,
    /// A party hears less of what is typed than it did.
    GradeFell,
    /// A tracker takes a choice, or Global Privacy Control, more seriously than it did.
    ConsentImprovement,
    /// A tracker is contacted before any choice no more: every page that it was on was seen whole without it.
    Gone,
    /// Pages that were not seen were, or more of them.
    CoverageGained,
}

/// What somebody can ask to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// New trackers.
    New,
    /// Trackers on pages that were not seen then.
    NewPage,
    /// Trackers that are gone.
    Gone,
    /// Consent taken less seriously, or more heard of the typing.
    Regression,
    /// Consent taken more seriously, or less heard of the typing.
    Improvement,
    /// Earlier or later first contact.
    Timing,
    /// What was seen then and not now.
    Coverage,
    /// What was not seen then and is now.
    Regained,
}

/// Who it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Party {
    /// Catalogue id, or registrable domain of a party that only a filter list knows.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it does: `session_replay`, `analytics`, …
    pub category: String,
    /// `none`, `unknown`, `tracker` or `content`.
    pub exposure: String,
}

/// How something was or is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// A moment: ms since navigation start.
    Ms(f64),
    /// A word: a grade (`K0` to `K6`), a gating, `ignored` or `honoured`, an outcome, `whole`, `in_part`, `absent`, …
    Word(&'static str),
}

/// What shows a change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// In the earlier run.
    pub earlier: Trail,
    /// In the later run.
    pub later: Trail,
}

/// Where to look in one run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Trail {
    /// Findings that say so; sorted.
    pub findings: Vec<FindingId>,
    /// Visits that saw it, or its absence; sorted.
    pub visits: Vec<VisitId>,
}

impl ChangeKind {
    /// All of them, most pressing first.
    pub const ALL: [Self; 12] = [
        Self::NewTracker,
        Self::NewPage,
        Self::ConsentRegression,
        Self::GradeRose,
        Self::Earlier,
        Self::CoverageLost,
        Self::NotSeen,
        Self::Later,
        Self::GradeFell,
        Self::ConsentImprovement,
        Self::Gone,
        Self::CoverageGained,
    ];

    /// The name used in every output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NewTracker => "new_tracker",
            Self::NewPage => "new_page",
            Self::ConsentRegression => "consent_regression",
            Self::GradeRose => "grade_rose",
            Self::Earlier => "earlier",
            Self::CoverageLost => "coverage_lost",
            Self::NotSeen => "not_seen",
            Self::Later => "later",
            Self::GradeFell => "grade_fell",
            Self::ConsentImprovement => "consent_improvement",
            Self::Gone => "gone",
            Self::CoverageGained => "coverage_gained",
        }
    }

    /// Which topic it belongs to.
    #[must_use]
    pub fn topic(self) -> Topic {
        match self {
            Self::NewTracker => Topic::New,
            Self::NewPage => Topic::NewPage,
            Self::ConsentRegression | Self::GradeRose => Topic::Regression,
            Self::Earlier | Self::Later => Topic::Timing,
            Self::CoverageLost | Self::NotSeen => Topic::Coverage,
            Self::ConsentImprovement | Self::GradeFell => Topic::Improvement,
            Self::Gone => Topic::Gone,
            Self::CoverageGained => Topic::Regained,
        }
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ms(ms) => write!(f, "{ms:.0} ms"),
            Self::Word(word) => f.write_str(word),
        }
    }
}

impl Trail {
    /// Sorted, each once.
    pub(super) fn of(findings: impl IntoIterator<Item = FindingId>, visits: impl IntoIterator<Item = VisitId>) -> Self {
        let mut trail = Self { findings: findings.into_iter().collect(), visits: visits.into_iter().collect() };
        trail.findings.sort_unstable();
        trail.findings.dedup();
        trail.visits.sort_unstable();
        trail.visits.dedup();
        trail
    }
}
