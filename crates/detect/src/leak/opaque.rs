//! Bodies that nobody can read.

use super::walk::{MAX_WORK, Walk};

/// Whether a byte sequence is mostly unreadable: neither text nor anything that unpacks to text. Such bodies are told by
/// how they grow with what is typed, never as a leak.
#[must_use]
pub fn is_opaque(sent: &[u8]) -> bool {
    let (opaque, _) = Walk::through(sent, &mut { MAX_WORK }, &mut |_| {});
    !sent.is_empty() && opaque * 2 > sent.len() as u64
}
