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
