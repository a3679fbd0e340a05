//! rrweb, read from rrweb 2.2.2 and from what is made of it: PostHog, Sentry, Mixpanel, Amplitude, New Relic, Highlight, and
//! sites' own. An event is `{type, data, timestamp}`: 2 is a snapshot of the page, 3 a change, of which `source` 5 is input
//! and 0 a mutation, 5 something of the product's own. Products wrap lists of events in their own way, some as JSON in a
//! string: so events are looked for wherever they stand.

use serde_json::Value;

use super::{InputText, Tape};
use crate::insight::{self, Message, Sheet};

/// Types of events (`EventType`).
const FULL_SNAPSHOT: u64 = 2;
const INCREMENTAL: u64 = 3;
const CUSTOM: u64 = 5;
/// The highest type that anybody is known to use.
const LAST_TYPE: u64 = 12;

/// Sources of changes (`IncrementalSource`).
const MUTATION: u64 = 0;
const INPUT: u64 = 5;

/// A node that is a text (`NodeType`).
const TEXT_NODE: u64 = 3;

/// What a field's value is called that stands in the page's own structure.
const FIELD: &str = "rrweb value of a field";

/// Elements whose text nobody sees.
const UNSEEN: &[&str] = &["script", "style", "noscript", "title"];

/// Types of fields that are ticked.
const BOXES: [&str; 2] = ["checkbox", "radio"];

/// How deep events are looked for: the deepest known place is 5 (PostHog's `batch[].properties.$snapshot_data[]`).
const MAX_DEPTH: u8 = 8;

/// How deep JSON in strings is followed: Amplitude's is 1.
const MAX_STRINGS: u8 = 2;

/// Reads everything in the message that is an event.
pub(super) fn read(message: &Message, tape: &mut Tape) {
    for (document, sheet) in message.written() {
        tape.turn();
        match sheet.chain.ends_with(&["json string".to_owned(), "gzip".to_owned()]) {
            true => read_part(document, &sheet, tape),
            false => walk(document, &sheet, (MAX_DEPTH, MAX_STRINGS), tape),
        }
    }
}

/// PostHog packs the data of a snapshot, and each list of a mutation, on its own: it has then no time.
fn read_part(part: &Value, sheet: &Sheet, tape: &mut Tape) {
    if part["node"].is_object() {
        return read_page(part, None, sheet, tape);
    }
    for item in part.as_array().into_iter().flatten() {
        read_node(&item["node"], true, None, sheet, tape);
        item["value"].as_str().into_iter().for_each(|text| tape.text(text, false));
        item["attributes"]["value"].as_str().into_iter().for_each(|value| tape.value(FIELD, value, None, sheet));
    }
}

fn walk(value: &Value, sheet: &Sheet, (depth, strings): (u8, u8), tape: &mut Tape) {
    if depth == 0 {
        return;
    }
    let left = (depth - 1, strings);
    match value {
        Value::Array(list) => list.iter().for_each(|value| walk(value, sheet, left, tape)),
        Value::Object(members) => match event_of(value) {
            Some((kind, data, at)) => read_event(kind, data, at, sheet, tape),
            None => {
                // Highlight's own setting, in the message that opens a session.
                if let Some(setting) = members.get("privacy_setting").and_then(Value::as_str) {
                    tape.setting("privacy_setting", setting);
                }
                members.values().for_each(|value| walk(value, sheet, left, tape));
            }
        },
        Value::String(text) if strings > 0 => {
            let Some(inner) = insight::parsed(text.as_bytes()) else { return };
            let mut chain = sheet.chain.clone();
            chain.push("json string".to_owned());
            tape.turn();
            walk(&inner, &Sheet { bytes: text.as_bytes(), chain }, (MAX_DEPTH, strings - 1), tape);
        }
        _ => {}
    }
}

/// Type, data and time of what is an event.
pub(super) fn event_of(value: &Value) -> Option<(u64, &Value, f64)> {
    let kind = value.get("type")?.as_u64().filter(|kind| *kind <= LAST_TYPE)?;
    Some((kind, value.get("data")?, value.get("timestamp")?.as_f64()?))
}

/// Reads one event.
pub(super) fn read_event(kind: u64, data: &Value, epoch_ms: f64, sheet: &Sheet, tape: &mut Tape) {
    match (kind, data["source"].as_u64()) {
        (FULL_SNAPSHOT, _) | (INCREMENTAL, Some(MUTATION)) => read_page(data, Some(epoch_ms), sheet, tape),
        (INCREMENTAL, Some(INPUT)) => {
            tape.recorded();
            // An empty text is what is left when a field is cleared; that of a box is the page's own.
            let is_box =
                data["isChecked"] == true || data["id"].as_i64().is_some_and(|id| tape.memory().hidden.contains(&id));
            if let Some(text) = data["text"].as_str().filter(|text| !text.is_empty() && !is_box) {
                tape.input("rrweb input event", InputText::of(text), Some(epoch_ms), text, sheet);
            }
        }
        (INCREMENTAL, Some(_)) => tape.recorded(),
        (CUSTOM, _) => read_custom(data, tape),
        _ => {}
    }
}

/// Reads a snapshot (`node`) or a mutation (`texts`, `attributes`, `adds`).
fn read_page(data: &Value, epoch_ms: Option<f64>, sheet: &Sheet, tape: &mut Tape) {
    tape.recorded();
    let list = |key: &str| data[key].as_array().map(Vec::as_slice).unwrap_or_default();
    read_node(&data["node"], true, epoch_ms, sheet, tape);
    for text in list("texts").iter().filter_map(|text| text["value"].as_str()) {
        changed(text, epoch_ms, sheet, tape);
    }
    for value in list("attributes").iter().filter_map(|changed| changed["attributes"]["value"].as_str()) {
        tape.value(FIELD, value, epoch_ms, sheet);
    }
    for node in list("adds").iter().map(|added| &added["node"]) {
        match node["textContent"].as_str().filter(|_| node["isStyle"] != true) {
            Some(text) => changed(text, epoch_ms, sheet, tape),
            None => read_node(node, true, epoch_ms, sheet, tape),
        }
    }
}

/// A text of the page that is new.
fn changed(text: &str, epoch_ms: Option<f64>, sheet: &Sheet, tape: &mut Tape) {
    tape.text(text, false);
    let at_ms = epoch_ms.and_then(|epoch| tape.since_navigation(epoch));
    if let (InputText::Masked { characters, mask }, Some(at_ms)) = (InputText::of(text), at_ms) {
        tape.length("rrweb masked text", characters, mask, at_ms, text, sheet);
    }
}

fn read_node(node: &Value, is_seen: bool, epoch_ms: Option<f64>, sheet: &Sheet, tape: &mut Tape) {
    if node["type"].as_u64() == Some(TEXT_NODE) {
        if let Some(text) = node["textContent"].as_str().filter(|_| is_seen && node["isStyle"] != true) {
            tape.text(text, false);
        }
        return;
    }
    if let Some(id) = node["id"].as_i64().filter(|_| BOXES.iter().any(|kind| node["attributes"]["type"] == *kind)) {
        tape.memory().hide(id);
    }
    if let Some(value) = node["attributes"]["value"].as_str() {
        tape.value(FIELD, value, epoch_ms, sheet);
    }
    let is_seen = !node["tagName"].as_str().is_some_and(|tag| UNSEEN.contains(&tag));
    let children = node["childNodes"].as_array().into_iter().flatten();
    children.for_each(|child| read_node(child, is_seen, epoch_ms, sheet, tape));
}

/// Products write their own settings into the recording.
fn read_custom(data: &Value, tape: &mut Tape) {
    let options = match data["tag"].as_str() {
        Some("$session_options") => &data["payload"]["sessionRecordingOptions"],
        Some("options") => &data["payload"],
        _ => return,
    };
    for key in ["maskAllInputs", "maskAllText", "blockAllMedia"] {
        if let Some(on) = options[key].as_bool() {
            tape.setting(key, on);
        }
    }
    if options["maskTextSelector"].is_string() {
        tape.setting("maskTextSelector", options["maskTextSelector"] == "*");
    }
}
