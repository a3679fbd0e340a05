//! OpenReplay, read from @openreplay/tracker 19.0.1: `/v1/web/start` with JSON, `/v1/web/i` with binary batches. A batch is
//! a `BatchMetadata` message without a length, then messages of `kind, length (3 bytes, little end first), fields`;
//! numbers are varints, a text is its length and UTF-8 (`BatchWriter` and `MessageEncoder` in its worker).

use super::{Message, Notes};

/// Its id in the catalogue. Its batches are binary: they have no documents.
pub(crate) const VENDOR: &str = "openreplay";

/// Kind of the message that begins a batch: four numbers and a text.
const BATCH_METADATA: u64 = 81;
const CUSTOM_EVENT: u64 = 27;
const USER_ID: u64 = 28;
const METADATA: u64 = 30;

/// Kinds of messages that carry what a visitor sees and does.
const FAMILIES: &[(u64, &str)] = &[
    (6, "SetViewportScroll"),
    (7, "CreateDocument"),
    (8, "CreateElementNode"),
    (14, "SetNodeData"),
    (18, "SetInputValue"),
    (19, "SetInputChecked"),
    (20, "MouseMove"),
    (22, "ConsoleLog"),
    (27, "CustomEvent"),
    (28, "UserID"),
    (30, "Metadata"),
    (34, "StringDictGlobal"),
    (58, "SetNodeFocus"),
    (68, "MouseClick"),
    (78, "JSException"),
    (83, "NetworkRequest"),
    (112, "InputChange"),
    (113, "SelectionChange"),
    (114, "MouseThrashing"),
    (119, "CanvasNode"),
    (121, "Redux"),
    (122, "SetPageLocation"),
    (123, "GraphQL"),
];

/// Reads the start of a session and its batches.
pub(super) fn read(message: &Message, notes: &mut Notes) {
    if message.path().ends_with("/v1/web/start") {
        return start(message, notes);
    }
    if !message.path().ends_with("/v1/web/i") || !message.has_body() {
        return;
    }
    message.note_upload(notes);
    notes.add("recording", "on");
    notes.count("batches");
    for sheet in message.sheets() {
        read_batch(sheet.bytes, notes);
    }
}

fn start(message: &Message, notes: &mut Notes) {
    for document in message.documents() {
        if let Some(version) = document["trackerVersion"].as_str() {
            notes.add("script_version", version);
        }
        if document["projectKey"].is_string() {
            notes.add("project_key", "present");
        }
        if document["userID"].as_str().is_some_and(|id| !id.is_empty()) {
            notes.add("user_id", "present");
        }
    }
}

/// The bytes of a layer that is a batch; others (gzip outside) do not begin as one.
pub(crate) fn batch(bytes: &[u8]) -> Option<&[u8]> {
    (bytes.first().map(|byte| u64::from(*byte)) == Some(BATCH_METADATA)).then_some(bytes)
}

/// Reads as far as the batch is one.
fn read_batch(bytes: &[u8], notes: &mut Notes) {
    let Some(mut rest) = batch(bytes) else { return };
    while let Some((kind, fields)) = next(&mut rest) {
        if let Some((_, family)) = FAMILIES.iter().find(|(number, _)| *number == kind) {
            notes.add("events", family);
        }
        let name = text(&mut { fields });
        match (kind, name) {
            (USER_ID, Some(id)) if !id.is_empty() => notes.add("user_id", "present"),
            (METADATA, Some(key)) => notes.name("metadata", key),
            (CUSTOM_EVENT, Some(event)) => notes.name("custom_events", event),
            _ => {}
        }
    }
}

/// The next message: its kind and its fields.
pub(crate) fn next<'b>(rest: &mut &'b [u8]) -> Option<(u64, &'b [u8])> {
    let kind = number(rest)?;
    if kind == BATCH_METADATA {
        for _ in 0..4 {
            number(rest)?;
        }
        text(rest)?;
        return Some((kind, &[]));
    }
    let (size, after) = rest.split_first_chunk::<3>()?;
    let size = usize::from(size[0]) | usize::from(size[1]) << 8 | usize::from(size[2]) << 16;
    let (fields, after) = after.split_at_checked(size)?;
    *rest = after;
    Some((kind, fields))
}

/// A varint.
pub(crate) fn number(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..63).step_by(7) {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// A length and as many bytes of UTF-8.
pub(crate) fn text<'b>(rest: &mut &'b [u8]) -> Option<&'b str> {
    let length = usize::try_from(number(rest)?).ok()?;
    let (text, after) = rest.split_at_checked(length)?;
    *rest = after;
    std::str::from_utf8(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_that_breaks_off_is_read_as_far_as_it_goes() {
        let whole = b"\x51\x01\x00\x00\x02\x01x\x1e\x09\x00\x00\x04plan\x03top\x1b\x05\x00\x00\x04went\x1c\xff\x00\x00";
        let mut notes = Notes::default();
        read_batch(whole, &mut notes);
        let details = notes.into_details();
        assert_eq!(details["metadata"], ["plan"]);
        assert_eq!(details["custom_events"], ["went"]);
        assert!(!details.contains_key("user_id"));
        for end in 0..whole.len() {
            read_batch(&whole[..end], &mut Notes::default());
        }
    }
}
