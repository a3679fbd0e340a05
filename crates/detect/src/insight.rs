//! What a vendor's own traffic says of itself: versions, whose project, what is recorded, whether somebody is named.
//!
//! Read from requests that went out and from their unpacked bodies. **Never** kept: values of tags and properties, ids
//! of users, text that was typed or shown. Kept: names of keys, counts, states, versions.

mod clarity;
mod message;
mod mixpanel;
mod notes;
mod openreplay;
mod posthog;
pub(crate) mod sentry;

use std::collections::BTreeMap;

use earshot_model::{Fact, Visit};

use crate::FirstParty;
use message::Message;
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
    for (nth, seq) in requests.iter().enumerate() {
        let Some(event) = visit.events.get(*seq as usize) else { continue };
        let Fact::Request(request) = &event.fact else { continue };
        if request.is_preflight() {
            continue;
        }
        if nth >= MAX_MESSAGES {
            request.body.iter().for_each(|_| notes.unread());
            continue;
        }
        let Some(message) = Message::open(visit, first, event, request, budget) else { continue };
        let is_opaque = message.has_body() && message.documents().is_empty() && vendor != openreplay::VENDOR;
        if message.is_cut() || is_opaque {
            notes.unread();
        }
        read(&message, &mut notes);
    }
    if vendor == clarity::VENDOR {
        clarity::conclude(visit, requests, &mut notes);
    }
    notes.into_details()
}

fn reader(vendor: &str) -> Option<Reader> {
    match vendor {
        clarity::VENDOR => Some(clarity::read),
        "posthog" => Some(posthog::read),
        sentry::VENDOR => Some(sentry::read),
        openreplay::VENDOR => Some(openreplay::read),
        "mixpanel" => Some(mixpanel::read),
        _ => None,
    }
}
