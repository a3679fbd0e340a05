//! What must hold for any bytes: the fuzz targets (`crates/detect/fuzz`) and a test do the same.

#![allow(dead_code, reason = "each fuzz target takes one of them")]

use std::sync::LazyLock;

use earshot_detect::{
    decode,
    leak::{Clues, KeyStream, Search, is_opaque},
};
use earshot_model::{Canary, FieldKind, Proof, VisitId};
use uuid::Uuid;

/// Work that one input may take, in bytes: a small one, so that bombs are found by it.
const BUDGET: usize = 1 << 20;

/// Longest input that is asked whether it is opaque, which has a budget of its own.
const MAX_OPAQUE: usize = 1 << 16;

static SEARCH: LazyLock<Search> = LazyLock::new(|| {
    let kinds = FieldKind::ALL.into_iter().filter(|kind| kind.is_typed());
    let visit = VisitId(Uuid::from_u128(4));
    let canaries: Vec<Canary> = (0..).zip(kinds).map(|(ordinal, kind)| Canary::derive(visit, ordinal, kind)).collect();
    Search::new(&canaries, &Clues { hosts: &["shop.example".to_owned()], keys: &["key".to_owned()] })
});

/// The search ends within its budget, and what it tells lies within what was sent.
pub fn searched(bytes: &[u8]) {
    let mut budget = BUDGET;
    let hits = SEARCH.bytes(bytes, &mut budget);
    assert!(budget <= BUDGET);
    assert!(hits.opaque <= bytes.len() as u64);
    for leak in hits.leaks.iter().chain(&hits.weak) {
        assert!(leak.bytes.start <= leak.bytes.end && leak.bytes.end <= bytes.len(), "{leak:?}");
        assert!(leak.inner.start <= leak.inner.end);
        assert!(leak.around.len() <= leak.inner.len() + 2 * Proof::AROUND);
        assert!(!leak.form.to_string().is_empty());
    }
    let mut keys = KeyStream::default();
    keys.feed(1, bytes, &mut { BUDGET });
    let _ = keys.leaks(&SEARCH);
    if bytes.len() < MAX_OPAQUE {
        let _ = is_opaque(bytes);
    }
}

/// Unpacking ends within its budget, and its layers lie within each other.
pub fn unpacked(bytes: &[u8]) {
    let unpacked = decode::unpack_within(bytes, &mut { BUDGET });
    for layer in &unpacked.layers {
        let within = layer.parent.map_or(bytes.len(), |parent| unpacked.layers[parent].bytes.len());
        assert!(layer.at.start <= layer.at.end && layer.at.end <= within);
    }
    let _ = unpacked.size();
}
