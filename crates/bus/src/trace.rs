//! W3C trace context (<https://www.w3.org/TR/trace-context/>), as far as a message carries it.

use std::{fmt, str::FromStr};

use async_nats::HeaderMap;
use uuid::Uuid;

/// The header's name, as the standard has it.
pub(crate) const HEADER: &str = "traceparent";

/// Which trace a message belongs to. The trace id is derived from what the message is about (the id of a visit, the
/// key of a crawl), so that what all roles log about one page shares one id, across crashes and redeliveries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceParent {
    /// 16 bytes that name the trace; not all zero.
    pub trace_id: u128,
    /// 8 bytes that name the sender's span; not zero.
    pub parent_id: u64,
}

impl TraceParent {
    /// The trace of what `id` names, from a fresh span.
    #[must_use]
    pub fn of(id: Uuid) -> Self {
        let (_, low) = Uuid::new_v4().as_u64_pair();
        // A UUID of version 4 or 5 has fixed bits that are not zero, in either half.
        Self { trace_id: id.as_u128(), parent_id: low }
    }

    /// What the headers carry, if it is well-formed.
    pub(crate) fn from_headers(headers: Option<&HeaderMap>) -> Option<Self> {
        headers?.get(HEADER)?.as_str().parse().ok()
    }
}

impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-01", self.trace_id, self.parent_id)
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
            Some((version, trace_id, parent_id, _)) if version != 0xff && trace_id != 0 && parent_id != 0 => {
                Ok(Self { trace_id, parent_id: u64::try_from(parent_id).map_err(|_| wrong())? })
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
    fn one_subject_has_one_trace_and_each_span_its_own_parent() {
        let id = Uuid::new_v4();
        let (one, two) = (TraceParent::of(id), TraceParent::of(id));
        assert_eq!(one.trace_id, two.trace_id);
        assert_ne!(one.parent_id, two.parent_id);
    }
}
