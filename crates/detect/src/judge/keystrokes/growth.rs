//! Who sends more when more is typed, where nobody can read what is sent.
//!
//! At the end of a visit a long text is put into a field at once (Princeton's "No boundaries" study of 2017 did so to
//! find recorders). A recorder that masks sends one more event; one that takes the text sends some kilobytes more.

use std::collections::{BTreeMap, BTreeSet};

use earshot_model::{Canary, FieldKind};

use super::typed::Typed;

/// How much larger a body has to be than all before it: a quarter of the long text, which no packing goes below.
const MIN_GROWTH: u64 = Canary::BURST as u64 / 4;

/// Unreadable bytes of bodies that went to one party, by the moment.
#[derive(Debug, Default)]
pub(super) struct Opaque(BTreeMap<String, Vec<(f64, u64)>>);

impl Opaque {
    pub(super) fn note(&mut self, party: &str, at_ms: f64, bytes: u64) {
        if bytes > 0 {
            self.0.entry(party.to_owned()).or_default().push((at_ms, bytes));
        }
    }

    /// The parties that were sent what nobody can read.
    pub(super) fn parties(&self) -> BTreeSet<String> {
        self.0.keys().cloned().collect()
    }

    /// The parties whose unreadable bodies grew with what was typed. Silent where there was no long text, or nothing
    /// unreadable between the first key and it that it could be compared with.
    pub(super) fn growing(&self, typed: &[Typed]) -> BTreeSet<String> {
        let Some(burst) = typed.iter().find(|typed| typed.entry.kind == FieldKind::Burst && typed.entry.kept) else {
            return BTreeSet::new();
        };
        let grows = |sent: &[(f64, u64)]| {
            let largest = |after: bool| {
                let of_side = sent.iter().filter(|(at_ms, _)| (*at_ms >= burst.first_key_ms) == after);
                of_side.map(|(_, bytes)| *bytes).max()
            };
            matches!((largest(false), largest(true)), (Some(before), Some(after)) if after >= before + MIN_GROWTH)
        };
        self.0.iter().filter(|(_, sent)| grows(sent)).map(|(party, _)| party.clone()).collect()
    }
}
