//! What does not hold.

use serde::Serialize;

/// Something that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Which file of the archive; empty for the archive itself.
    pub file: String,
    /// What kind of thing.
    pub kind: ProblemKind,
    /// What exactly, for people.
    pub what: String,
}

/// What kind of thing does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// It is not what was kept.
    Changed,
    /// It should be there.
    Missing,
    /// It should not be there.
    Extra,
    /// It was not signed by the key that it names.
    Signature,
    /// It was signed by another key than the one that was asked for.
    Key,
    /// The chain of the run does not hold, or does not bind it.
    Chain,
    /// What was typed is not derived from the visit: it may be somebody's.
    Canary,
    /// The archive itself is damaged, or not one that is read.
    Archive,
}

impl ProblemKind {
    /// The name used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::Extra => "extra",
            Self::Signature => "signature",
            Self::Key => "key",
            Self::Chain => "chain",
            Self::Canary => "canary",
            Self::Archive => "archive",
        }
    }
}
