//! A notice: somebody is to be told what changed.

use crate::{NoticeId, RunId};

/// Somebody is to be told what changed between two runs. What that is, whoever tells it reads from the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The earlier run.
    pub earlier: RunId,
    /// The later run.
    pub later: RunId,
    /// Name of the channel in the configuration.
    pub channel: String,
}

impl Notice {
    /// Its id: the same runs and the same channel make the same notice, however often it is asked for.
    #[must_use]
    pub fn id(&self) -> NoticeId {
        NoticeId::derive(self.earlier, self.later, &self.channel)
    }
}
