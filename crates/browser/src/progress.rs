//! What the visit's steps wait for, while events are recorded beside them.

use tokio::time::Instant;

/// How far a page got.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress {
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

impl Progress {
    /// Takes over what the recorder counted: (requests, documents of the main frame) before and after an event.
    /// Whether anything changed.
    pub(crate) fn note(&mut self, before: (usize, usize), after: (usize, usize), spent: bool, heard: Instant) -> bool {
        let changed = before != after || spent != self.spent;
        self.spent = spent;
        if after.0 > before.0 {
            self.last_request = Some(heard);
        }
        if after.1 > before.1 {
            // A new document: what its predecessor reached counts no more.
            self.parsed = None;
            self.loaded = None;
        }
        changed
    }
}
