//! What speaks for a party hearing a field: many signs, of which the best is kept, and all are counted.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use earshot_model::{Grade, Proof, Way};

/// What [`crate::leak::Form`] calls a text that was found as it was typed.
const WHOLE: &str = "whole";

/// Something by which one can tell that a party hears of a field.
#[derive(Clone, Debug)]
pub(super) struct Sign {
    pub grade: Grade,
    /// In which form.
    pub form: String,
    /// Whether many values share that form.
    pub weak: bool,
    /// By which way it came there.
    pub way: Way,
    /// How many characters of it, or of a mask, it shows; 0 where that says nothing.
    pub extent: usize,
    /// `seq` of the event.
    pub event: u32,
    /// ms since navigation start.
    pub at_ms: f64,
}

/// The signs of one party and field.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    pub best: Sign,
    pub proof: Proof,
    /// The events of each grade.
    events: BTreeMap<Grade, BTreeSet<u32>>,
    /// When something was sent first: ms since navigation start.
    pub first_sent: Option<(f64, u32)>,
}

/// The signs of all parties, by their keys, and of all fields, by their places among those that were typed into.
#[derive(Debug, Default)]
pub(super) struct Signs(BTreeMap<String, BTreeMap<usize, Tally>>);

impl Signs {
    /// Adds a sign. Its proof is made only if it is the best so far.
    pub(super) fn add(&mut self, party: &str, field: usize, sign: Sign, proof: impl FnOnce() -> Proof) {
        let fields = self.0.entry(party.to_owned()).or_default();
        match fields.get_mut(&field) {
            Some(tally) => tally.add(sign, proof),
            None => {
                fields.insert(field, Tally::new(sign, proof()));
            }
        }
    }

    /// The parties of which there is a sign.
    pub(super) fn parties(&self) -> impl Iterator<Item = &String> {
        self.0.keys()
    }

    /// The signs of a party for each field of which there is one.
    pub(super) fn of(&self, party: &str) -> impl Iterator<Item = (usize, &Tally)> {
        self.0.get(party).into_iter().flatten().map(|(field, tally)| (*field, tally))
    }

    /// The highest grade of a party; `None` where there is no sign at all.
    pub(super) fn grade(&self, party: &str) -> Option<Grade> {
        self.of(party).map(|(_, tally)| tally.best.grade).max()
    }
}

impl Tally {
    fn new(sign: Sign, proof: Proof) -> Self {
        let mut tally = Self { best: sign.clone(), proof, events: BTreeMap::new(), first_sent: None };
        tally.count(&sign);
        tally
    }

    fn add(&mut self, sign: Sign, proof: impl FnOnce() -> Proof) {
        self.count(&sign);
        if sign.rank(&self.best) == Ordering::Greater {
            self.proof = proof();
            self.best = sign;
        }
    }

    fn count(&mut self, sign: &Sign) {
        self.events.entry(sign.grade).or_default().insert(sign.event);
        if sign.grade >= Grade::K3 && self.first_sent.is_none_or(|(first, _)| sign.at_ms < first) {
            self.first_sent = Some((sign.at_ms, sign.event));
        }
    }

    /// How many events show the best grade.
    pub(super) fn times(&self) -> u32 {
        self.events.get(&self.best.grade).map_or(0, |events| u32::try_from(events.len()).unwrap_or(u32::MAX))
    }

    /// Whether what was typed, or what can be tested against it, was taken from the field and sent.
    pub(super) fn is_taken(&self) -> bool {
        self.best.is_taken()
    }
}

impl Sign {
    fn is_taken(&self) -> bool {
        self.grade.is_content() && self.way == Way::Taken
    }

    /// Which proves more: what was taken before what the page gave away itself, the higher grade, what few values share,
    /// the whole of it, the longest, the earliest.
    fn rank(&self, other: &Self) -> Ordering {
        let strength = |sign: &Self| (sign.is_taken(), sign.grade, !sign.weak, sign.form == WHOLE, sign.extent);
        strength(self).cmp(&strength(other)).then_with(|| other.at_ms.total_cmp(&self.at_ms))
    }
}
