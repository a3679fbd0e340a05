//! A picture of a page.

use serde::{Deserialize, Serialize};

/// A picture of a page, which lies in the evidence store. Nothing that was typed is on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// What it shows.
    pub kind: PictureKind,
    /// When it was taken, in ms since navigation start; `None` where an earlier version did not note it.
    pub at_ms: Option<f64>,
    /// Where it lies in the evidence store.
    pub key: String,
}

/// What a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PictureKind {
    /// The banner that asks for consent, as soon as it could be seen.
    Banner,
    /// The page at the end of the visit, before anything is typed.
    End,
}

impl PictureKind {
    /// The name used in file names, in reports and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Banner => "banner",
            Self::End => "end",
        }
    }
}
