//! Where one run is watched.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use earshot_bus::Watch;
use earshot_model::{Live, Run};
use earshot_store::StoreError;
use tokio::{
    sync::{OwnedSemaphorePermit, watch},
    time::{Instant, MissedTickBehavior, interval},
};

use super::{
    Verdict,
    story::{Place, Story},
    told::Told,
    verdict::state,
};
use crate::{api::runs, server::Shared};

/// How often it is looked how far the run is.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long a room stays open in which nobody sits: who has lost the connection comes back within a few seconds.
const LINGER: Duration = Duration::from_secs(20);

/// Where one run is watched.
pub(crate) struct Room {
    run: Run,
    story: Mutex<Story>,
    /// Wakes those who sit here.
    news: watch::Sender<()>,
}

/// A place in a room, of one who watches.
pub(crate) struct Seat {
    room: Arc<Room>,
    news: watch::Receiver<()>,
    place: Place,
    _permit: OwnedSemaphorePermit,
}

impl Room {
    /// Opens it.
    pub fn open(web: &Shared, run: Run) -> Arc<Self> {
        let room = Arc::new(Self { run, story: Mutex::default(), news: watch::Sender::new(()) });
        tokio::spawn(serve(web.clone(), room.clone()));
        room
    }

    fn story(&self) -> MutexGuard<'_, Story> {
        self.story.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, change: impl FnOnce(&mut Story)) {
        change(&mut self.story());
        self.news.send_replace(());
    }
}

impl Seat {
    pub(super) fn take(room: Arc<Room>, permit: OwnedSemaphorePermit, after: Option<&str>) -> Self {
        let news = room.news.subscribe();
        let place = room.story().place_after(after);
        Self { room, news, place, _permit: permit }
    }

    /// What is told next; `None` when all is told.
    pub async fn next(&mut self) -> Option<Told> {
        loop {
            self.news.borrow_and_update();
            {
                let story = self.room.story();
                if let Some(told) = story.next(&mut self.place, &self.room.run) {
                    return Some(told);
                }
                if story.is_over() {
                    return None;
                }
            }
            self.news.changed().await.ok()?;
        }
    }
}

/// Serves a room until the run is over, or nobody has sat there for a while.
async fn serve(web: Shared, room: Arc<Room>) {
    let run = room.run.id;
    let mut watch = web.bus.watch(run).await.inspect_err(|error| {
        // What is recorded is shown all the same.
        tracing::warn!(run.id = %run, %error, "web: what happens in a run is not told");
    });
    let mut look = interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut left: Option<Instant> = None;
    loop {
        tokio::select! {
            () = web.live.shutdown.cancelled() => break,
            Some(live) = next(watch.as_mut().ok()) => tell(&web, &room, live),
            _ = look.tick() => {
                let is_empty = room.news.receiver_count() == 0;
                left = is_empty.then(|| left.unwrap_or_else(Instant::now));
                if left.is_some_and(|left| left.elapsed() >= LINGER) {
                    break;
                }
                match look_at(&web, &room).await {
                    Ok(true) => break,
                    Ok(false) => {}
                    Err(error) => tracing::warn!(run.id = %run, %error, "web: how far a run is is not known"),
                }
            }
        }
    }
    web.live.close(run);
    room.tell(Story::end);
}

/// What is told next; never, if nobody tells any more.
async fn next(watch: Option<&mut Watch>) -> Option<Live> {
    match watch {
        Some(watch) => watch.next().await,
        None => std::future::pending().await,
    }
}

fn tell(web: &Shared, room: &Room, live: Live) {
    room.tell(|story| story.hear(live, &web.catalogue));
}

/// Looks how far the run is. Whether it is over, which is told then.
async fn look_at(web: &Shared, room: &Room) -> Result<bool, StoreError> {
    let store = &web.store;
    let Some(run) = store.run(room.run.id).await? else { return Ok(true) };
    let progress = store.progress(run.id).await?;
    // Once it has begun, nobody asks for its place any more.
    let ahead = if progress.crawled + progress.recorded == 0 { runs::ahead(store, &run).await? } else { None };
    room.tell(|story| story.stands(state(&run, &progress, ahead.unwrap_or(0))));
    if run.state.is_open() {
        return Ok(false);
    }
    let verdict = Verdict::of(store, &run, &progress).await?;
    room.tell(|story| story.conclude(&verdict));
    Ok(true)
}
