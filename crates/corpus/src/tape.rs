//! What happens in a made-up visit, put down in any order and played back in time.

use earshot_model::{Event, Fact, Phase, Witness, Witnesses};
use earshot_store::EventNote;

/// What happened so far.
#[derive(Default)]
pub(crate) struct Tape(Vec<Entry>);

/// Where something was put down: what refers to it refers to this until the tape is played.
pub(crate) type Mark = u32;

struct Entry {
    at_ms: Option<f64>,
    frame: String,
    seen_by: Witnesses,
    fact: Fact,
    note: EventNote,
}

impl Tape {
    pub(crate) fn put(
        &mut self,
        at_ms: Option<f64>,
        frame: &str,
        seen_by: &[Witness],
        fact: Fact,
        note: EventNote,
    ) -> Mark {
        let mark = self.0.len() as Mark;
        let seen_by = seen_by.iter().copied().collect();
        self.0.push(Entry { at_ms: at_ms.map(micros), frame: frame.to_owned(), seen_by, fact, note });
        mark
    }

    /// The events in the order of their moments, those without one last; marks have become their `seq`. Second, where each
    /// mark has gone.
    pub(crate) fn play(self, phase: impl Fn(Option<f64>) -> Phase) -> (Vec<Event>, Vec<EventNote>, Vec<u32>) {
        let mut order: Vec<usize> = (0..self.0.len()).collect();
        let moment = |at: &usize| self.0[*at].at_ms.unwrap_or(f64::INFINITY);
        order.sort_by(|one, other| moment(one).total_cmp(&moment(other)));
        let mut seqs = vec![0; order.len()];
        for (seq, at) in (0..).zip(&order) {
            seqs[*at] = seq;
        }
        let mut entries: Vec<Option<Entry>> = self.0.into_iter().map(Some).collect();
        let (mut events, mut notes) = (Vec::with_capacity(order.len()), Vec::with_capacity(order.len()));
        for (seq, at) in (0..).zip(order) {
            let Some(mut entry) = entries[at].take() else { continue };
            point(&mut entry.fact, &seqs);
            entry.note.cause = entry.note.cause.map(|mark| seqs[mark as usize]);
            notes.push(entry.note);
            let phase = phase(entry.at_ms);
            let Entry { at_ms, frame, seen_by, fact, .. } = entry;
            events.push(Event { seq, at_ms, phase, frame, seen_by, fact });
        }
        (events, notes, seqs)
    }
}

/// As exact as the browser says it.
fn micros(at_ms: f64) -> f64 {
    (at_ms * 1000.0).round() / 1000.0
}

fn point(fact: &mut Fact, seqs: &[u32]) {
    let to = |mark: &mut u32| *mark = seqs[*mark as usize];
    match fact {
        Fact::Response(response) => to(&mut response.request),
        Fact::Failed { request, .. } => to(request),
        Fact::SocketFrame(frame) => to(&mut frame.request),
        Fact::Cookie(cookie) => cookie.set_by.iter_mut().for_each(to),
        Fact::Request(request) => request.redirect_of.iter_mut().for_each(to),
        _ => {}
    }
}
