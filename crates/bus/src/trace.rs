//! W3C trace context (<https://www.w3.org/TR/trace-context/>), as far as a message carries it.

use std::{fmt, str::FromStr};

use async_nats::HeaderMap;
use earshot_model::{NoticeId, PageUrl, RunId};
use opentelemetry::{Context, trace::TraceContextExt as _};
use uuid::Uuid;

use crate::crawls::crawl_key;

/// The header's name, as the standard has it.
pub(crate) const HEADER: &str = "traceparent";

/// Which trace a message belongs to, and the span that it was sent from.
///
/// Everything that is done about one target of a run is one trace, from the seed to the rows of its pages. The trace's id is
/// derived from the two, so that it stays one across crashes, redeliveries and coordinators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceParent {
    /// 16 bytes that name the trace; not all zero.
    pub trace_id: u128,
    /// 8 bytes that name the sender's span; not zero.
    pub parent_id: u64,
    /// Whether the sender recorded that span. Whoever continues the trace decides for itself.
    pub sampled: bool,
}

impl TraceParent {
    /// The trace of what `id` names, from the span that is current, if that is one of this trace, else from one that nobody
    /// records.
    fn of(id: Uuid) -> Self {
        let trace_id = spread(id);
        let nobody = || {
            let (_, low) = Uuid::new_v4().as_u64_pair();
            Self { trace_id, parent_id: low, sampled: false }
        };
        Self::current().filter(|current| current.trace_id == trace_id).unwrap_or_else(nobody)
    }

    /// The trace of one target of a run, as [`TraceParent::of`].
    #[must_use]
    pub fn of_target(run: RunId, start: &PageUrl) -> Self {
        Self::of(crawl_key(run, start))
    }

    /// The trace of a notice.
    pub(crate) fn of_notice(notice: NoticeId) -> Self {
        Self::of(notice.0)
    }

    /// The span of OpenTelemetry that is current, if there is one.
    #[must_use]
    pub fn current() -> Option<Self> {
        Context::map_current(|context| {
            let span = context.span().span_context().clone();
            span.is_valid().then(|| Self {
                trace_id: u128::from_be_bytes(span.trace_id().to_bytes()),
                parent_id: u64::from_be_bytes(span.span_id().to_bytes()),
                sampled: span.is_sampled(),
            })
        })
    }

    /// What the headers carry, if it is well-formed.
    pub(crate) fn from_headers(headers: Option<&HeaderMap>) -> Option<Self> {
        headers?.get(HEADER)?.as_str().parse().ok()
    }
}

/// The halves of a UUID change places: who samples by ratio looks at the first bits of the right half, which in a UUID are
/// always the same.
fn spread(id: Uuid) -> u128 {
    id.as_u128().rotate_left(64)
}

impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.trace_id, self.parent_id, u8::from(self.sampled))
    }
}

impl FromStr for TraceParent {
    type Err = String;

    /// Takes later versions too, as the standard asks: what follows the four known parts is passed over.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("'{}' is no traceparent", text.chars().take(64).collect::<String>());
        let mut parts = text.split('-');
        let mut hex = |len: usize| {
            let part = parts.next().filter(|part| part.len() == len && part.bytes().all(is_lower_hex))?;
            u128::from_str_radix(part, 16).ok()
        };
        let parsed = (|| Some((hex(2)?, hex(32)?, hex(16)?, hex(2)?)))();
        match parsed {
            Some((version, trace_id, parent_id, flags)) if version != 0xff && trace_id != 0 && parent_id != 0 => {
                let parent_id = u64::try_from(parent_id).map_err(|_| wrong())?;
                Ok(Self { trace_id, parent_id, sampled: flags & 1 == 1 })
            }
            _ => Err(wrong()),
        }
    }
}

fn is_lower_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::{SpanContext, TraceFlags, TraceState};

    use super::*;

    #[test]
    fn the_text_form_is_the_standards() {
        let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let parent: TraceParent = text.parse().unwrap();
        assert_eq!((parent.trace_id, parent.parent_id), (0x4bf92f3577b34da6a3ce929d0e0e4736, 0x00f067aa0ba902b7));
        assert_eq!(parent.to_string(), text);
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        for text in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert!(text.parse::<TraceParent>().is_err(), "{text}");
        }
    }

    #[test]
    fn one_target_has_one_trace_and_each_sender_its_own_span() {
        let (run, start) = (RunId::new(), PageUrl::parse("https://shop.test/").unwrap());
        let (one, two) = (TraceParent::of_target(run, &start), TraceParent::of_target(run, &start));
        assert_eq!(one.trace_id, two.trace_id);
        assert_ne!(one.parent_id, two.parent_id);
        assert!(!one.sampled, "nobody records it");
    }

    #[test]
    fn what_is_current_is_the_parent_in_its_own_trace_only() {
        let id = Uuid::new_v4();
        let span = |trace_id: u128| {
            let (trace, span) = (trace_id.into(), 7_u64.into());
            SpanContext::new(trace, span, TraceFlags::SAMPLED, false, TraceState::default())
        };
        let within = |trace_id| {
            let _entered = Context::new().with_remote_span_context(span(trace_id)).attach();
            TraceParent::of(id)
        };
        assert_eq!(within(spread(id)), TraceParent { trace_id: spread(id), parent_id: 7, sampled: true });
        let other = within(12);
        assert_eq!((other.trace_id, other.sampled), (spread(id), false));
    }

    #[test]
    fn traces_can_be_sampled_by_ratio() {
        // As TraceIdRatioBased does it: of a thousand, a tenth.
        let low =
            |_| (spread(Uuid::new_v5(&Uuid::NAMESPACE_URL, Uuid::new_v4().as_bytes())) & u128::from(u64::MAX)) as u64;
        let sampled = (0..1000).map(low).filter(|low| low >> 1 < (1 << 63) / 10).count();
        assert!((50..200).contains(&sampled), "{sampled}");
    }
}
