//! Microsoft Clarity's uploads, read from clarity-js 0.8.70 (see [`crate::insight`] for the envelope). What is typed is in
//! Input (27: `[element, masked text, trust]`) and Change (42: `[element, type, masked text, checksum]`), masked in every
//! mode; text of the page in Discover (5) and Mutation (6), whose tokens may be references to earlier ones of the same event
//! (`src/data/token.ts`).

use std::iter::Peekable;

use serde_json::Value;

use super::{InputText, Tape, text};
use crate::insight::{Message, Sheet};

/// Kinds of events that are read.
const DISCOVER: u64 = 5;
const MUTATION: u64 = 6;
const INPUT: u64 = 27;
const SUBMIT: u64 = 39;
const CLIPBOARD: u64 = 38;
const CHANGE: u64 = 42;

/// Types of fields that are ticked: their value is the page's own.
const BOXES: [&str; 2] = ["checkbox", "radio"];

/// How a checksum is made: 28 bits, which about one in 270 million other values shares.
const ALGORITHM: &str = "Clarity checksum (28 bits)";

/// What Clarity puts in place of letters and digits where it masks single words (`Constant.Letter`, `Constant.Digit`).
const REDACTED: [char; 2] = ['▪', '▫'];

/// Elements whose text is masked in every mode, or in none (`layout/dom.ts`, `privacy()`): they tell no mode.
const NOT_TELLING: &[&str] = &["TITLE", "OPTION", "SELECT", "TEXTAREA", "SCRIPT", "STYLE", "NOSCRIPT"];

/// What stands for a value of an excluded field (passwords, codes), however long it is.
const EXCLUDED: &str = "••••";

/// What stands for a character of a text whose length alone is sent.
const LENGTH: char = '#';

/// The tag of a text.
const TEXT: &str = "*T";

/// Clarity's 28-bit checksum of a value (`core/hash.ts`): two interleaved lanes of 33·h xor c over UTF-16 units, in base 36.
#[must_use]
pub(crate) fn checksum(value: &str) -> String {
    let mut lanes = [5381_i32; 2];
    for (at, unit) in value.encode_utf16().enumerate() {
        let lane = &mut lanes[at % 2];
        // JavaScript: `h << 5` is cut to 32 bits, the sum is not, and `^` cuts it again.
        let sum = i64::from(*lane << 5) + i64::from(*lane);
        *lane = (sum as i32) ^ i32::from(unit);
    }
    let hash = (i64::from(lanes[0]) + i64::from(lanes[1]) * 11_579).unsigned_abs() % (1 << 28);
    base36(hash)
}

fn base36(mut number: u64) -> String {
    let mut digits = Vec::new();
    loop {
        digits.extend(char::from_digit((number % 36) as u32, 36));
        number /= 36;
        if number == 0 {
            return digits.iter().rev().collect();
        }
    }
}

/// Reads an upload.
pub(super) fn read(message: &Message, tape: &mut Tape) {
    for (document, sheet) in message.written() {
        let Some(envelope) = document.get("e").and_then(Value::as_array).filter(|envelope| envelope.len() > 4) else {
            continue;
        };
        let started = started(envelope, tape);
        tape.turn();
        for part in ["a", "p"] {
            let events = document.get(part).and_then(Value::as_array).into_iter().flatten();
            events.filter_map(Value::as_array).for_each(|event| read_event(event, started, &sheet, tape));
        }
    }
}

/// When its clock started, in ms since navigation start. An envelope has its own start and duration by that clock, and was
/// sent some moments later by ours: the earliest of them is the best.
fn started(envelope: &[Value], tape: &mut Tape) -> Option<f64> {
    let number = |at: usize| envelope.get(at).and_then(Value::as_f64);
    let here = tape.sent_ms()? - number(2)? - number(3)?;
    let nth = envelope.get(1).and_then(Value::as_u64)?;
    // After a restart it counts from 1 again, by another clock.
    let before = tape.memory().clock.filter(|(last, _)| *last < nth);
    let started = before.map_or(here, |(_, before)| here.min(before));
    tape.memory().clock = Some((nth, started));
    Some(started)
}

fn read_event(event: &[Value], started: Option<f64>, sheet: &Sheet, tape: &mut Tape) {
    let [time, kind, tokens @ ..] = event else { return };
    let at_ms = time.as_f64().zip(started).map(|(time, started)| started + time);
    let text = |at: usize| tokens.get(at).and_then(Value::as_str);
    match kind.as_u64() {
        Some(INPUT) => {
            // A box that is ticked has `true` in clear: that is no text.
            if let Some(shown) = text(1).filter(|text| text::mask_of(text).is_some()) {
                tape.input_at("Clarity input event (27)", masked(shown), at_ms, shown, sheet);
            }
        }
        Some(CHANGE) if text(1).is_some_and(|kind| BOXES.contains(&kind)) => tape.recorded(),
        Some(CHANGE) => {
            if let Some(shown) = text(2).filter(|text| !text.is_empty()) {
                tape.input_at("Clarity change event (42)", masked(shown), at_ms, shown, sheet);
            }
            if let Some(sum) = text(3).filter(|sum| !sum.is_empty()) {
                let checksum = InputText::Checksum { value: sum.to_owned(), algorithm: ALGORITHM };
                tape.input_at("Clarity change event (42)", checksum, at_ms, sum, sheet);
            }
        }
        Some(CLIPBOARD | SUBMIT) => tape.recorded(),
        Some(DISCOVER | MUTATION) => {
            tape.recorded();
            read_layout(event, at_ms.filter(|_| kind.as_u64() == Some(MUTATION)), sheet, tape);
        }
        // From clicks to selections; the rest is what Clarity says about itself, and what the site tells it.
        Some(9..=23) => tape.recorded(),
        _ => {}
    }
}

/// What a masked value tells.
fn masked(shown: &str) -> InputText {
    match shown {
        EXCLUDED => InputText::Absent,
        _ => InputText::of(shown),
    }
}

/// Nodes are `id, parent, previous, tag, name=value …, text`: numbers begin one, of which the last two may be missing.
fn read_layout(event: &[Value], changed_ms: Option<f64>, sheet: &Sheet, tape: &mut Tape) {
    let mut tokens = expanded(event).skip(2).peekable();
    while tokens.peek().is_some() {
        let numbers: Vec<i64> = run(&mut tokens, Value::as_i64).collect();
        let strings: Vec<&str> = run(&mut tokens, Value::as_str).collect();
        let (Some(id), Some(tag)) = (numbers.first(), strings.first()) else {
            // Something newer than this reader: it is passed over.
            if numbers.is_empty() && strings.is_empty() {
                tokens.next();
            }
            continue;
        };
        let parent = numbers.get(1).copied().unwrap_or_default().saturating_abs();
        if *tag != TEXT {
            if NOT_TELLING.contains(tag) {
                tape.memory().hide(id.saturating_abs());
            }
            continue;
        }
        if let Some(shown) = strings.get(1).filter(|_| !tape.memory().hidden.contains(&parent)) {
            match *id < 0 {
                true => read_length(shown, changed_ms, sheet, tape),
                false => read_text(shown, tape),
            }
        }
    }
}

/// The tokens with references replaced by what they refer to.
fn expanded(event: &[Value]) -> impl Iterator<Item = &Value> {
    event.iter().flat_map(|token| {
        let references = token.as_array().map(Vec::as_slice).unwrap_or_default();
        let alone = references.is_empty().then_some(token);
        let named = references.iter().filter_map(|at| event.get(usize::try_from(at.as_u64()?).ok()?));
        named.filter(|value| value.is_string()).chain(alone)
    })
}

/// The values at the front that are of one kind.
fn run<'e, T>(
    tokens: &mut Peekable<impl Iterator<Item = &'e Value>>,
    read: impl Fn(&'e Value) -> Option<T>,
) -> impl Iterator<Item = T> {
    std::iter::from_fn(move || {
        let value = tokens.peek().and_then(|token| read(token))?;
        tokens.next();
        Some(value)
    })
}

/// Of a text with a negative id only its length is sent, in base 36, between the blanks at its ends (`core/scrub.ts`,
/// `mangleText()`).
fn read_length(shown: &str, changed_ms: Option<f64>, sheet: &Sheet, tape: &mut Tape) {
    tape.text(shown, true);
    let length = usize::from_str_radix(shown.trim(), 36).ok();
    if let Some((characters, at_ms)) = length.zip(changed_ms) {
        tape.length("Clarity length of a text (6)", characters, LENGTH, at_ms, shown, sheet);
    }
}

fn read_text(shown: &str, tape: &mut Tape) {
    tape.text(shown, false);
    if !tape.affords(shown) {
        return;
    }
    let clues = tape.clues();
    if shown.contains(REDACTED) {
        clues.texts_partly += 1;
    } else if shown.split_whitespace().any(is_number) {
        clues.digits_raw += 1;
    }
}

/// A word with a digit and no sign of a currency, which is left in clear in every mode.
fn is_number(word: &str) -> bool {
    word.contains(|c: char| c.is_ascii_digit()) && word.is_ascii() && !word.contains('$')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_claritys() {
        for (value, sum) in [
            ("test@example.com", "awslf"),
            ("alice@example.org", "3uz4wq"),
            ("hello", "2c2sqa"),
            ("Maribel Okonkwo", "hzatq"),
        ] {
            assert_eq!(checksum(value), sum);
        }
        assert_eq!(base36(0), "0");
        assert!(checksum("").len() > 2 && checksum("żółw 🦉").len() > 2);
    }

    #[test]
    fn references_name_earlier_tokens() {
        let event = serde_json::json!([36, 6, 9, 8, "H1", 10, 9, "*T", "Contact", 11, 9, [7, 8], 12, [99]]);
        let strings: Vec<_> = expanded(event.as_array().unwrap()).filter_map(Value::as_str).collect();
        assert_eq!(strings, ["H1", "*T", "Contact", "*T", "Contact"]);
    }
}
