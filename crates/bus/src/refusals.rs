//! What the broker has refused this connection: it says so aside, and the refused request just gets no answer.

use std::sync::{Arc, Mutex, PoisonError};

use async_nats::{Event, ServerError};
use tokio::time::{Duration, Instant};

use crate::{BusError, topology::REQUEST_TIMEOUT};

/// What the broker says of what a user may not do; the subject follows, quoted.
const VIOLATION: &str = "Permissions Violation for ";
/// A failure is put down to a refusal that is not older than this: a request waits for its answer this long.
const RECENT: Duration = REQUEST_TIMEOUT.saturating_mul(2);
/// Most refusals that are remembered, the oldest first to go: a role has fewer subjects.
const REMEMBERED: usize = 64;

/// Refusals of one connection, newest last; clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Refusals(Arc<Mutex<Vec<(Instant, String)>>>);

impl Refusals {
    /// Notes what the client tells of its connection.
    pub(crate) fn hear(&self, event: &Event) {
        tracing::debug!(%event, "nats");
        if let Event::ServerError(ServerError::Other(said)) = event
            && let Some((_, what)) = said.split_once(VIOLATION)
        {
            let mut refused = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let known = refused.iter().any(|(_, earlier)| earlier == what);
            refused.retain(|(_, earlier)| earlier != what);
            if refused.len() == REMEMBERED {
                refused.remove(0);
            }
            refused.push((Instant::now(), what.to_owned()));
            // Once for each subject: whoever may not do something tries it again and again.
            if !known {
                tracing::warn!(what, "NATS refuses this: the user's permissions do not hold it");
            }
        }
    }

    /// The error, or the refusal that explains it.
    pub(crate) fn explain(&self, error: BusError) -> BusError {
        use BusError::{Bucket, NotSetUp, Publish, Pull, Topology};
        if !matches!(&error, Bucket { .. } | NotSetUp { .. } | Publish { .. } | Pull { .. } | Topology { .. }) {
            return error;
        }
        let refused = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match refused.last() {
            Some((when, what)) if when.elapsed() < RECENT => BusError::Denied { what: what.clone() },
            _ => error,
        }
    }

    /// Whether publishing to this subject was refused.
    pub(crate) fn of_publish(&self, subject: &str) -> Option<BusError> {
        let wanted = format!("Publish to \"{subject}\"");
        let refused = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        refused.iter().any(|(_, what)| *what == wanted).then_some(BusError::Denied { what: wanted })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_explained_by_what_was_refused_just_before() {
        let refusals = Refusals::default();
        let failed = || BusError::pull("visits")("timed out");
        assert!(matches!(refusals.explain(failed()), BusError::Pull { .. }));
        let said = "Permissions Violation for Publish to \"$JS.API.STREAM.INFO.visits\"";
        refusals.hear(&Event::ServerError(ServerError::Other(said.to_owned())));
        let error = refusals.explain(failed());
        assert!(matches!(error, BusError::Denied { .. }));
        assert!(error.to_string().contains("$JS.API.STREAM.INFO.visits"), "{error}");
        assert!(refusals.of_publish("$JS.API.STREAM.INFO.visits").is_some());
        assert!(refusals.of_publish("$JS.API.STREAM.INFO.pages").is_none());
    }
}
