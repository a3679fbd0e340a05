//! Mixpanel, read from mixpanel-browser 2.83.0: `/track` and `/engage` with JSON (or base64 of it) in the form field
//! `data`, or JSON alone; `/record` with rrweb events, its particulars in the query.

use serde_json::Value;

use super::{Message, Notes};

/// What `/engage` does to properties of a person.
const OPERATIONS: &[&str] = &["$set", "$set_once", "$add", "$append", "$union", "$remove"];

/// Properties of a person that the library sets by itself.
const OWN_PROPERTIES: &[&str] =
    &["$os", "$browser", "$browser_version", "$initial_referrer", "$initial_referring_domain"];

/// Reads events, people and recordings.
pub(super) fn read(message: &Message, notes: &mut Notes) {
    if message.path().ends_with("/record") {
        return recording(message, notes);
    }
    for document in message.documents() {
        let list = document.as_array();
        let alone = list.is_none().then_some(document);
        for object in list.into_iter().flatten().chain(alone) {
            read_object(object, message, notes);
        }
    }
}

fn recording(message: &Message, notes: &mut Notes) {
    if message.has_body() {
        message.note_upload(notes);
        notes.add("recording", "on");
        notes.count("recording_batches");
    }
    if let Some(version) = message.parameter("$lib_version") {
        notes.add("script_version", version);
    }
    if message.parameter("$user_id").is_some() {
        notes.add("identify", "called");
    }
}

fn read_object(object: &Value, message: &Message, notes: &mut Notes) {
    if let Some(name) = object["event"].as_str() {
        message.note_upload(notes);
        notes.name("events", name);
        let properties = &object["properties"];
        if let Some(version) = properties["$lib_version"].as_str() {
            notes.add("script_version", version);
        }
        if properties["$mp_autocapture"] == true {
            notes.flag("autocapture", true);
        }
        // An anonymous `distinct_id` begins with "$device:" only in newer versions; `$user_id` is there only when
        // somebody was named.
        if name == "$identify" || properties["$user_id"].is_string() {
            notes.add("identify", "called");
        }
    } else if object["$distinct_id"].is_string() {
        message.note_upload(notes);
        for operation in OPERATIONS {
            notes.names("people_properties", object.get(*operation), |name| !OWN_PROPERTIES.contains(&name));
        }
    }
}
