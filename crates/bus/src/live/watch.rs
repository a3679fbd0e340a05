//! A watcher's side: what is told of the visits of one run.

use std::collections::HashMap;

use async_nats::Subscriber;
use earshot_model::{Live, LiveFact, RunId, VisitId, wire};
use futures::StreamExt as _;
use jiff::Timestamp;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::AGAIN;
use crate::{
    Bus, BusError,
    topology::{ASK_EVERY, live_subject, watch_subject},
};

/// Openings that a watch remembers, those that are over among them.
const REMEMBERED: usize = 1_024;

/// What is told of the visits of one run while they go on.
pub struct Watch {
    bus: Bus,
    run: RunId,
    told: Subscriber,
    ask: Interval,
    /// Whether something was missed.
    again: bool,
    had: HashMap<(VisitId, Timestamp), Had>,
}

/// What was had of one opening.
#[derive(Clone, Copy, Default)]
struct Had {
    /// The number of the next event.
    next: u32,
    over: bool,
}

impl Bus {
    /// Watches a run. First comes what has been of its visits that go on, then what happens.
    ///
    /// # Errors
    /// [`BusError::Pull`].
    pub async fn watch(&self, run: RunId) -> Result<Watch, BusError> {
        let told = self.client().subscribe(live_subject(run)).await.map_err(self.pull_error("live"))?;
        let mut ask = interval(ASK_EVERY);
        ask.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Ok(Watch { bus: self.clone(), run, told, ask, again: true, had: HashMap::new() })
    }
}

impl Watch {
    /// The next stretch that was not had, in the order of its opening: of events that were missed the earlier ones come first.
    /// `None` if the connection ended. Workers go on telling only while somebody waits here.
    pub async fn next(&mut self) -> Option<Live> {
        loop {
            tokio::select! {
                message = self.told.next() => {
                    // What a later version tells is not for us, nor what is none of this run.
                    let Ok(live) = wire::decode::<Live>(&message?.payload) else { continue };
                    if live.task.run == self.run && let Some(live) = self.fresh(live) {
                        return Some(live);
                    }
                }
                _ = self.ask.tick() => {
                    let payload = if self.again { AGAIN } else { b"" };
                    let asked = self.bus.client().publish(watch_subject(self.run), payload.into()).await;
                    self.again &= asked.is_err();
                }
            }
        }
    }

    /// What is new of it. If something before it is missing, nothing is, and it is asked for.
    fn fresh(&mut self, mut live: Live) -> Option<Live> {
        if self.had.len() >= REMEMBERED {
            self.had.retain(|_, had| !had.over);
        }
        let had = self.had.entry((live.task.visit_id(), live.opened_at)).or_default();
        if live.first > had.next {
            self.again = true;
            return None;
        }
        let known = (had.next - live.first) as usize;
        if known >= live.events.len() {
            return None;
        }
        live.events.drain(..known);
        live.first = had.next;
        had.next += u32::try_from(live.events.len()).unwrap_or(u32::MAX);
        had.over |= live.events.iter().any(|event| matches!(event.fact, LiveFact::Ended(_) | LiveFact::BrokenOff));
        Some(live)
    }
}
