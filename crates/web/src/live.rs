//! Runs as they are watched while they go on.
//!
//! Who watches a run sits in its [`Room`]. The first one opens it: one subscription to the bus and one look at the store a second
//! serve all who sit there, and what was told is kept for those who come late. It is closed a while after the last one has left.

mod room;
mod story;
mod told;
mod verdict;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::http::StatusCode;
use earshot_model::{Run, RunId};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use self::room::Room;
pub(crate) use self::{
    room::Seat,
    verdict::{Verdict, words_of_state},
};
use crate::{problem::Problem, server::Shared};

/// After which time somebody who finds no seat may try again: a page is watched for about as long.
const SEAT_PAUSE: Duration = Duration::from_secs(30);

/// All rooms.
pub(crate) struct Hub {
    rooms: Mutex<HashMap<RunId, Arc<Room>>>,
    seats: Arc<Semaphore>,
    /// How many seats there are.
    most: u16,
    shutdown: CancellationToken,
}

impl Hub {
    /// One with `most` seats, whose rooms close at `shutdown`.
    pub fn new(most: u16, shutdown: CancellationToken) -> Self {
        Self { rooms: Mutex::default(), seats: Arc::new(Semaphore::new(most.into())), most, shutdown }
    }

    /// A seat in the room of that run; the next event is the one after `after`, if it was told there.
    pub fn sit(&self, web: &Shared, run: Run, after: Option<&str>) -> Result<Seat, Problem> {
        let permit = self.seats.clone().try_acquire_owned().map_err(|_| {
            let detail =
                format!("{} watch already, which is as many as can; the run's page shows how far it is", self.most);
            let retry_after = Some(SEAT_PAUSE.as_secs());
            Problem { retry_after, ..Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail) }
        })?;
        let mut rooms = self.rooms();
        let room = rooms.entry(run.id).or_insert_with(|| Room::open(web, run)).clone();
        Ok(Seat::take(room, permit, after))
    }

    fn close(&self, run: RunId) {
        self.rooms().remove(&run);
    }

    fn rooms(&self) -> MutexGuard<'_, HashMap<RunId, Arc<Room>>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
