//! A worker's side: what its visits tell.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use earshot_model::{Live, LiveEvent, LiveFact, PageTask, RunId, wire};
use futures::StreamExt as _;
use jiff::Timestamp;
use tokio::{sync::mpsc, time::Instant};

use super::{AGAIN, parted};
use crate::{
    Bus,
    topology::{LIVE_KEPT, LIVE_WAITING, WATCHED, WATCHED_FOR, WATCHES_KNOWN, live_subject, watched_run},
};

/// Tells what the visits of a worker do while they go on. Clones are one narrator.
#[derive(Clone, Debug)]
pub struct Narrator(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// What is to be sent. Never waited for.
    out: mpsc::Sender<Live>,
}

#[derive(Debug, Default)]
struct State {
    /// Runs that somebody watches, and until when that holds.
    watched: HashMap<RunId, Instant>,
    /// Openings that go on.
    openings: HashMap<u64, Opening>,
    next: u64,
}

/// What was told of one opening of a page.
#[derive(Debug)]
struct Opening {
    task: PageTask,
    opened_at: Timestamp,
    events: Vec<LiveEvent>,
    /// When the navigation began.
    zero: Option<Instant>,
    /// Whether something could not be sent: it is told again when somebody says that they watch.
    dropped: bool,
    is_over: bool,
}

/// One opening of a page, of which things are told. One that is dropped before its end was told was broken off.
#[derive(Debug)]
pub struct Narration {
    narrator: Narrator,
    number: u64,
}

impl Bus {
    /// A narrator. A task beside it listens to who watches, and sends; it ends with the last clone.
    #[must_use]
    pub fn narrator(&self) -> Narrator {
        let (out, told) = mpsc::channel(LIVE_WAITING);
        let shared = Arc::new(Shared { state: Mutex::default(), out });
        tokio::spawn(send(self.clone(), Arc::downgrade(&shared), told));
        Narrator(shared)
    }
}

impl Narrator {
    /// Begins to tell of a page that is opened.
    #[must_use]
    pub fn open(&self, task: &PageTask) -> Narration {
        let opening = Opening {
            task: task.clone(),
            opened_at: Timestamp::now(),
            events: Vec::new(),
            zero: None,
            dropped: false,
            is_over: false,
        };
        let number = {
            let mut state = self.0.state();
            state.next += 1;
            let number = state.next;
            state.openings.insert(number, opening);
            number
        };
        let narration = Narration { narrator: self.clone(), number };
        narration.tell(LiveEvent { at_ms: 0.0, fact: LiveFact::Opened });
        narration
    }
}

impl Narration {
    /// Tells of something. Never waits; what is too much is dropped.
    pub fn tell(&self, event: LiveEvent) {
        let Shared { out, .. } = &*self.narrator.0;
        let mut state = self.narrator.0.state();
        let State { watched, openings, .. } = &mut *state;
        let Some(opening) = openings.get_mut(&self.number) else { return };
        let is_end = matches!(event.fact, LiveFact::Ended(_) | LiveFact::BrokenOff);
        if opening.is_over || (opening.events.len() >= LIVE_KEPT && !is_end) {
            return;
        }
        opening.is_over = is_end;
        if event.fact == LiveFact::Navigated {
            opening.zero.get_or_insert_with(Instant::now);
        }
        opening.events.push(event);
        if watched.get(&opening.task.run).is_some_and(|until| Instant::now() < *until) {
            let live = opening.told_from(opening.events.len() - 1);
            opening.dropped |= out.try_send(live).is_err();
        }
    }
}

impl Drop for Narration {
    fn drop(&mut self) {
        self.tell(LiveEvent { at_ms: 0.0, fact: LiveFact::BrokenOff });
        self.narrator.0.state().openings.remove(&self.number);
    }
}

impl Shared {
    /// It is locked for moments only, and never left half-way through.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody watches a run. Gives what has been, if that is wanted, nobody watched before, or something was dropped.
    fn hear(&self, run: RunId, again: bool) -> Vec<Live> {
        let (mut state, now) = (self.state(), Instant::now());
        state.watched.retain(|_, until| now < *until);
        let is_new = !state.watched.contains_key(&run);
        if is_new && state.watched.len() >= WATCHES_KNOWN {
            return Vec::new();
        }
        state.watched.insert(run, now + WATCHED_FOR);
        let openings = state.openings.values_mut().filter(|opening| opening.task.run == run);
        let wanted = openings.filter_map(|opening| {
            let dropped = std::mem::take(&mut opening.dropped);
            (is_new || again || dropped).then(|| opening.told_from(0))
        });
        wanted.flat_map(parted).collect()
    }
}

impl Opening {
    fn told_from(&self, first: usize) -> Live {
        Live {
            task: self.task.clone(),
            opened_at: self.opened_at,
            clock_ms: self.zero.map(|zero| zero.elapsed().as_secs_f64() * 1_000.0),
            first: u32::try_from(first).unwrap_or(u32::MAX),
            events: self.events[first..].to_vec(),
        }
    }
}

/// Listens to who watches, and sends what is told, as long as there is a narrator.
async fn send(bus: Bus, shared: Weak<Shared>, mut told: mpsc::Receiver<Live>) {
    let Ok(mut asks) = bus.client().subscribe(WATCHED).await else { return };
    loop {
        let stretches = tokio::select! {
            ask = asks.next() => {
                let (Some(ask), Some(shared)) = (ask, shared.upgrade()) else { return };
                let Some(run) = watched_run(&ask.subject) else { continue };
                shared.hear(run, ask.payload.as_ref() == AGAIN)
            }
            live = told.recv() => match live {
                Some(live) => vec![live],
                None => return,
            },
        };
        for live in stretches {
            if let Err(error) = bus.client().publish(live_subject(live.task.run), wire::encode(&live).into()).await {
                tracing::debug!(%error, "what happens was not told");
            }
        }
    }
}
