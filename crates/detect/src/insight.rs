//! What a vendor's own traffic says of itself: versions, whose project, what is recorded, whether somebody is named.
//!
//! Read from requests that went out and from their unpacked bodies. **Never** kept: values of tags and properties, ids
//! of users, text that was typed or shown. Kept: names of keys, counts, states, versions.

pub(crate) mod clarity;
mod message;
mod mixpanel;
mod notes;
pub(crate) mod openreplay;
mod posthog;
mod recorder;
pub(crate) mod sentry;
mod shallow;

use std::collections::BTreeMap;

use earshot_model::{Fact, Visit};

use crate::{
    FirstParty,
    replay::{self, Recording},
};
pub(crate) use message::{Message, Sheet, parsed};
use notes::Notes;

/// What is said of a vendor: key to values, sorted.
pub(crate) type Details = BTreeMap<String, Vec<String>>;

/// How many of a vendor's requests are read: more come only from pages that were left open for many minutes.
const MAX_MESSAGES: usize = 256;

/// How much unpacking all vendors of one visit are worth here, in bytes of work ([`crate::decode::unpack_within`]).
pub(crate) const MAX_WORK_BYTES: usize = 64 * 1024 * 1024;

/// Reads one message of a vendor into the notes.
type Reader = fn(&Message, &mut Notes);

/// What the vendor's requests (by `seq`) say; empty for a vendor whose traffic nobody here can read.
pub(crate) fn details(
    vendor: &str,
    visit: &Visit,
    first: &FirstParty,
    requests: &[u32],
    budget: &mut usize,
) -> Details {
    let Some(read) = reader(vendor) else { return Details::new() };
    let mut notes = Notes::default();
    let mut tape = replay::Tape::new(visit, &[]);
    let listen = replay::reader(vendor);
    for (nth, seq) in requests.iter().enumerate() {
        if nth >= MAX_MESSAGES {
            (0..bodies(visit, *seq)).for_each(|_| notes.unread());
            continue;
        }
        let Some(message) = Message::open(visit, first, *seq, budget) else { continue };
        let is_opaque = message.has_body() && message.documents().is_empty() && speaks_json(vendor);
        if message.is_cut() || is_opaque {
            notes.unread();
        }
        read(&message, &mut notes);
        if tape.hear(&message, listen) && recorder::VENDORS.contains(&vendor) {
            recorder::note(&message, &mut notes);
        }
    }
    masked(&tape.into_recording(vendor), &mut notes);
    if vendor == clarity::VENDOR {
        clarity::conclude(visit, requests, &mut notes);
    }
    notes.into_details()
}

/// What its recording says of masking.
fn masked(recording: &Recording, notes: &mut Notes) {
    recording.input_forms().for_each(|form| notes.add("input_text", form));
    recording.page_text().into_iter().for_each(|form| notes.add("page_text", form));
    if let Some(masking) = &recording.masking {
        notes.add("masking", &masking.mode);
        notes.say("masking_setting", &masking.setting);
    }
}

/// Whether all that the vendor takes is JSON, so that what is none could not be read.
fn speaks_json(vendor: &str) -> bool {
    vendor != openreplay::VENDOR && !recorder::VENDORS.contains(&vendor)
}

/// How many bodies the request has: one, or none.
fn bodies(visit: &Visit, seq: u32) -> usize {
    match visit.events.get(seq as usize).map(|event| &event.fact) {
        Some(Fact::Request(request)) if !request.is_preflight() => usize::from(request.body.is_some()),
        _ => 0,
    }
}

fn reader(vendor: &str) -> Option<Reader> {
    match vendor {
        clarity::VENDOR => Some(clarity::read),
        "posthog" => Some(posthog::read),
        sentry::VENDOR => Some(sentry::read),
        openreplay::VENDOR => Some(openreplay::read),
        "mixpanel" => Some(mixpanel::read),
        _ if recorder::VENDORS.contains(&vendor) => Some(|_, _| {}),
        _ => None,
    }
}
