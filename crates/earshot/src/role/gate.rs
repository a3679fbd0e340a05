//! What stands before a role's queue: shut while there is no room for more, and half shut while those who come after us do
//! not keep up.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use earshot_bus::{Bus, topology::StreamSpec};
use tokio::sync::watch;
use tracing::{debug, info};

/// How often the bus is asked: nobody announces that a stream has become short.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Half shut while a stream is too long. It opens again at half of that, so that it does not flutter.
pub(super) struct Gate {
    bus: Bus,
    stream: &'static StreamSpec,
    most: u64,
    open: AtomicBool,
    looked: Mutex<Option<Instant>>,
    room: Option<watch::Receiver<bool>>,
}

impl Gate {
    /// Half shut while `stream` holds `most` messages.
    pub(super) fn new(bus: Bus, stream: &'static StreamSpec, most: u64) -> Self {
        Self { bus, stream, most, open: AtomicBool::new(true), looked: Mutex::default(), room: None }
    }

    /// Shut also while there is no room, as the other end of `room` says.
    pub(super) fn with_room(self, room: watch::Receiver<bool>) -> Self {
        Self { room: Some(room), ..self }
    }

    /// Waits until there is room. Where nobody says that there is none, there is.
    pub(super) async fn pass(&self) {
        if let Some(room) = &self.room {
            let _ = room.clone().wait_for(|room| *room).await;
        }
    }

    /// Whether more may be made than what people wait for. A bus that does not answer changes nothing: it takes nothing either.
    pub(super) async fn is_open(&self) -> bool {
        if self.is_due() {
            match self.bus.backlog(self.stream).await {
                Ok(backlog) => self.judge(backlog),
                Err(error) => debug!(stream = self.stream.name, %error, "its length is not known"),
            }
        }
        self.open.load(Ordering::Relaxed)
    }

    fn is_due(&self) -> bool {
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        let due = looked.is_none_or(|at| at.elapsed() >= LOOK_EVERY);
        if due {
            *looked = Some(Instant::now());
        }
        due
    }

    fn judge(&self, backlog: u64) {
        let was = self.open.load(Ordering::Relaxed);
        let open = if was { backlog < self.most } else { backlog <= self.most / 2 };
        if was != open {
            let stream = self.stream.name;
            info!(stream, backlog, open, "those who come after us are waited for, or not any more");
            self.open.store(open, Ordering::Relaxed);
        }
    }
}
