//! Who sends more when more is typed, where nobody can read what is sent.
//!
//! At the end of a visit a long text is put into a field at once (Princeton's "No boundaries" study of 2017 did so to
//! find recorders). A recorder that masks sends one more event; one that takes the text sends some kilobytes more.

use std::collections::{BTreeMap, BTreeSet};

use earshot_model::{Canary, FieldKind};

use super::{outgoing::Outgoing, typed::Typed};

/// How much larger a body has to be than all before it, in bytes: a quarter of the long text, which no packing goes below.
const MIN_GROWTH: u64 = Canary::BURST as u64 / 4;

/// How many bodies there have to be before the long text to know how they vary.
const MIN_BEFORE: usize = 2;

/// What went to each party that nobody can read.
#[derive(Debug, Default)]
pub(super) struct Opaque(BTreeMap<String, Vec<Unread>>);

/// One thing that was sent and that nobody can read, or not all of it.
#[derive(Debug)]
struct Unread {
    event: u32,
    at_ms: f64,
    bytes: u64,
    /// Whether it is a body that tells of typing by its size: not one that holds all that was left on leaving.
    compares: bool,
}

/// A party whose unreadable bodies grew with what was typed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Growth {
    /// Unreadable bytes of the largest body before.
    pub before: u64,
    /// Of the largest body after.
    pub after: u64,
    /// `seq` of the event that carries that one.
    pub event: u32,
    /// When it went out.
    pub at_ms: f64,
}

impl Opaque {
    pub(super) fn note(&mut self, party: &str, outgoing: &Outgoing, bytes: u64) {
        if bytes > 0 {
            let compares = outgoing.is_body() && !outgoing.request.on_leave;
            let unread = Unread { event: outgoing.event.seq, at_ms: outgoing.at_ms, bytes, compares };
            self.0.entry(party.to_owned()).or_default().push(unread);
        }
    }

    /// The parties that were sent what nobody can read.
    pub(super) fn parties(&self) -> BTreeSet<String> {
        self.0.keys().cloned().collect()
    }

    /// The parties whose unreadable bodies grew with what was typed. Silent where there was no long text, or too little
    /// unreadable between the first key and it that it could be compared with.
    pub(super) fn growing(&self, typed: &[Typed]) -> BTreeMap<String, Growth> {
        let Some(burst) = typed.iter().find(|typed| typed.entry.kind == FieldKind::Burst && typed.entry.kept) else {
            return BTreeMap::new();
        };
        let grown = self.0.iter().filter_map(|(party, sent)| Some((party.clone(), growth(sent, burst.first_key_ms)?)));
        grown.collect()
    }
}

/// The growth of bodies at that moment: by more than they vary before, and by what the long text takes at least.
fn growth(sent: &[Unread], burst_ms: f64) -> Option<Growth> {
    let bodies = || sent.iter().filter(|unread| unread.compares);
    let before: Vec<u64> = bodies().filter(|unread| unread.at_ms < burst_ms).map(|unread| unread.bytes).collect();
    let largest = bodies().filter(|unread| unread.at_ms >= burst_ms).max_by_key(|unread| unread.bytes)?;
    let (least, most) = (*before.iter().min()?, *before.iter().max()?);
    let grown = before.len() >= MIN_BEFORE && largest.bytes >= most + MIN_GROWTH.max(most - least);
    grown.then_some(Growth { before: most, after: largest.bytes, event: largest.event, at_ms: largest.at_ms })
}
