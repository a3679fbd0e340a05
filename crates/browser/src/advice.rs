use std::{fmt, sync::Arc, time::Duration};

/// Which recorder an address belongs to, by any name that tells it from others, and how long it may keep what it has heard
/// before it uploads; `None` for what is no recorder's.
pub type Patience = Arc<dyn Fn(&str) -> Option<(String, Duration)> + Send + Sync>;

/// Whether nobody could read these bytes.
pub type Opaque = Arc<dyn Fn(&[u8]) -> bool + Send + Sync>;

/// What a visit has to know of vendors, asked of who knows them: how long to wait, and whether to type once more.
#[derive(Clone)]
pub struct Advice {
    /// How long recorders are waited for. Default: there are none.
    pub patience: Patience,
    /// Whether a body is unreadable, so that only its growth can tell something. Default: none is.
    pub opaque: Opaque,
}

impl Default for Advice {
    fn default() -> Self {
        Self { patience: Arc::new(|_| None), opaque: Arc::new(|_| false) }
    }
}

impl fmt::Debug for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Advice").finish_non_exhaustive()
    }
}
