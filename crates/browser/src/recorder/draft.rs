//! The events and gaps of a visit while it goes on: bounded, and not in order yet.

use earshot_model::{Body, Event, Fact, Gap, GapKind, Witness};

use super::without_query;
use crate::bounds;

/// The position of an event in a [`Draft`]; becomes its `seq`.
pub(crate) type Slot = usize;

/// What was recorded so far. References between events are slots until [`Draft::finish`] puts them in order.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    events: Vec<Event>,
    gaps: Vec<Gap>,
    /// Bytes of bodies kept.
    bodies: usize,
    spent: bool,
}

impl Draft {
    /// Adds an event. `None` when the budget is spent.
    pub(crate) fn add(&mut self, at_ms: Option<f64>, frame: impl AsRef<str>, fact: Fact) -> Option<Slot> {
        if self.events.len() >= bounds::EVENTS {
            self.spend(format!("more than {} events", bounds::EVENTS));
            return None;
        }
        let frame = bounds::cut(frame.as_ref(), bounds::ADDRESS).to_owned();
        self.events.push(Event { seen_by: Witness::Browser.into(), ..Event::new(0, at_ms, frame, fact) });
        Some(self.events.len() - 1)
    }

    /// Notes that later events were or will be lost.
    pub(crate) fn spend(&mut self, detail: String) {
        if !std::mem::replace(&mut self.spent, true) {
            self.gap(GapKind::EventBudget, detail);
        }
    }

    /// Whether events were lost.
    pub(crate) fn is_spent(&self) -> bool {
        self.spent
    }

    /// Notes what could not be seen; the same thing once.
    pub(crate) fn gap(&mut self, kind: GapKind, detail: impl Into<String>) {
        let gap = Gap { kind, detail: bounds::cut(&detail.into(), bounds::ADDRESS).to_owned() };
        if self.gaps.len() < bounds::GAPS && !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }

    /// As much of a body as may be kept. `what` names it in the gap if that is not all.
    pub(crate) fn body(&mut self, mut bytes: Vec<u8>, what: &str) -> Body {
        let size = bytes.len();
        let room = Body::MAX_EXCERPT.min(bounds::BODIES.saturating_sub(self.bodies));
        if size > room {
            self.gap(GapKind::BodyCut, format!("{what}: {room} of {size} bytes kept"));
            bytes.truncate(room);
        }
        self.bodies += bytes.len();
        Body { size: size as u64, excerpt: bytes }
    }

    /// What people call the request in a slot: method, host and path.
    pub(crate) fn name(&self, slot: Slot) -> String {
        match self.events.get(slot).map(|event| &event.fact) {
            Some(Fact::Request(request)) => format!("{} {}", request.method, without_query(&request.url)),
            _ => String::new(),
        }
    }

    /// All facts so far.
    pub(crate) fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.events.iter().map(|event| &event.fact)
    }

    /// The fact in a slot.
    pub(crate) fn fact_mut(&mut self, slot: Slot) -> Option<&mut Fact> {
        self.events.get_mut(slot).map(|event| &mut event.fact)
    }

    /// Sets the offset of an event that was heard of before it was dated.
    pub(crate) fn date(&mut self, slot: Slot, at_ms: f64) {
        if let Some(event) = self.events.get_mut(slot) {
            event.at_ms = Some(at_ms);
        }
    }

    /// An event's offset and frame.
    pub(crate) fn place(&self, slot: Slot) -> (Option<f64>, String) {
        self.events.get(slot).map_or((None, String::new()), |event| (event.at_ms, event.frame.clone()))
    }

    /// The events in the order of time, those of unknown time last, with `seq` and references to match.
    pub(crate) fn finish(self) -> (Vec<Event>, Vec<Gap>) {
        let mut order: Vec<Slot> = (0..self.events.len()).collect();
        let time = |slot: &Slot| self.events[*slot].at_ms.unwrap_or(f64::INFINITY);
        order.sort_by(|a, b| time(a).total_cmp(&time(b)));
        let mut seq_of = vec![0_u32; order.len()];
        for (seq, slot) in (0_u32..).zip(&order) {
            seq_of[*slot] = seq;
        }
        let mut events = self.events;
        for (event, seq) in events.iter_mut().zip(&seq_of) {
            event.seq = *seq;
            renumber(&mut event.fact, &seq_of);
        }
        events.sort_by_key(|event| event.seq);
        (events, self.gaps)
    }
}

fn renumber(fact: &mut Fact, seq_of: &[u32]) {
    let reference = match fact {
        Fact::Request(request) => request.redirect_of.as_mut(),
        Fact::Response(response) => Some(&mut response.request),
        Fact::Failed { request, .. } => Some(request),
        Fact::SocketFrame(frame) => Some(&mut frame.request),
        Fact::Cookie(cookie) => cookie.set_by.as_mut(),
        Fact::Storage(_)
        | Fact::Listener(_)
        | Fact::FieldRead(_)
        | Fact::ApiCall(_)
        | Fact::Alias(_)
        | Fact::Mark(_) => None,
    };
    if let Some(reference) = reference
        && let Some(seq) = seq_of.get(*reference as usize)
    {
        *reference = *seq;
    }
}

/// A slot as it stands in a fact until the end; the event budget keeps it far below `u32::MAX`.
pub(crate) fn reference(slot: Slot) -> u32 {
    u32::try_from(slot).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(request: Slot) -> Fact {
        Fact::Failed { request: reference(request), error: String::new() }
    }

    #[test]
    fn events_are_ordered_by_time_and_references_follow() {
        let mut draft = Draft::default();
        let timeless = draft.add(None, "", failed(0)).unwrap();
        let late = draft.add(Some(9.0), "", failed(timeless)).unwrap();
        draft.add(Some(1.0), "", failed(late)).unwrap();
        let (events, _) = draft.finish();
        let told: Vec<_> = events.iter().map(|event| (event.seq, event.at_ms, event.fact.clone())).collect();
        assert_eq!(told, [(0, Some(1.0), failed(1)), (1, Some(9.0), failed(2)), (2, None, failed(2))]);
    }

    #[test]
    fn a_spent_budget_is_one_gap() {
        let mut draft = Draft::default();
        let added = (0..bounds::EVENTS + 3).filter_map(|_| draft.add(Some(0.0), "", failed(0))).count();
        assert_eq!(added, bounds::EVENTS);
        let (_, gaps) = draft.finish();
        assert_eq!(gaps.iter().map(|gap| gap.kind).collect::<Vec<_>>(), [GapKind::EventBudget]);
    }

    #[test]
    fn bodies_are_cut_at_their_excerpt_and_at_the_budget() {
        let mut draft = Draft::default();
        let body = draft.body(vec![7; Body::MAX_EXCERPT + 1], "POST a.test/x");
        assert_eq!((body.size, body.excerpt.len()), (Body::MAX_EXCERPT as u64 + 1, Body::MAX_EXCERPT));
        for _ in 0..bounds::BODIES / Body::MAX_EXCERPT - 1 {
            assert!(draft.body(vec![7; Body::MAX_EXCERPT], "full").is_whole());
        }
        let none = draft.body(vec![7; 10], "over");
        assert_eq!((none.size, none.excerpt.len()), (10, 0));
        assert_eq!(draft.finish().1.len(), 2);
    }
}
