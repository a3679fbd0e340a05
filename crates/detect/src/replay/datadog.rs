//! Datadog's replay segments, read from @datadog/browser-rum 7.16.2: rrweb's events (`records`), and since version 7 change
//! records (type 12, and snapshots of `format` 1): lists of `[what, entry …]` whose strings are numbers in a table that
//! grows from record to record (`types/sessionReplay.ts`).

use serde_json::Value;

use super::{InputText, Tape, rrweb, text};
use crate::insight::{Message, Sheet};

/// Types of records (`RecordType`).
const FULL_SNAPSHOT: u64 = 2;
const CHANGE: u64 = 12;

/// Kinds of changes (`ChangeType`).
const ADD_STRING: u64 = 0;
const ADD_NODE: u64 = 1;
const TEXT: u64 = 4;
const ADD_STRINGS_OF_ROLE: u64 = 11;
const INPUT_VALUE: u64 = 12;
const CLEAR_STRINGS: u64 = 14;

/// Roles of strings (`StringRole`).
const TEXT_CONTENT: u64 = 4;

/// What a value, or a text that is one, is replaced by, however long it is.
const CENSORED: &str = "***";

/// What stands for each character of a text that is crossed out.
const CROSS: char = 'x';

/// Reads a segment.
pub(super) fn read(message: &Message, tape: &mut Tape) {
    for (document, sheet) in message.written() {
        tape.turn();
        for record in document["records"].as_array().into_iter().flatten() {
            match rrweb::event_of(record) {
                Some((FULL_SNAPSHOT, data, at)) if data.is_array() => {
                    tape.memory().strings.clear();
                    read_changes(data, at, &sheet, tape);
                }
                Some((CHANGE, data, at)) => read_changes(data, at, &sheet, tape),
                Some((kind, data, at)) => rrweb::read_event(kind, data, at, &sheet, tape),
                None => {}
            }
        }
    }
}

fn read_changes(data: &Value, epoch_ms: f64, sheet: &Sheet, tape: &mut Tape) {
    tape.recorded();
    for change in data.as_array().into_iter().flatten().filter_map(Value::as_array) {
        let [kind, entries @ ..] = change.as_slice() else { continue };
        match kind.as_u64() {
            Some(ADD_STRING) => entries.iter().filter_map(Value::as_str).for_each(|text| tape.memory().remember(text)),
            Some(ADD_STRINGS_OF_ROLE) => entries.iter().for_each(|entry| add_strings(entry, epoch_ms, sheet, tape)),
            Some(CLEAR_STRINGS) => tape.memory().strings.clear(),
            Some(ADD_NODE) => entries.iter().for_each(|node| literal_text(node, tape)),
            Some(TEXT) => entries.iter().for_each(|entry| show(entry[1].as_str(), tape)),
            Some(INPUT_VALUE) => entries.iter().for_each(|entry| input(&entry[1], epoch_ms, sheet, tape)),
            _ => {}
        }
    }
}

/// `[role, string …]`. A text of the page is taken for shown when it enters the table: it does so once.
fn add_strings(entry: &Value, epoch_ms: f64, sheet: &Sheet, tape: &mut Tape) {
    let Some([role, strings @ ..]) = entry.as_array().map(Vec::as_slice) else { return };
    for string in strings.iter().filter_map(Value::as_str) {
        tape.memory().remember(string);
        if role.as_u64() == Some(TEXT_CONTENT) {
            show(Some(string), tape);
            if let Some(at_ms) = tape.since_navigation(epoch_ms).filter(|_| text::is_crossed_out(string)) {
                tape.length("Datadog crossed-out text", string.chars().count(), CROSS, at_ms, string, sheet);
            }
        }
    }
}

/// `[where, "#text", string]` with the string itself.
fn literal_text(node: &Value, tape: &mut Tape) {
    if node[1] == "#text" {
        show(node[2].as_str(), tape);
    }
}

fn show(shown: Option<&str>, tape: &mut Tape) {
    if let Some(shown) = shown.filter(|shown| *shown != CENSORED) {
        tape.text(shown, text::is_crossed_out(shown));
    }
}

/// A string, one with its role, or its number in the table. What cannot be named, or is too much to read, is
/// input all the same.
fn input(value: &Value, epoch_ms: f64, sheet: &Sheet, tape: &mut Tape) {
    let named = |at: u64| tape.memory().strings.get(usize::try_from(at).ok()?).cloned();
    let text = match value {
        Value::String(text) => Some(text.clone()),
        Value::Object(members) => members.get("string").and_then(Value::as_str).map(str::to_owned),
        _ => value.as_u64().and_then(named),
    };
    let text = text.filter(|text| tape.affords(text));
    match text.as_deref() {
        Some("") => {}
        Some(CENSORED) => tape.input("Datadog input value", InputText::Absent, Some(epoch_ms), CENSORED, sheet),
        Some(text) => tape.input("Datadog input value", InputText::of(text), Some(epoch_ms), text, sheet),
        None => tape.input("Datadog input value", InputText::Absent, Some(epoch_ms), "", sheet),
    }
}
