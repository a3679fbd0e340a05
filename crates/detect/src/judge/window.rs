//! The parts of a visit about which something can be said: before any choice, and after it.

use std::collections::HashSet;

use earshot_model::{Direction, Event, Fact, GapKind, Phase, Profile, Rule};

use super::{Case, contacts};

/// A part of a visit. What lies between the first press and the choice belongs to neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Window {
    /// Nothing was chosen yet, and nothing had been pressed towards a choice.
    Early,
    /// The choice was made.
    Late,
}

impl Case<'_> {
    /// Whether the event at `seq` lies there. What has no moment belongs to the end of the visit.
    pub(super) fn is_in(&self, window: Window, seq: u32) -> bool {
        let Some(event) = self.visit.events.get(seq as usize) else { return false };
        match window {
            Window::Early => {
                let unchosen = event.phase.is_before_choice() || event.phase == Phase::Gpc;
                let before = |end_ms| event.at_ms.is_some_and(|at_ms| at_ms < end_ms);
                unchosen && self.early_end().is_none_or(before)
            }
            Window::Late => is_chosen(event),
        }
    }

    /// From when on something can have followed from what we did towards a choice. Where we tried and failed nobody knows
    /// what was pressed, or when: in a banner, so not before there was one.
    fn early_end(&self) -> Option<f64> {
        let failed = self.visit.gaps.iter().any(|gap| gap.kind == GapKind::ChoiceNotMade);
        let tried_from = failed.then(|| self.clock.banner_ms.unwrap_or(0.0));
        [self.clock.choosing_ms, tried_from].into_iter().flatten().reduce(f64::min)
    }

    /// The requests over whose sockets something was sent after the choice.
    pub(super) fn late_sockets(&self) -> HashSet<u32> {
        let sent = self.visit.events.iter().filter_map(|event| match &event.fact {
            Fact::SocketFrame(frame) if frame.direction == Direction::Sent && is_chosen(event) => Some(frame.request),
            _ => None,
        });
        sent.collect()
    }

    /// What a contact there is called.
    pub(super) fn rule(&self, window: Window) -> Rule {
        match (window, self.visit.task.profile) {
            (Window::Early, Profile::Gpc) => Rule::UnderGpc,
            (Window::Early, _) => Rule::PreConsentContact,
            (Window::Late, Profile::Accept) => Rule::AfterAccept,
            (Window::Late, _) => Rule::DespiteReject,
        }
    }

    /// When the event at `seq` happened.
    pub(super) fn at_ms(&self, seq: u32) -> f64 {
        contacts::at_ms(self, seq)
    }
}

fn is_chosen(event: &Event) -> bool {
    matches!(event.phase, Phase::PostAccept | Phase::PostReject)
}
