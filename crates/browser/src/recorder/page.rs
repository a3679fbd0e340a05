//! What our own script in the page tells. The page does not have the function by which it does; what arrives is
//! treated as if it had.

mod conduct;
mod message;
mod stack;

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
};

use chromiumoxide::cdp::js_protocol::runtime::EventBindingCalled;
use earshot_model::{Fact, GapKind, ScriptFrame};

use self::message::{Message, What};
use super::{
    Recorder, Source,
    draft::{Draft, Slot},
    sockets::Blobs,
    storage::Writes,
};
use crate::{bounds, setup::Script};

/// Facts told by our script that are kept of one visit; they share [`bounds::REST`] with what the browser tells.
const TOLD: usize = 2_500;

/// Where the facts stand that our script told, so that the same thing told again is not another.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Its names; `None` where there is no script.
    script: Option<Script>,
    /// By a hash of what makes it the same.
    known: HashMap<u64, Slot>,
    hasher: RandomState,
    facts: usize,
    pub(super) writes: Writes,
    pub(super) blobs: Blobs,
}

/// Where and when something was told of, and who did it.
#[derive(Debug)]
pub(super) struct Scene {
    pub at_ms: f64,
    pub frame: String,
    pub origin: String,
    pub stack: Vec<ScriptFrame>,
}

impl Recorder {
    /// Listens to a script.
    pub(crate) fn hearing(mut self, script: &Script) -> Self {
        self.told.script = Some(script.clone());
        self
    }

    pub(super) fn on_told(&mut self, called: &EventBindingCalled, source: Source<'_>) {
        let ours = self.told.script.as_ref().is_some_and(|script| script.channel == called.name);
        // The blank page before the navigation is nobody's.
        if !ours || !self.clock.has_started() {
            return;
        }
        match Message::parse(&called.payload) {
            Some(message) => self.on_message(message, source),
            None => self.draft.gap(GapKind::PageWitness, "a message of our script could not be read"),
        }
    }

    fn on_message(&mut self, message: Message, source: Source<'_>) {
        let scene = self.scene(&message, source);
        match message.what {
            What::Listener { event, target, means, count } => self.on_listener(scene, event, target, means, count),
            What::Read { target, count } => self.on_read(scene, target, count),
            What::Call { api, detail, count } => self.on_call(scene, api, detail, count),
            What::Stored { area, name, length, .. } => self.on_told_stored(scene, area, name, length),
            What::Cookie { name, length, attributes } => {
                self.cookies.on_script(scene, name, length, &attributes);
            }
            What::Blob { url, size, data, read } => {
                let body = read.then_some((data, size));
                self.on_blob(source.session, &url, body);
            }
            What::Signal { source, value } => self.on_signal(&scene.frame, scene.at_ms, source, value),
            What::Unread { source } => self.on_unread(source),
            What::Capped { what } => {
                let place = super::without_query(&scene.frame);
                let what = if what.is_empty() { "everything" } else { &what };
                self.draft.gap(GapKind::PageWitness, format!("{place}: {what} happened more often than is told"));
            }
        }
    }

    fn scene(&mut self, message: &Message, source: Source<'_>) -> Scene {
        let address = if message.address.is_empty() { source.address } else { &message.address };
        let frame = address.split('#').next().unwrap_or_default();
        // Nothing is told before it happened.
        let at_ms = self.clock.wall(message.time).min(self.clock.heard(source.heard) + CLOCKS_APART_MS);
        Scene {
            at_ms: self.order.told(source.session, at_ms),
            frame: bounds::cut(frame, bounds::ADDRESS).to_owned(),
            origin: bounds::cut(&message.origin, bounds::ADDRESS).to_owned(),
            stack: stack::parse(&message.stack),
        }
    }

    /// The fact that is known by `key`, or where to put it. `None` if there is no room for another.
    pub(super) fn tell(&mut self, key: &str, scene: &Scene, fact: impl FnOnce() -> Fact) -> Option<&mut Fact> {
        let key = self.told.hasher.hash_one(key);
        let slot = match self.told.known.get(&key) {
            Some(slot) => *slot,
            None => {
                let slot = self.add_told(scene, fact())?;
                self.told.known.insert(key, slot);
                slot
            }
        };
        self.draft.fact_mut(slot)
    }

    /// Adds a fact that our script told.
    pub(super) fn add_told(&mut self, scene: &Scene, fact: Fact) -> Option<Slot> {
        if self.told.facts >= TOLD {
            self.draft.gap(GapKind::PageWitness, format!("more than {TOLD} facts"));
            return None;
        }
        self.told.facts += 1;
        self.draft.add(earshot_model::Witness::Page, Some(scene.at_ms), &scene.frame, fact)
    }
}

/// How far the page's clock may be ahead of ours: we hear of the navigation late by a message's way.
const CLOCKS_APART_MS: f64 = 1_000.0;

impl Told {
    /// Takes our own functions out of the stacks that the browser told, and notes what was awaited and never told.
    pub(super) fn finish(&self, draft: &mut Draft) {
        self.blobs.finish(draft);
        let Some(Script { mark, .. }) = &self.script else { return };
        for slot in 0.. {
            match draft.fact_mut(slot) {
                Some(Fact::Request(request)) => {
                    // Its functions in the page's world are called so, and what we ask in worlds of our own comes from there.
                    request.initiator.stack.retain(|frame| frame.function != *mark && frame.url != *mark);
                }
                Some(_) => {}
                None => return,
            }
        }
    }
}

impl Scene {
    /// The scripts that it leads through: the same thing done by the same ones is one fact.
    pub(super) fn scripts(&self) -> String {
        let mut urls: Vec<_> = self.stack.iter().map(|frame| frame.url.as_str()).collect();
        urls.dedup();
        urls.join(" ")
    }
}

#[cfg(test)]
mod tests;
