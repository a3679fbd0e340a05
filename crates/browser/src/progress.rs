//! What the visit's steps wait for, while events are recorded beside them.

use tokio::time::Instant;

/// How far a page got.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress {
    /// Whether a document of the main frame was answered.
    pub answered: bool,
    /// When the document was parsed (`DOMContentLoaded` of the main frame).
    pub parsed: Option<Instant>,
    /// When its load event fired.
    pub loaded: Option<Instant>,
    /// When the last request began.
    pub last_request: Option<Instant>,
    /// What was seen of the end of the page's renderer.
    pub crashed: Option<String>,
    /// Whether a budget is spent, so that watching on shows nothing more.
    pub spent: bool,
    /// Requests held back while leaving, and not yet answered.
    pub leaving: usize,
    /// When the last of them was held back or answered.
    pub last_leaving: Option<Instant>,
}

/// What the recorder has so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Count {
    /// Requests seen.
    pub requests: usize,
    /// Documents that the main frame asked for, redirects not counted.
    pub documents: usize,
    /// Whether one of them was answered.
    pub answered: bool,
    /// Whether a budget is spent.
    pub spent: bool,
}

impl Progress {
    /// Takes over what the recorder counted before and after an event. Whether anything changed.
    pub(crate) fn note(&mut self, before: Count, after: Count, heard: Instant) -> bool {
        let changed = before != after;
        self.spent = after.spent;
        self.answered = after.answered;
        if after.requests > before.requests {
            self.last_request = Some(heard);
        }
        if after.documents > before.documents {
            // A new document: what its predecessor reached counts no more.
            self.parsed = None;
            self.loaded = None;
        }
        changed
    }
}
