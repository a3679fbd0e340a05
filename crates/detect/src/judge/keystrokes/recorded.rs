//! What recorders say of input events in their own formats, and of how they mask.

use std::collections::BTreeMap;

use earshot_model::{Direction, Event, Fact, Proof, Way};

use super::{
    signs::{Sign, Signs},
    typed::Typed,
};
use crate::{
    insight::Details,
    judge::{Case, contacts::Contact, window::Window},
    replay::{self, Input, Recording},
};

/// How much reading recorders' own formats is worth in one visit, in bytes of work.
const MAX_WORK_BYTES: usize = 64 * 1024 * 1024;

/// What each recorder's own messages hold, by its key.
#[derive(Debug, Default)]
pub(super) struct Recordings(BTreeMap<String, Recording>);

impl Recordings {
    /// Whether all that the party sent of its recording could be read, and there was some.
    pub(super) fn is_read_whole(&self, party: &str) -> bool {
        self.0.get(party).is_some_and(|recording| recording.unread == 0)
    }

    /// How the party masks, whether the page's own text tells what was typed.
    pub(super) fn details(&self, party: &str) -> Details {
        let mut details = Details::new();
        let Some(recording) = self.0.get(party) else { return details };
        let mut add = |key: &str, values: Vec<String>| {
            if !values.is_empty() {
                details.insert(key.to_owned(), values);
            }
        };
        add("input_text", recording.input_forms().map(str::to_owned).collect());
        add("page_text", recording.page_text().into_iter().map(str::to_owned).collect());
        if let Some(masking) = &recording.masking {
            add("masking", vec![masking.mode.clone()]);
            add("masking_setting", vec![masking.setting.clone()]);
        }
        if !recording.echoes.is_empty() {
            add("page_text_repeats", vec!["what was typed".to_owned()]);
        }
        details
    }
}

/// Reads what was sent to each party, and notes what it says of the fields.
pub(super) fn read(case: &Case, contacts: &[Contact], typed: &[Typed], signs: &mut Signs) -> Recordings {
    let canaries: Vec<_> = typed.iter().map(|typed| typed.canary.clone()).collect();
    let entries: Vec<_> = typed.iter().map(|typed| (typed.seq, typed.entry)).collect();
    let mut left = MAX_WORK_BYTES;
    let mut recordings = Recordings::default();
    for contact in contacts {
        let messages = messages(case, contact);
        let read = replay::recording(contact.key, case.visit, &case.owners.first, &messages, &canaries, &mut left);
        let Some(recording) = read else { continue };
        for echo in replay::heard_by(&recording, &entries, &canaries) {
            let Some(field) = typed.iter().position(|typed| typed.seq == echo.entry) else { continue };
            let Some(proof) = proof(case, &typed[field], &echo.input) else { continue };
            let sign = Sign {
                grade: echo.grade,
                form: echo.form,
                weak: echo.weak,
                way: Way::Taken,
                extent: echo.input.text.tells(),
                event: echo.input.seq,
                at_ms: proof.at_ms,
            };
            signs.add(contact.key, field, sign, || proof);
        }
        recordings.0.insert(contact.key.to_owned(), recording);
    }
    recordings
}

/// What a party was sent in bodies and over its sockets before any choice, in order.
fn messages(case: &Case, contact: &Contact) -> Vec<u32> {
    let message = |event: &Event| match &event.fact {
        Fact::Request(request) => {
            (request.body.is_some() && contact.requests.binary_search(&event.seq).is_ok()).then_some(event.seq)
        }
        Fact::SocketFrame(frame) if frame.direction == Direction::Sent => {
            contact.requests.binary_search(&frame.request).is_ok().then_some(event.seq)
        }
        _ => None,
    };
    case.visit.events.iter().filter(|event| case.is_in(Window::Early, event.seq)).filter_map(message).collect()
}

/// Where a recorder's own input event stands.
fn proof(case: &Case, typed: &Typed, input: &Input) -> Option<Proof> {
    let event = case.visit.events.get(input.seq as usize)?;
    let (asked, part) = match &event.fact {
        Fact::Request(request) => (request, "body"),
        Fact::SocketFrame(frame) => (case.request(frame.request)?, "frame"),
        _ => return None,
    };
    let at_ms = event.at_ms.unwrap_or(f64::from(case.visit.took_ms));
    Some(Proof {
        event: input.seq,
        url: asked.url.clone(),
        part: part.to_owned(),
        bytes: input.bytes,
        chain: input.chain.clone(),
        inner: input.inner,
        layer: input.layer.0.clone(),
        name: input.what.to_owned(),
        stack: asked.initiator.stack.clone(),
        phase: event.phase,
        at_ms,
        since_first_key_ms: at_ms - typed.first_key_ms,
    })
}
