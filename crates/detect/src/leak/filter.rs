//! Finds thousands of needles in one pass, by four bytes of them.
//!
//! Every needle has eight bytes or more, so that wherever it stands, four bytes of it begin at a place that is a
//! multiple of four: only those places are looked at. The same pass looks at the *differences* between neighbours (by
//! exclusive or, and by subtraction), which stay as they are if all bytes are combined with one key: 255 keys cost no
//! more than one. An Aho-Corasick automaton of as many needles has hundreds of thousands of states and reads every byte.

use std::ops::Range;

/// Places that are looked at, in bytes.
const STRIDE: usize = 4;

/// Bits that tell which four bytes begin none of the needles: 32 KB, which stay in the nearest cache; some 8,000
/// entries of a visit with ten fields set 3 % of them.
const BITS: u32 = 18;

/// Chains of entries that are looked through if the bit is set.
const BUCKETS: u32 = 13;

/// What of a needle is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Domain {
    /// Its bytes.
    Bytes,
    /// Each byte combined with the next by exclusive or.
    Xor,
    /// The next byte less the byte.
    Shift,
}

struct Entry {
    domain: Domain,
    key: u32,
    needle: u32,
    /// Where in the needle the four bytes (or differences) begin.
    offset: u32,
}

/// What is looked for, by four bytes of it.
pub(super) struct Filter {
    bits: Vec<u64>,
    /// Where the entries of each bucket begin; one more than there are buckets.
    starts: Vec<u32>,
    entries: Vec<Entry>,
}

impl Filter {
    /// The shortest needle.
    pub const MIN_NEEDLE: usize = 2 * STRIDE;

    pub fn new<'a>(needles: impl Iterator<Item = (Domain, &'a [u8])>) -> Self {
        let mut entries: Vec<Entry> = Vec::new();
        for (needle, (domain, bytes)) in (0..).zip(needles) {
            debug_assert!(bytes.len() >= Self::MIN_NEEDLE);
            for offset in 0..STRIDE {
                let key = domain.key(load(bytes, offset));
                entries.push(Entry { domain, key, needle, offset: offset as u32 });
            }
        }
        entries.sort_by_key(|entry| bucket(entry.domain.hash(entry.key)));
        let mut bits = vec![0; 1 << (BITS - 6)];
        let mut starts = vec![0; (1 << BUCKETS) + 1];
        for entry in &entries {
            let hash = entry.domain.hash(entry.key);
            bits[(hash >> 6) as usize] |= 1 << (hash & 63);
            starts[bucket(hash) + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        Self { bits, starts, entries }
    }

    /// Tells where needles may begin: the needle, and its place, which may lie before the layer.
    pub fn scan(&self, layer: &[u8], mut found: impl FnMut(usize, isize)) {
        let whole = layer.len().saturating_sub(7);
        let mut at = 0;
        while at < whole {
            let bytes: [u8; 8] = layer[at..at + 8].try_into().unwrap_or_default();
            self.place(u64::from_le_bytes(bytes), at, &mut found);
            at += STRIDE;
        }
        while at + STRIDE <= layer.len() {
            self.place(load(layer, at), at, &mut found);
            at += STRIDE;
        }
    }

    #[inline(always)]
    fn place(&self, word: u64, at: usize, found: &mut impl FnMut(usize, isize)) {
        for domain in [Domain::Bytes, Domain::Xor, Domain::Shift] {
            let key = domain.key(word);
            let hash = domain.hash(key);
            if self.bits[(hash >> 6) as usize] & (1 << (hash & 63)) != 0 {
                self.entries_of(domain, key, hash, at, found);
            }
        }
    }

    #[inline(never)]
    fn entries_of(&self, domain: Domain, key: u32, hash: u32, at: usize, found: &mut impl FnMut(usize, isize)) {
        let bucket = bucket(hash);
        let range: Range<usize> = self.starts[bucket] as usize..self.starts[bucket + 1] as usize;
        for entry in &self.entries[range] {
            if entry.key == key && entry.domain == domain {
                found(entry.needle as usize, at as isize - entry.offset as isize);
            }
        }
    }
}

impl Domain {
    /// Four bytes or differences, of eight bytes.
    #[inline(always)]
    fn key(self, word: u64) -> u32 {
        const HIGH: u64 = 0x8080_8080_8080_8080;
        match self {
            Self::Bytes => word as u32,
            Self::Xor => (word ^ (word >> 8)) as u32,
            Self::Shift => {
                // Byte by byte, without borrowing from the next one.
                let (next, this) = (word >> 8, word);
                (((next | HIGH) - (this & !HIGH)) ^ ((next ^ !this) & HIGH)) as u32
            }
        }
    }

    #[inline(always)]
    fn hash(self, key: u32) -> u32 {
        const ODD: u32 = 0x9e37_79b1;
        let salt = match self {
            Self::Bytes => 0,
            Self::Xor => 0x85eb_ca6b,
            Self::Shift => 0xc2b2_ae35,
        };
        (key ^ salt).wrapping_mul(ODD) >> (32 - BITS)
    }
}

fn bucket(hash: u32) -> usize {
    (hash >> (BITS - BUCKETS)) as usize
}

/// Eight bytes from `at` on, as far as there are any.
fn load(bytes: &[u8], at: usize) -> u64 {
    let mut word = [0; 8];
    let end = bytes.len().min(at + 8);
    word[..end - at].copy_from_slice(&bytes[at..end]);
    u64::from_le_bytes(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(filter: &Filter, layer: &[u8]) -> Vec<isize> {
        let mut places = Vec::new();
        filter.scan(layer, |_, at| places.push(at));
        places
    }

    #[test]
    fn a_needle_is_found_at_every_place_under_every_key() {
        let needle = b"kabodite";
        let [bytes, xors, shifts] = [Domain::Bytes, Domain::Xor, Domain::Shift]
            .map(|domain| Filter::new([(domain, needle.as_slice())].into_iter()));
        for before in 0..9 {
            for after in 0..9 {
                let layer = |key: &dyn Fn(u8) -> u8| {
                    let mut layer = vec![b'.'; before];
                    layer.extend(needle.iter().map(|byte| key(*byte)));
                    layer.extend(vec![b'.'; after]);
                    layer
                };
                assert!(places(&bytes, &layer(&|byte| byte)).contains(&(before as isize)));
                for key in [1, 3, 0x20, 0x5a, 0x7f, 0x80, 0xc1, 0xff] {
                    let xor = layer(&|byte| byte ^ key);
                    assert!(places(&xors, &xor).contains(&(before as isize)), "{before} {after} {key}");
                    let shift = layer(&|byte| byte.wrapping_add(key));
                    assert!(places(&shifts, &shift).contains(&(before as isize)), "{before} {key}");
                }
            }
        }
    }
}
