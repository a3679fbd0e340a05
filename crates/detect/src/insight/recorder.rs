//! Recorders of which nothing is read but the recording: Datadog, New Relic, Amplitude, FullStory, Highlight. Their other
//! uploads are errors, timings and events.

use super::{Message, Notes};

/// Their ids in the catalogue.
pub(super) const VENDORS: &[&str] = &["amplitude", "datadog-rum", "fullstory", "highlight", "new-relic"];

/// Notes a message that carries recording.
pub(super) fn note(message: &Message, notes: &mut Notes) {
    message.note_upload(notes);
    notes.add("recording", "on");
    notes.count("recording_batches");
    // Datadog names its version in every address.
    if let Some(version) = message.parameter("dd-evp-origin-version") {
        notes.add("script_version", version);
    }
}
