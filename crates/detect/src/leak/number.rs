//! Numbers that are written in groups: telephones, cards.

use std::ops::Range;

use super::{
    form::Variant,
    needle::Match,
    value::{MIN_CHARACTERS, Value},
};

/// What may stand between two groups, and how much of it: `(212) 555-0100` has two.
const SEPARATORS: &[u8] = b" -.()/+";
const MAX_SEPARATORS: usize = 2;

/// Two groups are a float, a pair of coordinates or an identifier as well.
const MIN_GROUPS: usize = 3;

/// The ways in which the second group of a number begins.
const JOINTS: [&str; 8] = ["-", " ", ".", ") ", ")", "/", "+", ")-"];

/// The beginnings by which a number in groups is found; none if it is too short for groups.
pub(super) fn beginnings(value: &Value) -> Vec<Vec<u8>> {
    let mut beginnings = Vec::new();
    if !value.is_number() || value.text.len() < MIN_CHARACTERS {
        return beginnings;
    }
    let is_telephone = value.text.len() == MIN_CHARACTERS;
    let (first, rest) = value.text.split_at(if is_telephone { 3 } else { 4 });
    for joint in JOINTS.map(str::as_bytes) {
        beginnings.push([first, joint, &rest[..4]].concat());
        // `212-555-0100`: what follows the second group's three digits is a separator again.
        for second in [&b"-"[..], b" ", b"."].into_iter().filter(|_| is_telephone) {
            beginnings.push([first, joint, &rest[..3], second].concat());
        }
    }
    beginnings
}

/// The number that begins at `start`, in groups.
pub(super) fn read(value: &Value, layer: &[u8], start: usize) -> Option<Match> {
    let (mut at, mut characters, mut groups) = (start, 0, 1);
    for digit in &value.text {
        let skipped = layer[at..].iter().take(MAX_SEPARATORS).take_while(|byte| SEPARATORS.contains(byte)).count();
        let skipped = if characters == 0 { 0 } else { skipped };
        if layer.get(at + skipped) != Some(digit) {
            break;
        }
        groups += usize::from(skipped > 0);
        at += skipped + 1;
        characters += 1;
    }
    let is_whole = !layer.get(at).is_some_and(u8::is_ascii_digit) && !digit_before(layer, start);
    if characters < MIN_CHARACTERS || !is_whole || groups < MIN_GROUPS {
        return None;
    }
    let at: Range<usize> = start..at;
    let (ordinal, of) = (value.ordinal, value.of);
    Some(Match { ordinal, characters, of, variant: Variant::Separated, coding: None, at })
}

/// Whether a digit stands right before, so that the number is part of a longer one. `1-212-…` is not.
fn digit_before(layer: &[u8], start: usize) -> bool {
    start.checked_sub(1).is_some_and(|before| layer[before].is_ascii_digit())
}

/// How many digits a number has that chance does not make.
const CERTAIN: usize = 12;

/// What the names of values have in them that are fields' or of numbers that people have.
const NAMES: [&str; 17] = [
    "tel", "phone", "fone", "mobil", "cell", "msisdn", "number", "card", "value", "text", "input", "content", "field",
    "data", "query", "search", "answer",
];
/// Such names in short.
const SHORT_NAMES: [&str; 7] = ["ph", "pn", "num", "val", "v", "q", "s"];

/// Whether what was found is more than a number among others: it is none, or has more than ten digits, or three groups,
/// or a country code with its `+`, or a name that says so; or it begins an address, or is all there is.
pub(super) fn is_certain(layer: &[u8], hit: &Match, name: &str) -> bool {
    let is_number = layer[hit.at.clone()].iter().all(u8::is_ascii_digit);
    if !is_number || hit.characters >= CERTAIN || hit.coding.is_some() {
        return true;
    }
    let name = name.to_ascii_lowercase();
    let is_address = layer.get(hit.at.end) == Some(&b'@');
    // A country code of one digit, and its sign.
    let is_all = layer.len() <= hit.at.len() + 2;
    is_all
        || is_address
        || layer[..hit.at.start].ends_with(b"+1")
        || NAMES.iter().any(|part| name.contains(part))
        || SHORT_NAMES.contains(&name.as_str())
}
