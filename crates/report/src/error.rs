//! Why something cannot be told of a run.

use earshot_model::RunId;
use earshot_store::StoreError;
use thiserror::Error;

use crate::words::count;

/// Why something cannot be told of a run.
#[derive(Debug, Error)]
pub enum ReportError {
    /// The store could not be asked.
    #[error("the store cannot be asked: {0}")]
    Store(#[from] StoreError),
    /// Nobody knows the run.
    #[error("there is no run {0}; `earshot runs list` names those there are")]
    NoRun(RunId),
    /// The run knows nothing of the site.
    #[error("run {run} has not visited {site}")]
    NotVisited {
        /// The run.
        run: RunId,
        /// The site.
        site: String,
    },
    /// Rows of the run have left the store by their age: what is left would look cleaner than it was.
    #[error(
        "run {run} is older than rows are kept ([store] keep_visits, keep_findings): {of_targets} and the findings of \
         {of_visits} are gone, so what is left says nothing; what it came to is in the views counted_sites and counted_vendors",
        of_targets = count(.targets, "target"),
        of_visits = count(.findings, "visit")
    )]
    Expired {
        /// The run.
        run: RunId,
        /// Targets of which nothing is left.
        targets: u64,
        /// Visits of which no finding is left.
        findings: u64,
    },
    /// Nothing can be verified so; why.
    #[error("{0}")]
    NotVerifiable(String),
    /// Two runs that cannot be held against each other; why.
    #[error("{0}")]
    NotComparable(String),
    /// The store has a word that this version does not know.
    #[error("'{0}' in the store is no word of this version")]
    Word(String),
    /// A picture could not be drawn.
    #[error("a picture cannot be drawn: {0}")]
    Drawing(String),
    /// A document could not be written.
    #[error("the document cannot be written: {0}")]
    Document(#[from] askama::Error),
}

impl ReportError {
    /// A word that the store has and nobody knows.
    pub(crate) fn word(word: String) -> impl FnOnce(serde_json::Error) -> Self {
        move |_| Self::Word(word)
    }
}
