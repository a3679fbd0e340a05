//! PostHog, read from posthog-js 1.449.2: events as `{"api_key", "batch": [event …]}`, as an array, or one alone; gzip or
//! base64 outside; replay as `$snapshot` events to `/s/`.

use serde_json::Value;

use super::{Message, Notes};

/// Reads events, flags and snapshots.
pub(super) fn read(message: &Message, notes: &mut Notes) {
    for document in message.documents() {
        match document.get("person_properties") {
            Some(properties) => {
                notes.names("person_properties", Some(properties), is_of_the_site);
                version(properties, notes);
            }
            None => events(document).for_each(|event| read_event(event, message, notes)),
        }
    }
}

/// The events in a document, in whichever of the three forms.
fn events(document: &Value) -> impl Iterator<Item = &Value> {
    let list = document.as_array().or_else(|| document.get("batch")?.as_array());
    let alone = list.is_none().then_some(document);
    list.into_iter().flatten().chain(alone).filter(|event| event.get("event").is_some_and(Value::is_string))
}

fn read_event(event: &Value, message: &Message, notes: &mut Notes) {
    let name = event["event"].as_str().unwrap_or_default();
    let properties = &event["properties"];
    message.note_upload(notes);
    notes.name("events", name);
    version(properties, notes);
    for object in [event.get("$set"), event.get("$set_once"), properties.get("$set"), properties.get("$set_once")] {
        notes.names("person_properties", object, is_of_the_site);
    }
    if name == "$identify" || properties["$is_identified"] == true {
        notes.add("identify", "called");
    }
    if name == "$autocapture" {
        notes.flag("autocapture", true);
    }
    if properties["$cookieless_mode"] == true {
        notes.flag("cookieless", true);
    }
    if name == "$snapshot" {
        notes.add("recording", "on");
        properties["$snapshot_data"].as_array().into_iter().flatten().for_each(|part| read_part(part, notes));
    }
}

fn version(properties: &Value, notes: &mut Notes) {
    if let Some(version) = properties["$lib_version"].as_str() {
        notes.add("script_version", version);
    }
}

/// Names beginning with `$` and campaign parameters are set by the library itself.
fn is_of_the_site(name: &str) -> bool {
    !name.starts_with('$') && !name.starts_with("utm_")
}

/// The recorder writes its own settings into the recording, as custom events of rrweb (type 5).
fn read_part(part: &Value, notes: &mut Notes) {
    let payload = &part["data"]["payload"];
    match part["data"]["tag"].as_str() {
        Some("$session_options") => masking(&payload["sessionRecordingOptions"], notes),
        Some("$posthog_config") => {
            if let Some(on) = payload["config"]["autocapture"].as_bool() {
                notes.flag("autocapture", on);
            }
        }
        _ => {}
    }
}

fn masking(options: &Value, notes: &mut Notes) {
    if let Some(all) = options["maskAllInputs"].as_bool() {
        notes.add("masking_options", format!("all_inputs={all}"));
    }
    if options["maskTextSelector"].is_string() {
        notes.add("masking_options", "text_selector=true");
    }
}
