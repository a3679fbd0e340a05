//! A visit and what is concluded from it: by the recorder as it comes in, and once more whenever rules have improved.

mod course;

use earshot_detect::{Catalogue, FilterList, judge, ruleset};
use earshot_model::Visit;
use earshot_store::{EventNote, Judged};

/// Judges a visit. Unpacks bodies and matches filter lists: work for a thread that nobody waits on.
#[must_use]
pub fn judged(visit: Visit, catalogue: &Catalogue, list: Option<&FilterList>) -> Judged {
    let judgement = judge(&visit, catalogue, list);
    let note = |note: earshot_detect::EventNote| EventNote {
        vendor: note.vendor,
        decoded_bytes: note.decoded_bytes,
        cause: note.cause,
    };
    let events = judgement.notes.into_iter().map(note).collect();
    let course = course::of(&visit, &judgement.gaps);
    let (findings, gaps_added) = (judgement.findings, judgement.gaps);
    Judged { visit, findings, events, gaps_added, course, evidence: None, ruleset: ruleset(list) }
}
