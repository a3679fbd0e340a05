//! What became of the fields of a page that take text.

use std::collections::{BTreeMap, BTreeSet};

use super::{bounds, field::Field};

/// All fields that were met, and what they are called.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    fields: BTreeMap<Key, Line>,
    /// What fields were called before anything was typed: later a name may hold what was.
    names: BTreeSet<String>,
    /// Whether something was typed.
    begun: bool,
    /// Those that the page showed when it was looked at last.
    shown: BTreeSet<Key>,
}

/// A field's identity within the visit.
type Key = (usize, u32);

#[derive(Debug)]
struct Line {
    selector: String,
    fate: Fate,
}

/// What became of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Typed,
    /// Nothing was tried yet.
    Waiting,
    /// It was not typed into, or not all of it, and why.
    Missed(&'static str),
}

impl Ledger {
    /// Notes the fields that are shown now, which are given back under names that may be told.
    pub(super) fn meet(&mut self, fields: Vec<Field>) -> Vec<Field> {
        let fields: Vec<_> = fields.into_iter().map(|field| self.name(field)).collect();
        self.shown = fields.iter().map(Field::key).collect();
        for field in fields.iter().filter(|field| field.kind.is_typed()) {
            let fate = match () {
                () if !field.is_roomy() => Fate::Missed("too short to prove anything"),
                () if field.listed.filled => Fate::Missed("something stands in it"),
                () => Fate::Waiting,
            };
            let line = || Line { selector: field.listed.selector.clone(), fate };
            self.fields.entry(field.key()).or_insert_with(line);
        }
        fields
    }

    fn name(&mut self, mut field: Field) -> Field {
        let selector = &mut field.listed.selector;
        if !self.begun {
            self.names.insert(selector.clone());
        } else if !self.names.contains(selector) {
            field.listed.shape.name().clone_into(selector);
        }
        field
    }

    /// From now on names may hold what was typed.
    pub(super) fn begin(&mut self) {
        self.begun = true;
    }

    pub(super) fn note(&mut self, field: &Field, fate: Fate) {
        self.fields.insert(field.key(), Line { selector: field.listed.selector.clone(), fate });
    }

    /// Forgets a field that is gone before anything was typed into it.
    pub(super) fn forget(&mut self, field: &Field) {
        self.fields.remove(&field.key());
    }

    pub(super) fn is_waiting(&self, field: &Field) -> bool {
        self.fields.get(&field.key()).is_none_or(|line| line.fate == Fate::Waiting)
    }

    /// How many fields were met.
    pub(super) fn len(&self) -> usize {
        self.fields.len()
    }

    /// How many were typed into.
    pub(super) fn typed(&self) -> usize {
        self.fields.values().filter(|line| line.fate == Fate::Typed).count()
    }

    /// Which were not typed into, and why; `None` if all were.
    pub(super) fn missed(&self) -> Option<String> {
        let missed: Vec<_> = self.fields.iter().filter_map(|(key, line)| Some((line, self.why(*key, line)?))).collect();
        let named = missed.iter().take(bounds::NAMED).map(|(line, why)| format!("{}: {why}", line.selector));
        let mut named: Vec<_> = named.collect();
        let more = missed.len().saturating_sub(bounds::NAMED);
        named.extend((more > 0).then(|| format!("{more} more")));
        let detail = format!("{} of {} fields; {}", missed.len(), self.fields.len(), named.join("; "));
        (!missed.is_empty()).then_some(detail)
    }

    fn why(&self, key: Key, line: &Line) -> Option<&'static str> {
        match line.fate {
            Fate::Typed => None,
            Fate::Missed(why) => Some(why),
            Fate::Waiting if self.shown.contains(&key) => Some("no time was left"),
            // Another may have come in its place.
            Fate::Waiting => {
                let mut others = self.fields.values();
                let is_replaced = others.any(|other| other.fate == Fate::Typed && other.selector == line.selector);
                (!is_replaced).then_some("it was shown for a while only")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::typing::field::Listed;

    fn field(number: u32, selector: &str) -> Field {
        Field::new(0, "", Listed { number, selector: selector.into(), ..Listed::default() })
    }

    #[test]
    fn names_that_come_after_the_first_key_are_not_told() {
        let mut ledger = Ledger::default();
        ledger.meet(vec![field(0, "input#a")]);
        ledger.begin();
        let names: Vec<_> = ledger.meet(vec![field(0, "input#a"), field(1, "input#tag-typed"), field(2, "input#a")]);
        let names: Vec<_> = names.iter().map(|field| field.listed.selector.as_str()).collect();
        assert_eq!(names, ["input#a", "input", "input#a"]);
    }

    #[test]
    fn what_was_not_typed_into_is_told_with_its_reason() {
        let mut ledger = Ledger::default();
        let fields = ledger.meet((0..5).map(|number| field(number, &format!("input#n{number}"))).collect());
        ledger.note(&fields[0], Fate::Typed);
        ledger.note(&fields[1], Fate::Missed("it did not take the focus"));
        ledger.forget(&fields[2]);
        ledger.meet(vec![field(0, "input#n0"), field(3, "input#n3")]);
        let told = "3 of 4 fields; input#n1: it did not take the focus; input#n3: no time was left; \
                    input#n4: it was shown for a while only";
        assert_eq!(ledger.missed().unwrap(), told);
        assert_eq!((ledger.typed(), ledger.len()), (1, 4));
    }

    #[test]
    fn one_that_was_put_in_anew_is_told_once() {
        let mut ledger = Ledger::default();
        ledger.meet(vec![field(0, "input#a")]);
        let again = ledger.meet(vec![field(1, "input#a")]);
        ledger.note(&again[0], Fate::Typed);
        assert_eq!(ledger.missed(), None);
    }
}
