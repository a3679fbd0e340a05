//! What stands before a role's queue: open, or shut until there is room again.

use tokio::sync::watch;

/// Whether work may be taken. Who has the other end opens and shuts it.
#[derive(Clone)]
pub(super) struct Gate(watch::Receiver<bool>);

impl Gate {
    /// An open gate, and what shuts it: `false`.
    pub(super) fn new() -> (watch::Sender<bool>, Self) {
        let (open, gate) = watch::channel(true);
        (open, Self(gate))
    }

    /// Waits until it is open. One that nobody holds any more stays open.
    pub(super) async fn pass(&mut self) {
        let _ = self.0.wait_for(|open| *open).await;
    }
}
