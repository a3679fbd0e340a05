//! How many pages a browser worker has open at once. It finds that by itself: more as long as every tab is in use and the machine
//! keeps up, fewer when it does not. A page that waits for the processor is dated late and may reach its wall, so that too many tabs
//! cost truth before they cost pages.

use std::{
    ops::RangeInclusive,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use earshot_browser::Lives;
use tokio::{sync::Semaphore, time::sleep};
use tracing::info;

use crate::metrics::Work;

/// How often it is looked at: a visit takes some ten seconds, so that half of what was changed shows by then.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Pages that are slowed down less than this leave room for more.
const EASY: f64 = 2.0;
/// Pages that are slowed down more than this are too many. What lies between is left as it is.
const HARD: f64 = 5.0;
/// A browser that takes longer to say its version is behind with everything. Usually it takes a few ms.
const STALLED: Duration = Duration::from_secs(1);

/// The tabs of a worker. Shared by reference.
pub(super) struct Tabs {
    /// One for each page that may be open.
    open: Arc<Semaphore>,
    /// One for each page that may be taken: as many again wait for their turn at a site.
    taken: Arc<Semaphore>,
    range: RangeInclusive<usize>,
    limit: AtomicUsize,
}

/// What is seen of the machine.
#[derive(Clone, Copy, Debug)]
struct Signs {
    /// How many times longer pages took than they would have taken alone; `None` if they hardly ran.
    slowdown: Option<f64>,
    /// How long the browser last took to answer.
    answered: Duration,
    /// Whether every tab is in use.
    full: bool,
    /// Whether there is memory for more.
    room: bool,
}

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    More,
    Same,
    Fewer,
}

impl Tabs {
    /// Stays within `range`, in whose middle it starts.
    pub(super) fn new(range: RangeInclusive<usize>) -> Self {
        let limit = range.start().midpoint(*range.end());
        let (open, taken) = (Semaphore::new(limit), Semaphore::new(2 * limit));
        Self { open: Arc::new(open), taken: Arc::new(taken), range, limit: AtomicUsize::new(limit) }
    }

    /// What an open page holds.
    pub(super) fn open(&self) -> &Semaphore {
        &self.open
    }

    /// What a page holds from when it is taken until it is done.
    pub(super) fn taken(&self) -> Arc<Semaphore> {
        self.taken.clone()
    }

    /// Looks at the machine for ever, and has more or fewer tabs; returns at once if there is nothing to choose.
    pub(super) async fn tune(&self, lives: &Lives, has_room: impl Fn() -> bool, work: &Work) {
        work.set_limit(self.limit());
        if self.range.start() == self.range.end() {
            return;
        }
        let mut before = lives.pace();
        loop {
            sleep(LOOK_EVERY).await;
            let now = lives.pace();
            let signs = Signs {
                slowdown: now.slowdown_since(before),
                answered: lives.answered_within(),
                full: self.open.available_permits() == 0,
                room: has_room(),
            };
            before = now;
            let (was, is) = (self.limit(), self.take(signs.step()));
            if was != is {
                work.set_limit(is);
                info!(tabs = is, was, slowdown = signs.slowdown, answered = ?signs.answered, "tabs at once");
            }
        }
    }

    fn limit(&self) -> usize {
        self.limit.load(Ordering::Relaxed)
    }

    /// Takes a step, and says how many tabs there are then. Nobody is turned out: pages that are too many are let end.
    fn take(&self, step: Step) -> usize {
        let was = self.limit();
        let is = match step {
            Step::More => was + was.div_ceil(8),
            Step::Same => was,
            Step::Fewer => was - was.div_ceil(4),
        };
        let is = is.clamp(*self.range.start(), *self.range.end());
        for (seats, each) in [(&self.open, 1), (&self.taken, 2)] {
            seats.add_permits(is.saturating_sub(was) * each);
            withdraw(seats, was.saturating_sub(is) * each);
        }
        self.limit.store(is, Ordering::Relaxed);
        is
    }
}

/// Takes permits away as they are given back.
fn withdraw(seats: &Arc<Semaphore>, count: usize) {
    let (seats, count) = (seats.clone(), u32::try_from(count).unwrap_or(u32::MAX));
    if count > 0 {
        tokio::spawn(async move {
            // Never closed.
            if let Ok(permits) = seats.acquire_many_owned(count).await {
                permits.forget();
            }
        });
    }
}

impl Signs {
    fn step(self) -> Step {
        let slowdown = self.slowdown.unwrap_or(1.0);
        if slowdown > HARD || self.answered > STALLED || !self.room {
            Step::Fewer
        } else if self.full && slowdown < EASY {
            Step::More
        } else {
            Step::Same
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALM: Signs = Signs { slowdown: Some(1.4), answered: Duration::from_millis(3), full: true, room: true };

    #[test]
    fn it_grows_only_where_everything_keeps_up() {
        assert_eq!(CALM.step(), Step::More);
        assert_eq!(Signs { full: false, ..CALM }.step(), Step::Same);
        assert_eq!(Signs { slowdown: Some(3.0), ..CALM }.step(), Step::Same);
        assert_eq!(Signs { slowdown: None, ..CALM }.step(), Step::More);
        for bad in [
            Signs { slowdown: Some(9.0), ..CALM },
            Signs { answered: Duration::from_secs(2), ..CALM },
            Signs { room: false, ..CALM },
        ] {
            assert_eq!(Signs { full: false, ..bad }.step(), Step::Fewer);
        }
    }

    #[tokio::test]
    async fn steps_stay_within_the_range_and_turn_nobody_out() {
        let tabs = Tabs::new(2..=20);
        assert_eq!([(); 6].map(|()| tabs.take(Step::More)), [13, 15, 17, 20, 20, 20]);
        let open = tabs.open.clone().acquire_many_owned(20).await.unwrap();
        assert_eq!([tabs.take(Step::Fewer), tabs.take(Step::Fewer)], [15, 11]);
        assert_eq!(tabs.take(Step::Same), 11);
        tokio::task::yield_now().await;
        // What is to go goes first, since it was asked for before.
        drop(open);
        let all = tabs.open.clone().acquire_many_owned(11).await.unwrap();
        assert_eq!(tabs.open.available_permits(), 0);
        drop(all);
        let least = (0..20).map(|_| tabs.take(Step::Fewer)).last();
        assert_eq!(least, Some(2));
    }
}
