//! Sentry, read from @sentry/browser 11.12.0: an envelope of lines, a header, then a header and a payload for each item
//! (<https://develop.sentry.dev/sdk/data-model/envelopes/>); a recording as zlib behind its own header.

use earshot_model::Finding;
use serde_json::Value;

use super::{Message, Notes};

/// Its id in the catalogue.
pub(crate) const VENDOR: &str = "sentry-replay";

/// The key under which the recorder keeps its session's id in `sessionStorage`.
const SESSION: &str = "session:sentryReplaySession";

/// Kinds of items that hold a recording, or tell of one.
const RECORDED: &[&str] = &["replay_event", "replay_recording"];

/// Kinds of items.
const ITEMS: &[&str] = &[
    "attachment",
    "check_in",
    "client_report",
    "event",
    "feedback",
    "log",
    "profile",
    "replay_event",
    "replay_recording",
    "session",
    "sessions",
    "span",
    "transaction",
    "user_report",
];

/// Tags that the SDK sets by itself.
const OWN_TAGS: &[&str] = &["replayId"];

/// Whether the page was recorded, or is about to be: what was sent holds a recording, its session is stored, or a bundle
/// with the recorder was loaded. Most sites report errors alone.
pub(crate) fn records<'u>(finding: &Finding, mut asked: impl Iterator<Item = &'u str>) -> bool {
    let sent = |key: &str| finding.traits.details.get(key).is_some_and(|values| !values.is_empty());
    let items = finding.traits.details.get("items").into_iter().flatten();
    let recorder = |url: &str| {
        let path = url.split(['?', '#']).next().unwrap_or(url);
        let file = path.rsplit('/').next().unwrap_or(path);
        file.ends_with(".js") && file.split('.').any(|word| word.starts_with("replay"))
    };
    items.into_iter().any(|item| RECORDED.contains(&item.as_str()))
        || sent("replay")
        || finding.stored.iter().any(|stored| stored == SESSION)
        || asked.any(recorder)
}

/// Reads an envelope.
pub(super) fn read(message: &Message, notes: &mut Notes) {
    let documents = message.documents();
    if documents.is_empty() {
        return;
    }
    message.note_upload(notes);
    for (at, document) in documents.iter().enumerate() {
        // The SDK names its DSN in the header only for a tunnel, which would not know where to send it on.
        if at == 0 && document["dsn"].is_string() && !message.host().ends_with("sentry.io") {
            notes.add("tunnel", message.host());
        }
        match document.as_array() {
            Some(recording) => recording.iter().for_each(|part| read_part(part, notes)),
            None => read_line(document, notes),
        }
    }
}

fn read_line(line: &Value, notes: &mut Notes) {
    if let (Some(name), Some(version)) = (line["sdk"]["name"].as_str(), line["sdk"]["version"].as_str()) {
        notes.add("sdk", name);
        notes.add("script_version", version);
    }
    if let Some(item) = line["type"].as_str().filter(|item| ITEMS.contains(item)) {
        notes.add("items", item);
    }
    match line["replay_type"].as_str() {
        Some("session") => notes.add("replay", "session"),
        // Kept in memory and sent once an error has happened.
        Some("buffer") => notes.add("replay", "on_error"),
        _ => {}
    }
    notes.names("user_fields", line.get("user"), |_| true);
    notes.names("tags", line.get("tags"), |tag| !OWN_TAGS.contains(&tag));
    // A session names its user and address in its own words.
    if line["sid"].is_string() {
        if line["did"].is_string() {
            notes.add("user_fields", "id");
        }
        if line["attrs"]["ip_address"].is_string() {
            notes.add("user_fields", "ip_address");
        }
    }
}

/// The recorder writes its own settings into the first segment.
fn read_part(part: &Value, notes: &mut Notes) {
    if part["data"]["tag"] != "options" {
        return;
    }
    let options = &part["data"]["payload"];
    for (key, name) in [("maskAllText", "all_text"), ("maskAllInputs", "all_inputs"), ("blockAllMedia", "all_media")] {
        if let Some(on) = options[key].as_bool() {
            notes.add("masking_options", format!("{name}={on}"));
        }
    }
    for (key, name) in [("sessionSampleRate", "session"), ("errorSampleRate", "on_error")] {
        if let Some(rate) = options[key].as_f64() {
            notes.add("replay_sampling", format!("{name}={rate}"));
        }
    }
}
