//! What matters for where the visitor stands with consent: banners, presses, signals, and the phase of each moment.

mod message;

use std::collections::{BTreeMap, BTreeSet};

use chromiumoxide::cdp::js_protocol::runtime::EventBindingCalled;
use earshot_model::{Consent, ConsentClock, ConsentStep, Event, Fact, Gap, GapKind, Profile, Witness};

use self::message::{Message, What};
use super::{Recorder, Source, draft::Slot};
use crate::{
    bounds,
    consent::{Banner, Press, Sight, Watcher},
};

/// Documents that show a banner at a time: one, or a banner and what lies over it.
const SHOWING: usize = 20;

/// Signals kept of one visit: a page has a handful of interfaces, and each changes a few times.
const SIGNALS: usize = 200;

/// Interfaces for consent that may not answer.
const INTERFACES: usize = 20;

/// How long a click may take from going down to going up.
const CLICK_MS: f64 = 2_000.0;

/// How far the page's clock may be ahead of ours: we hear of the navigation late by a message's way.
const CLOCKS_APART_MS: f64 = 1_000.0;

/// What watches consent, as far as it has told.
#[derive(Debug, Default)]
pub(super) struct Watching {
    /// `None` where nothing watches.
    watcher: Option<Watcher>,
    sight: Sight,
    /// The banner's event.
    banner: Option<Slot>,
    /// The page's document that told something last.
    top: Option<String>,
    /// Documents in which one can be seen now.
    showing: BTreeMap<String, (String, i64)>,
    /// Whether that document was looked at after it was parsed.
    looked: bool,
    /// Why a banner may have been missed.
    failed: Option<String>,
    signals: usize,
    /// Interfaces that were there and did not answer.
    unread: BTreeSet<String>,
    /// In which document the button of the mouse went down last, and when.
    down: Option<(String, f64)>,
}

impl Recorder {
    /// Listens to a watcher.
    pub(crate) fn watched_by(mut self, watcher: &Watcher) -> Self {
        self.watching.watcher = Some(watcher.clone());
        self
    }

    /// What was seen of banners and presses so far.
    pub(crate) fn sight(&self) -> &Sight {
        &self.watching.sight
    }

    /// Whether a message is one of the watcher's.
    pub(crate) fn is_watchers(&self, called: &EventBindingCalled) -> bool {
        self.watching.watcher.as_ref().is_some_and(|watcher| watcher.channel == called.name)
    }

    /// Writes down a step of the consent clock, seen in the document at `address` at `at_ms`.
    pub(crate) fn stepped(&mut self, witness: Witness, address: &str, at_ms: f64, consent: Consent) -> Option<usize> {
        let address = address.split('#').next().unwrap_or_default();
        self.draft.add(witness, Some(at_ms), address, Fact::Consent(consent))
    }

    /// The page's own world said what one of its consent interfaces says now.
    pub(super) fn on_signal(&mut self, address: &str, at_ms: f64, source: String, value: String) {
        let source = bounds::cut(&source, bounds::NAME).to_owned();
        self.watching.unread.remove(&source);
        self.watching.signals += 1;
        if self.watching.signals > SIGNALS {
            return self.draft.gap(GapKind::SignalUnread, format!("{source}: more than {SIGNALS} changes of signals"));
        }
        let value = bounds::cut(&value, Consent::LONGEST).to_owned();
        let signal = Consent { step: ConsentStep::Signal, source, value, buttons: Vec::new() };
        self.stepped(Witness::Page, address, at_ms, signal);
    }

    /// A consent interface did not answer, so far.
    pub(super) fn on_unread(&mut self, source: String) {
        if self.watching.unread.len() < INTERFACES {
            self.watching.unread.insert(bounds::cut(&source, bounds::NAME).to_owned());
        }
    }

    pub(super) fn on_watched(&mut self, called: &EventBindingCalled, source: Source<'_>) {
        // The blank page before the navigation is nobody's.
        if !self.clock.has_started() {
            return;
        }
        let Some(message) = Message::parse(&called.payload) else {
            self.watching.failed.get_or_insert_with(|| "a message of the watcher could not be read".to_owned());
            return;
        };
        // Nothing is told before it happened.
        let at_ms = self.clock.wall(message.time).min(self.clock.heard(source.heard) + CLOCKS_APART_MS);
        let frame = bounds::cut(message.address.split('#').next().unwrap_or_default(), bounds::ADDRESS).to_owned();
        let realm = format!("{} {}", source.session, message.realm);
        if message.top {
            self.on_top(&realm);
        }
        match message.what {
            What::Looked => self.watching.looked |= message.top,
            What::Banner { platform, selector, buttons } => {
                let at_ms = self.order.told(source.session, at_ms);
                let banner = Banner { at_ms, frame, source: platform, selector, buttons };
                self.on_banner(banner);
                if self.watching.showing.len() < SHOWING {
                    let place = (source.session.to_owned(), *called.execution_context_id.inner());
                    self.watching.showing.insert(realm, place);
                }
            }
            What::Gone => {
                self.watching.showing.remove(&realm);
            }
            What::Down => self.watching.down = Some((realm, self.order.pressed(source.session, at_ms))),
            What::Press { selector, banner, means } => {
                let at_ms = self.order.pressed(source.session, at_ms);
                let down =
                    self.watching.down.take().filter(|(of, from_ms)| *of == realm && at_ms - from_ms <= CLICK_MS);
                let from_ms = down.map_or(at_ms, |(_, from_ms)| from_ms);
                self.on_press(Press { from_ms, at_ms, frame, selector, in_banner: banner, means });
            }
            What::Unclear => {
                let why = "something may ask for consent, in words that are not known";
                self.watching.failed.get_or_insert_with(|| why.to_owned());
            }
            What::Failed { why } => {
                let why = bounds::cut(&why, bounds::NAME).to_owned();
                self.watching.failed.get_or_insert(why);
            }
        }
        self.watching.sight.is_shown = !self.watching.showing.is_empty();
    }

    /// What the page's last document showed, and that it was looked at, is gone when another one tells something.
    fn on_top(&mut self, realm: &str) {
        let top = Some(realm.to_owned());
        if std::mem::replace(&mut self.watching.top, top.clone()) != top {
            self.watching.showing.clear();
            self.watching.looked = false;
        }
    }

    /// What a document showed is gone with it; all that a session showed, without a number.
    pub(crate) fn forget_shown(&mut self, session: &str, context: Option<i64>) {
        let is_it = |of: &str, number: i64| of == session && context.is_none_or(|context| context == number);
        self.watching.showing.retain(|_, (of, number)| !is_it(of, *number));
        self.watching.sight.is_shown = !self.watching.showing.is_empty();
    }

    fn on_banner(&mut self, banner: Banner) {
        match &mut self.watching.sight.banner {
            None => {
                let consent = Consent {
                    step: ConsentStep::Banner,
                    source: banner.source.clone(),
                    value: banner.selector.clone(),
                    buttons: banner.buttons.clone(),
                };
                self.watching.banner = self.stepped(Witness::Page, &banner.frame, banner.at_ms, consent);
                self.watching.sight.banner = Some(banner);
            }
            // What is in a frame is told by the frame's own document, and a layer that was still being built is told
            // again. What a press brings is another layer.
            Some(first) if !self.watching.sight.presses.iter().any(|press| press.in_banner) => {
                first.add(banner.buttons);
                let event = self.watching.banner.and_then(|slot| self.draft.fact_mut(slot));
                if let Some(Fact::Consent(consent)) = event {
                    consent.buttons.clone_from(&first.buttons);
                }
            }
            Some(_) => {}
        }
    }

    fn on_press(&mut self, press: Press) {
        if self.watching.sight.presses.len() < Sight::PRESSES {
            self.watching.sight.presses.push(press);
        }
    }

    /// Whether the page's document was looked at after it was parsed.
    pub(super) fn has_looked(&self) -> bool {
        self.watching.looked
    }

    /// Notes which interfaces did not answer, and if nobody could say whether there was a banner.
    pub(super) fn note_unwatched(&mut self) {
        for source in std::mem::take(&mut self.watching.unread) {
            self.gap(GapKind::SignalUnread, format!("{source}: no answer"));
        }
        let Watching { watcher, sight, looked, failed, .. } = &self.watching;
        let was_answered = sight.banner.is_some() || self.main_frame.document().status.is_some();
        if watcher.is_none() || !was_answered {
            return;
        }
        match (failed.clone(), &sight.banner) {
            (Some(why), None) => self.gap(GapKind::BannerUnwatched, why),
            (_, Some(_)) if !looked => self.gap(GapKind::BannerUnwatched, "not seen whole: the page was still loading"),
            (None, None) if !looked => self.gap(GapKind::BannerUnwatched, "the page gave no answer"),
            _ => {}
        }
    }
}

/// Gives each event the phase that its moment has under that profile.
/// `looked` says whether its document was looked at.
pub(super) fn label(events: &mut [Event], gaps: &[Gap], profile: Profile, looked: bool) {
    let blind = [GapKind::BannerUnwatched, GapKind::CutShort, GapKind::EventBudget];
    let watched = looked && !gaps.iter().any(|gap| blind.contains(&gap.kind));
    let clock = ConsentClock::of(events);
    for event in events {
        event.phase = clock.phase(profile, watched, event.at_ms);
    }
}

#[cfg(test)]
mod tests;
