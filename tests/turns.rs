//! Turns of tests. Most of them wait for a page's clock more than they work, so several go beside each other on few cores;
//! those that keep all cores busy, or measure time or memory, go alone.

use std::{
    cell::RefCell,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

/// Places for the tests of one binary that have a browser.
pub struct Turns {
    places: usize,
    taken: Mutex<usize>,
    freed: Condvar,
}

/// Some of the places, until it is dropped.
struct Turn {
    turns: &'static Turns,
    places: usize,
}

thread_local! {
    /// Each test has a thread of its own: its turn ends when the test does.
    static TURN: RefCell<Option<Turn>> = const { RefCell::new(None) };
}

impl Turns {
    /// So many tests go beside each other, however many threads there are for them.
    pub const fn new(places: usize) -> Self {
        Self { places, taken: Mutex::new(0), freed: Condvar::new() }
    }

    /// Waits until this test may go beside others, unless it has its turn.
    pub fn beside(&'static self) {
        TURN.with(|turn| {
            turn.borrow_mut().get_or_insert_with(|| self.take(1));
        });
    }

    /// Waits until this test, which has no turn yet, may go alone.
    #[allow(dead_code, reason = "not every binary has such tests")]
    pub fn alone(&'static self) {
        TURN.with(|turn| *turn.borrow_mut() = Some(self.take(self.places)));
    }

    fn take(&'static self, places: usize) -> Turn {
        let full = |taken: &mut usize| *taken + places > self.places;
        let mut taken = self.freed.wait_while(self.taken(), full).unwrap_or_else(PoisonError::into_inner);
        *taken += places;
        Turn { turns: self, places }
    }

    /// A test that failed leaves nothing behind that another could meet.
    fn taken(&self) -> MutexGuard<'_, usize> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *self.turns.taken() -= self.places;
        self.turns.freed.notify_all();
    }
}
