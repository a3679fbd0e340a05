//! Of whom it can be said that they heard nothing: only of those whose every word was read.

use std::collections::BTreeSet;

use earshot_model::{Direction, Event, Fact, Gap, GapKind};

use super::{Evidence, typed::Typed};
use crate::{
    Hears, Party, Vendor,
    judge::{Case, contacts::Contact, sent},
};

/// Gaps behind which what was typed can have gone out.
pub(crate) const HIDING: [GapKind; 9] = [
    GapKind::BodyUnread,
    GapKind::BodyCut,
    GapKind::EventBudget,
    GapKind::UnparsedMessage,
    GapKind::TargetUnwatched,
    GapKind::CutShort,
    GapKind::LeaveUnseen,
    GapKind::UnobservedUpload,
    GapKind::PageWitness,
];

/// What a recorder hears.
const RECORDED: [Hears; 3] = [Hears::Keystrokes, Hears::FormValues, Hears::PageContent];

/// What speaks against the silence of parties.
pub(super) struct Silence {
    /// Whether something in the whole visit does.
    broken: bool,
    /// Parties of which something does: they were sent what nobody can read or what may be chance, or were not waited for.
    unknown: BTreeSet<String>,
    /// What is to be said of those that were not waited for.
    gaps: Vec<Gap>,
}

impl Silence {
    pub(super) fn of(case: &Case, contacts: &[Contact], typed: &[Typed], evidence: &Evidence) -> Self {
        let hides = |gap: &Gap| HIDING.contains(&gap.kind);
        // Where the page took away what was typed, nothing could be heard.
        let proves = typed.iter().any(Typed::proves_silence);
        let last_key_ms = typed.iter().map(|typed| typed.entry.last_key_ms).fold(0.0, f64::max);
        let first_key_ms = typed.iter().map(|typed| typed.first_key_ms).fold(f64::INFINITY, f64::min);
        let mut silence = Self {
            // What was typed may leave after the choice that ended the watching.
            broken: evidence.cut > 0
                || !proves
                || case.clock.choosing_ms.is_some()
                || case.visit.gaps.iter().any(hides),
            unknown: evidence.opaque.parties().into_iter().chain(evidence.doubtful.clone()).collect(),
            gaps: Vec::new(),
        };
        for contact in contacts {
            let Party::Vendor(vendor) = contact.party else { continue };
            let late = late(case, contact, vendor, last_key_ms);
            let unread = hears(vendor)
                && !carriers(case, contact, first_key_ms).is_empty()
                && !evidence.recordings.is_read_whole(contact.key);
            if late.is_some() || unread {
                silence.unknown.insert(contact.key.to_owned());
            }
            // What was not waited for since its first contact is said already.
            silence.gaps.extend(late.filter(|_| case.upload_not_awaited(contact).is_none()));
        }
        silence
    }

    /// Whether it is known that nothing of what was typed reached the party, as far as there is no sign of it.
    pub(super) fn tells_of(&self, party: &str) -> bool {
        !self.broken && !self.unknown.contains(party)
    }

    /// What could not be told because a recorder was not waited for.
    pub(super) fn gaps(self) -> Vec<Gap> {
        self.gaps
    }
}

/// Whether the vendor hears what is typed or shown: in its format, masked, that cannot be found by searching.
fn hears(vendor: &Vendor) -> bool {
    vendor.hears.iter().any(|hears| RECORDED.contains(hears))
}

/// A recorder that has uploaded nothing since the last key, and may have been about to.
fn late(case: &Case, contact: &Contact, vendor: &Vendor, last_key_ms: f64) -> Option<Gap> {
    let wait_ms = f64::from(vendor.first_upload_ms?);
    let watched_ms = f64::from(case.visit.took_ms) - last_key_ms;
    let uploaded = sent::uploaded(case, &carriers(case, contact, last_key_ms), vendor);
    let detail = || {
        format!(
            "{}: watched for {watched_ms:.0} ms after the last key without an upload; its uploads may take {wait_ms:.0} ms",
            vendor.id
        )
    };
    (watched_ms < wait_ms && !uploaded).then(|| Gap { kind: GapKind::UploadNotAwaited, detail: detail() })
}

/// The requests to a party that carried something since a moment: a body, or a frame over their socket.
fn carriers(case: &Case, contact: &Contact, from_ms: f64) -> Vec<u32> {
    let carrier = |event: &Event| {
        let request = match &event.fact {
            Fact::Request(request) if request.body.is_some() => event.seq,
            Fact::SocketFrame(frame) if frame.direction == Direction::Sent => frame.request,
            _ => return None,
        };
        let since = event.at_ms.is_none_or(|at_ms| at_ms >= from_ms);
        (since && contact.requests.binary_search(&request).is_ok()).then_some(request)
    };
    case.visit.events.iter().filter_map(carrier).collect()
}
