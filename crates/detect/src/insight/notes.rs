//! What was noted of a vendor, within bounds.

use std::collections::{BTreeMap, BTreeSet};

use super::Details;

/// How many values a key keeps; a shop's tags and events are some dozens at most, and a report shows a line of them.
const MAX_VALUES: usize = 20;

/// How long a value may be, in bytes.
const MAX_BYTES: usize = 100;

/// How long a sentence of ours may be, in bytes.
const MAX_SENTENCE_BYTES: usize = 300;

/// Stands for the values beyond [`MAX_VALUES`].
const MORE: &str = "…";

/// Stands for a name that looks as if it held somebody's address, or a page's.
const WITHHELD: &str = "(withheld)";

/// From how many digits in a row a name counts as holding somebody's number.
const MANY_DIGITS: usize = 5;

/// From how many hexadecimal digits in a row a name counts as a hash or a key: 64 bits are some.
const MANY_HEX: usize = 16;

/// From how many digits, with blanks, hyphens or dots among them or not, a name counts as a telephone's number, a card's,
/// or a day of birth with more.
const MANY_GROUPED_DIGITS: usize = 7;

/// What was noted of a vendor.
#[derive(Debug, Default)]
pub(super) struct Notes {
    values: BTreeMap<&'static str, BTreeSet<String>>,
    counts: BTreeMap<&'static str, u32>,
}

impl Notes {
    /// Notes a value of ours: a state, a version, a host.
    pub fn add(&mut self, key: &'static str, value: impl AsRef<str>) {
        self.keep(key, shortened(value.as_ref(), MAX_BYTES));
    }

    /// Notes a sentence of ours.
    pub fn say(&mut self, key: &'static str, sentence: &str) {
        self.keep(key, shortened(sentence, MAX_SENTENCE_BYTES));
    }

    fn keep(&mut self, key: &'static str, value: &str) {
        let values = self.values.entry(key).or_default();
        if value.is_empty() || values.contains(value) {
            return;
        }
        let kept = if values.len() < MAX_VALUES { value } else { MORE };
        values.insert(kept.to_owned());
    }

    /// Notes a name that somebody gave to a tag, an event, a property. Names are made by people who build sites; where
    /// one looks like an address or a person's number it is withheld; a run of digits is left out.
    pub fn name(&mut self, key: &'static str, name: &str) {
        match names_somebody(name) {
            true => self.add(key, WITHHELD),
            false => self.add(key, without_numbers(name)),
        }
    }

    /// Notes the names of an object's members that have a value.
    pub fn names(&mut self, key: &'static str, object: Option<&serde_json::Value>, wanted: impl Fn(&str) -> bool) {
        let members = object.and_then(serde_json::Value::as_object).into_iter().flatten();
        for (name, _) in members.filter(|(name, value)| !value.is_null() && wanted(name)) {
            self.name(key, name);
        }
    }

    /// Notes that something is so, or is not.
    pub fn flag(&mut self, key: &'static str, value: bool) {
        self.add(key, if value { "true" } else { "false" });
    }

    /// Counts something.
    pub fn count(&mut self, key: &'static str) {
        *self.counts.entry(key).or_default() += 1;
    }

    /// Counts a message that could not be read whole.
    pub fn unread(&mut self) {
        self.count("unread");
    }

    /// Whether anything was noted under the key.
    pub fn has(&self, key: &str) -> bool {
        self.values.get(key).is_some_and(|values| !values.is_empty())
    }

    /// Whether that value, and no other, was noted under the key.
    pub fn is_only(&self, key: &str, value: &str) -> bool {
        self.values.get(key).is_some_and(|values| values.iter().eq([value]))
    }

    pub fn into_details(self) -> Details {
        let values = self.values.into_iter().map(|(key, values)| (key.to_owned(), values.into_iter().collect()));
        let counts = self.counts.into_iter().map(|(key, count)| (key.to_owned(), vec![count.to_string()]));
        values.chain(counts).filter(|(_, values): &(String, Vec<String>)| !values.is_empty()).collect()
    }
}

fn shortened(value: &str, most: usize) -> &str {
    let end = (0..=most.min(value.len())).rev().find(|end| value.is_char_boundary(*end));
    &value[..end.unwrap_or_default()]
}

/// Whether it looks as if it held an address, a hash or key, or a telephone's or a card's number.
fn names_somebody(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.contains('@')
        || lower.contains("%40")
        || lower.contains("://")
        || longest(&lower, |c| c.is_ascii_hexdigit(), |_| false) >= MANY_HEX
        || longest(&lower, |c| c.is_ascii_digit(), |c| matches!(c, ' ' | '-' | '.')) >= MANY_GROUPED_DIGITS
}

/// How many characters of a kind stand in a row, at most; what may stand between does not count.
fn longest(text: &str, counts: impl Fn(char) -> bool, between: impl Fn(char) -> bool) -> usize {
    let mut run = 0;
    let runs = text.chars().map(|c| {
        run = match () {
            () if counts(c) => run + 1,
            () if between(c) => run,
            () => 0,
        };
        run
    });
    runs.max().unwrap_or_default()
}

/// Runs of many digits become `#`.
fn without_numbers(name: &str) -> String {
    let mut out = String::new();
    let mut digits = String::new();
    for c in name.chars().chain(std::iter::once('\0')) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        match digits.len() >= MANY_DIGITS {
            true => out.push('#'),
            false => out.push_str(&digits),
        }
        digits.clear();
        out.push(c);
    }
    out.pop();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_what_may_be_somebodys() {
        let mut notes = Notes::default();
        for name in ["plan", "order 837263 paid", "step 2", "2024-06", "cafe facade", ""] {
            notes.name("tags", name);
        }
        for name in [
            "a@b.test",
            "a%40b.test",
            "saw https://a.test/?q",
            "order 83726372 paid",
            "call 555-01 23.45",
            "user 0123456789abcDEF",
        ] {
            notes.name("kept", name);
        }
        let details = notes.into_details();
        assert_eq!(details["tags"], ["2024-06", "cafe facade", "order # paid", "plan", "step 2"]);
        assert_eq!(details["kept"], ["(withheld)"]);
    }

    #[test]
    fn bounds_are_kept_and_said() {
        let mut notes = Notes::default();
        (0..100).for_each(|n| notes.add("events", format!("{n:03}")));
        notes.add("long", "ä".repeat(80));
        notes.count("batches");
        let details = notes.into_details();
        assert_eq!((details["events"].len(), details["events"].last().unwrap().as_str()), (21, "…"));
        assert_eq!(details["long"][0].len(), 100);
        assert_eq!(details["batches"], ["1"]);
    }
}
