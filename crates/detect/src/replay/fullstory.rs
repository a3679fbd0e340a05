//! FullStory's bundles, by what is publicly known of them: JSON `{"Seq", "When", "Evts": [{"Kind", "When", "Args"}]}` to
//! `/rec/bundle` and `/rec/bundle/v2`. Its recorder is not published (npm holds a loader), nor are the numbers of its kinds:
//! so an event counts as input only if a canary stands in it in clear, and what is masked is not told.

use serde_json::Value;

use super::{InputText, Tape};
use crate::insight::{Message, Sheet};

/// Reads a bundle.
pub(super) fn read(message: &Message, tape: &mut Tape) {
    for (document, sheet) in message.written() {
        let Some(events) = document["Evts"].as_array() else { continue };
        tape.turn();
        for event in events.iter().filter(|event| event["Kind"].is_u64()) {
            tape.recorded();
            read_arguments(&event["Args"], &sheet, tape);
        }
    }
}

/// Times are relative to a start that the bundle does not hold.
fn read_arguments(arguments: &Value, sheet: &Sheet, tape: &mut Tape) {
    let texts = arguments.as_array().into_iter().flatten().filter_map(Value::as_str);
    for text in texts.filter(|text| !text.is_empty()) {
        if tape.is_typed(text) {
            tape.input_at("FullStory event", InputText::of(text), None, text, sheet);
        }
    }
}
