//! Recorders of which nothing is read but the recording: Datadog, New Relic, Amplitude, FullStory, Highlight.

use super::{Message, Notes};

/// Where they take recordings; their other uploads are errors, timings and events.
const PLACES: &[&str] =
    &["/api/v2/replay", "/browser/blobs", "/sessions/v2/track", "/rec/bundle", "/rec/bundle/v2", "/rec/page"];

/// Which kinds of blobs New Relic takes, in the parameter `type`.
const NEW_RELIC_RECORDING: &str = "SessionReplay";

/// Notes where recordings went.
pub(super) fn read(message: &Message, notes: &mut Notes) {
    let is_place = PLACES.iter().any(|place| message.path().ends_with(place));
    let is_blob = message.path().ends_with("/browser/blobs");
    if !is_place || !message.has_body() || is_blob && message.parameter("type").as_deref() != Some(NEW_RELIC_RECORDING)
    {
        return;
    }
    message.note_upload(notes);
    notes.add("recording", "on");
    notes.count("recording_batches");
    if let Some(version) = message.parameter("dd-evp-origin-version") {
        notes.add("script_version", version);
    }
}
