//! The events and gaps of a visit while it goes on: bounded, and not in order yet.

use std::collections::BTreeMap;

use earshot_model::{Body, Event, Fact, Gap, GapKind, Header, Witness};

use super::{budget::Budget, without_query};
use crate::bounds;

/// The position of an event in a [`Draft`]; becomes its `seq`.
pub(crate) type Slot = usize;

/// What was recorded so far. References between events are slots until [`Draft::finish`] puts them in order.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    events: Vec<Event>,
    gaps: Vec<Gap>,
    /// Gaps that were noted beyond the share of their kind.
    more_gaps: BTreeMap<GapKind, u32>,
    budget: Budget,
    spent: bool,
}

impl Draft {
    /// Adds an event that `witness` told. `None` when the share of its kind is spent.
    pub(crate) fn add(
        &mut self,
        witness: Witness,
        at_ms: Option<f64>,
        frame: impl AsRef<str>,
        mut fact: Fact,
    ) -> Option<Slot> {
        let frame = bounds::cut(frame.as_ref(), bounds::ADDRESS).to_owned();
        if !self.budget.admit(&frame, &mut fact) {
            // Without room for requests, watching on shows nothing more.
            self.spent |= matches!(fact, Fact::Request(_));
            return None;
        }
        self.events.push(Event { seen_by: witness.into(), ..Event::new(0, at_ms, frame, fact) });
        Some(self.events.len() - 1)
    }

    /// One more witness tells of the same event.
    pub(crate) fn witness(&mut self, slot: Slot, witness: Witness) {
        if let Some(event) = self.events.get_mut(slot) {
            event.seen_by.insert(witness);
        }
    }

    /// Notes that later events were or will be lost.
    pub(crate) fn spend(&mut self, detail: String) {
        if !std::mem::replace(&mut self.spent, true) {
            self.gap(GapKind::EventBudget, detail);
        }
    }

    /// Whether requests were lost.
    pub(crate) fn is_spent(&self) -> bool {
        self.spent
    }

    /// Notes what could not be seen; the same thing once. Each kind has its share, so that one flood does not hide the
    /// others; how many there were beyond it is told at the end.
    pub(crate) fn gap(&mut self, kind: GapKind, detail: impl Into<String>) {
        let gap = Gap { kind, detail: bounds::cut(&detail.into(), bounds::ADDRESS).to_owned() };
        let mut same = self.gaps.iter().filter(|kept| kept.kind == kind);
        if same.clone().any(|kept| *kept == gap) {
            return;
        }
        if same.nth(bounds::GAPS - 1).is_some() {
            *self.more_gaps.entry(kind).or_default() += 1;
        } else {
            self.gaps.push(gap);
        }
    }

    /// Whether a gap of that kind was noted.
    pub(crate) fn has_gap(&self, kind: GapKind) -> bool {
        self.gaps.iter().any(|gap| gap.kind == kind)
    }

    /// As much of a body as may be kept. `what` names it in the gap if that is not all.
    pub(crate) fn body(&mut self, mut bytes: Vec<u8>, what: &str) -> Body {
        let size = bytes.len();
        let room = self.budget.body(size);
        if size > room {
            self.gap(GapKind::BodyCut, format!("{what}: {room} of {size} bytes kept"));
            bytes.truncate(room);
        }
        Body { size: size as u64, excerpt: bytes }
    }

    /// Gives the request in a slot other headers, if there is room for them.
    pub(crate) fn set_headers(&mut self, slot: Slot, headers: Vec<Header>) {
        if let Some(Fact::Request(request)) = self.events.get_mut(slot).map(|event| &mut event.fact)
            && self.budget.exchange(&request.headers, &headers)
        {
            request.headers = headers;
        }
    }

    /// What people call the request in a slot: method, host and path.
    pub(crate) fn name(&self, slot: Slot) -> String {
        match self.events.get(slot).map(|event| &event.fact) {
            Some(Fact::Request(request)) => format!("{} {}", request.method, without_query(&request.url)),
            _ => String::new(),
        }
    }

    /// How many slots are taken.
    pub(crate) fn len(&self) -> usize {
        self.events.len()
    }

    /// All facts so far.
    pub(crate) fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.events.iter().map(|event| &event.fact)
    }

    /// The fact in a slot.
    pub(crate) fn fact(&self, slot: Slot) -> Option<&Fact> {
        self.events.get(slot).map(|event| &event.fact)
    }

    /// The fact in a slot, to be added to.
    pub(crate) fn fact_mut(&mut self, slot: Slot) -> Option<&mut Fact> {
        self.events.get_mut(slot).map(|event| &mut event.fact)
    }

    /// Sets the offset of an event that was heard of before it was dated.
    pub(crate) fn date(&mut self, slot: Slot, at_ms: f64) {
        if let Some(event) = self.events.get_mut(slot) {
            event.at_ms = Some(at_ms);
        }
    }

    /// Sets the frame of an event whose first witness did not know it.
    pub(crate) fn set_frame(&mut self, slot: Slot, frame: &str) {
        if let Some(event) = self.events.get_mut(slot) {
            bounds::cut(frame, bounds::ADDRESS).clone_into(&mut event.frame);
        }
    }

    /// An event's offset.
    pub(crate) fn moment(&self, slot: Slot) -> Option<f64> {
        self.events.get(slot).and_then(|event| event.at_ms)
    }

    /// An event's offset and frame.
    pub(crate) fn place(&self, slot: Slot) -> (Option<f64>, String) {
        self.events.get(slot).map_or((None, String::new()), |event| (event.at_ms, event.frame.clone()))
    }

    /// The events in the order of time, those of unknown time last, with `seq` and references to match.
    pub(crate) fn finish(mut self) -> (Vec<Event>, Vec<Gap>) {
        for lost in self.budget.lost() {
            self.gap(GapKind::EventBudget, lost);
        }
        for (kind, more) in self.more_gaps {
            self.gaps.push(Gap { kind, detail: format!("{more} more like these") });
        }
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
    let references = match fact {
        Fact::Request(request) => [request.redirect_of.as_mut(), request.initiator.request.as_mut()],
        Fact::Response(response) => [Some(&mut response.request), None],
        Fact::Failed { request, .. } => [Some(request), None],
        Fact::SocketFrame(frame) => [Some(&mut frame.request), None],
        Fact::Cookie(cookie) => [cookie.set_by.as_mut(), None],
        Fact::Storage(_)
        | Fact::Listener(_)
        | Fact::FieldRead(_)
        | Fact::ApiCall(_)
        | Fact::Alias(_)
        | Fact::Mark(_)
        | Fact::Entry(_)
        | Fact::Consent(_) => [None, None],
    };
    for reference in references.into_iter().flatten() {
        if let Some(seq) = seq_of.get(*reference as usize) {
            *reference = *seq;
        }
    }
}

/// A slot as it stands in a fact until the end; the event budget keeps it far below `u32::MAX`.
pub(crate) fn reference(slot: Slot) -> u32 {
    u32::try_from(slot).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use earshot_model::Request;

    use super::*;

    fn failed(request: Slot) -> Fact {
        Fact::Failed { request: reference(request), error: String::new() }
    }

    fn add(draft: &mut Draft, at_ms: Option<f64>, fact: Fact) -> Option<Slot> {
        draft.add(Witness::Browser, at_ms, "", fact)
    }

    #[test]
    fn events_are_ordered_by_time_and_references_follow() {
        let mut draft = Draft::default();
        let timeless = add(&mut draft, None, failed(0)).unwrap();
        let late = add(&mut draft, Some(9.0), failed(timeless)).unwrap();
        add(&mut draft, Some(1.0), failed(late)).unwrap();
        let (events, _) = draft.finish();
        let told: Vec<_> = events.iter().map(|event| (event.seq, event.at_ms, event.fact.clone())).collect();
        assert_eq!(told, [(0, Some(1.0), failed(1)), (1, Some(9.0), failed(2)), (2, None, failed(2))]);
    }

    #[test]
    fn both_references_of_a_request_follow() {
        let mut draft = Draft::default();
        let late = add(&mut draft, Some(9.0), failed(0)).unwrap();
        let mut request = Request { redirect_of: Some(reference(late)), ..Request::default() };
        request.initiator.request = Some(reference(late));
        add(&mut draft, Some(1.0), Fact::Request(request)).unwrap();
        let (events, _) = draft.finish();
        let Fact::Request(request) = &events[0].fact else { panic!("{events:?}") };
        assert_eq!((request.redirect_of, request.initiator.request), (Some(1), Some(1)));
    }

    #[test]
    fn several_may_witness_one_event() {
        let mut draft = Draft::default();
        let slot = draft.add(Witness::Page, None, "", failed(0)).unwrap();
        draft.witness(slot, Witness::Browser);
        assert_eq!(Vec::from(draft.finish().0[0].seen_by), [Witness::Browser, Witness::Page]);
    }

    #[test]
    fn a_flood_of_one_kind_leaves_the_shares_of_others() {
        let mut draft = Draft::default();
        let added = (0..bounds::ANSWERS + 3).filter_map(|_| add(&mut draft, Some(0.0), failed(0))).count();
        assert_eq!((added, draft.is_spent()), (bounds::ANSWERS, false));
        let request = || Fact::Request(Request::default());
        let added = (0..bounds::REQUESTS + 1).filter_map(|_| add(&mut draft, Some(0.0), request())).count();
        assert_eq!((added, draft.is_spent()), (bounds::REQUESTS, true));
        let gaps: Vec<_> = draft.finish().1.into_iter().map(|gap| (gap.kind, gap.detail)).collect();
        let lost = |text: &str| (GapKind::EventBudget, text.to_owned());
        assert_eq!(
            gaps,
            [lost("3 events of the kind 'failed' were dropped"), lost("1 events of the kind 'request' were dropped")]
        );
    }

    #[test]
    fn each_kind_of_gap_has_its_share() {
        let mut draft = Draft::default();
        for number in 0..bounds::GAPS + 2 {
            draft.gap(GapKind::BodyUnread, number.to_string());
            draft.gap(GapKind::BodyUnread, "0");
        }
        draft.gap(GapKind::CutShort, "late");
        let (_, gaps) = draft.finish();
        assert_eq!(gaps.len(), bounds::GAPS + 2);
        assert!(gaps.contains(&Gap { kind: GapKind::CutShort, detail: "late".into() }));
        assert_eq!(gaps.last().unwrap().detail, "2 more like these");
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
