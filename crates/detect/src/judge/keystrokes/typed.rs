//! What was typed in a visit, and what to look for.

use earshot_model::{Canary, Entry, Event, Fact, FieldKind, Site, Visit};
use url::Url;

use crate::{
    judge::{Case, window::Window},
    leak::{Clues, Search},
};

/// How many characters have to be typed for them to be proof: five made-up syllables are some 33 bits.
const MIN_CHARACTERS: u32 = 10;

/// How far the clocks of the page and of its requests may stand apart, in ms. People leave a field later than that after
/// their last key.
const CLOCK_SLACK_MS: f64 = 100.0;

/// Strings of the page that are tried as keys, at most.
const MAX_KEYS: usize = 64;

/// One field, what was typed into it, and when.
#[derive(Debug)]
pub(super) struct Typed<'a> {
    pub seq: u32,
    pub entry: &'a Entry,
    pub canary: Canary,
    /// When the first key went down: ms since navigation start.
    pub first_key_ms: f64,
    /// Address of the document that holds the field.
    frame: &'a str,
}

/// All that was typed before any choice, in order.
pub(super) fn collect<'a>(case: &Case<'a>) -> Vec<Typed<'a>> {
    let visit = case.visit;
    let typed = |event: &'a Event| match &event.fact {
        Fact::Entry(entry) if entry.kind.is_typed() && case.is_in(Window::Early, event.seq) => {
            Some((event.seq, event.at_ms?))
        }
        _ => None,
    };
    let with = |(seq, first_key_ms): (u32, f64)| {
        let Fact::Entry(entry) = &visit.events.get(seq as usize)?.fact else { return None };
        // A field that takes less holds only the beginning: that is what a hash would be taken of.
        let canary = Canary::derive(visit.id(), entry.ordinal, entry.kind).cut(entry.characters as usize);
        let frame = visit.events[seq as usize].frame.as_str();
        Some(Typed { seq, entry, canary, first_key_ms, frame })
    };
    visit.events.iter().filter_map(typed).filter_map(with).collect()
}

/// The forms of everything that was typed.
pub(super) fn search(visit: &Visit, typed: &[Typed]) -> Search {
    let canaries: Vec<_> = typed.iter().map(|typed| typed.canary.clone()).collect();
    Search::new(&canaries, &Clues { hosts: &hosts(visit), keys: &keys(visit) })
}

/// The names by which a site knows itself: what a hash may be salted with.
fn hosts(visit: &Visit) -> Vec<String> {
    let mut hosts = Vec::new();
    for page in std::iter::once(&visit.task.page).chain(&visit.final_url) {
        let host = Url::parse(page.as_str()).ok().and_then(|url| url.host_str().map(str::to_owned));
        hosts.extend(host);
        hosts.extend(Site::of_url(page.as_str()).map(|site| site.to_string()));
    }
    hosts.sort_unstable();
    hosts.dedup();
    hosts
}

fn keys(visit: &Visit) -> Vec<String> {
    let key = |event: &Event| match &event.fact {
        Fact::Mark(mark) if mark.kind == earshot_model::MarkKind::Literal => Some(mark.value.clone()),
        _ => None,
    };
    visit.events.iter().filter_map(key).take(MAX_KEYS).collect()
}

impl Typed<'_> {
    /// Whether silence about this field proves anything: enough was typed, and the page let it stand.
    pub(super) fn proves_silence(&self) -> bool {
        self.entry.kept && self.entry.characters >= MIN_CHARACTERS && self.entry.kind != FieldKind::Burst
    }

    /// Whether the field was still being filled in, as far as clocks can be trusted. Of a field that could not be left,
    /// the last key is the end.
    pub(super) fn is_under_way(&self, at_ms: f64) -> bool {
        at_ms + CLOCK_SLACK_MS < self.entry.blurred_ms.unwrap_or(self.entry.last_key_ms)
    }

    /// Whether the field stands in a frame of the party's own, and not in the page.
    pub(super) fn is_in_frame_of(&self, case: &Case, party: &str) -> bool {
        let owner = case.owners.owner(self.frame).and_then(|owner| owner.key().map(str::to_owned));
        owner.as_deref() == Some(party)
    }
}
