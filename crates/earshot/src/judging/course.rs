//! What a visit saw of consent, as the store keeps it, and whether that is all.

use earshot_detect::consent;
use earshot_model::{ConsentClock, Gap, GapKind, Outcome, Visit};
use earshot_store::Course;

/// Gaps behind which something that was sent can hide.
const HIDING: [GapKind; 2] = [GapKind::UnparsedMessage, GapKind::UnobservedUpload];

/// The course of a visit, of which judging added those gaps. It is whole only if everything that its profile asks for was done and watched: of a visit that
/// is not, nobody's silence is believed.
pub(super) fn of(visit: &Visit, gaps_added: &[Gap]) -> Course {
    let (seen, clock) = (consent::course(visit, gaps_added), ConsentClock::of(&visit.events));
    let mut signals: Vec<(String, String)> = Vec::new();
    for signal in seen.signals {
        // The last word of each interface counts.
        signals.retain(|(source, _)| *source != signal.source);
        signals.push((signal.source, signal.said));
    }
    let wanted = visit.task.profile.choice();
    let done = clock.choice.map(|(choice, _)| choice) == wanted && (wanted.is_none() || clock.reload_ms.is_some());
    let hidden = visit.gaps.iter().any(|gap| HIDING.contains(&gap.kind));
    let cut = matches!(visit.outcome, Outcome::Partial { .. });
    Course { whole: seen.whole && done && !hidden && !cut, clock, cmp: seen.cmp, watched: seen.watched, signals }
}

#[cfg(test)]
mod tests {
    use earshot_model::{
        Consent, ConsentStep, Event, Fact, Identity, Lane, PageKind, PageTask, PageUrl, Phase, Profile, RunId, Served,
        Witnesses,
    };
    use jiff::Timestamp;

    use super::*;

    fn visit(profile: Profile, steps: &[(f64, ConsentStep, &str)]) -> Visit {
        let page = PageUrl::parse("https://shop.test/").unwrap();
        let event = |(seq, (at_ms, step, value)): (usize, &(f64, ConsentStep, &str))| Event {
            seq: seq as u32,
            at_ms: Some(*at_ms),
            phase: Phase::PreChoice,
            frame: String::new(),
            seen_by: Witnesses::default(),
            fact: Fact::Consent(Consent {
                step: *step,
                source: "usp".into(),
                value: (*value).into(),
                ..Consent::default()
            }),
        };
        Visit {
            task: PageTask {
                run: RunId::new(),
                start: page.clone(),
                page,
                kind: PageKind::Home,
                profile,
                repetition: 0,
                lane: Lane::Bulk,
                region: None,
            },
            started_at: Timestamp::UNIX_EPOCH,
            took_ms: 1,
            final_url: None,
            outcome: Outcome::of_status(200),
            identity: Identity::default(),
            events: steps.iter().enumerate().map(event).collect(),
            gaps: Vec::new(),
            pictures: Vec::new(),
            served: Served::default(),
        }
    }

    #[test]
    fn only_what_was_done_and_watched_to_the_end_is_whole() {
        use ConsentStep::{Reject, Reload, Signal};
        assert!(of(&visit(Profile::Untouched, &[]), &[]).whole);
        assert!(!of(&visit(Profile::Reject, &[]), &[]).whole, "no refusal");
        assert!(!of(&visit(Profile::Reject, &[(9.0, Reject, "")]), &[]).whole, "no reload");
        let steps = [(5.0, Signal, "1YNN"), (9.0, Reject, ""), (20.0, Reload, ""), (25.0, Signal, "1YYN")];
        let mut refused = visit(Profile::Reject, &steps);
        let course = of(&refused, &[]);
        assert!(course.whole);
        assert_eq!(course.signals.len(), 1, "the last word of each interface: {:?}", course.signals);
        refused.gaps.push(Gap { kind: GapKind::UnobservedUpload, detail: String::new() });
        assert!(!of(&refused, &[]).whole);
        assert!(!of(&visit(Profile::Accept, &steps), &[]).whole, "the wrong choice");
    }
}
