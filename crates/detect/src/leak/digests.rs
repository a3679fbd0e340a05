//! The digests of all canaries of a visit, and how they are recognised.

use std::{collections::HashMap, ops::Range};

use earshot_model::Canary;

use super::{
    Clues,
    form::{Algorithm, Form, Salt, Variant},
    value::hashed,
    view::{digit, sextet},
};

/// Salts that are known: Leaky Forms found this one behind addresses (SHA-256 of value and salt).
const KNOWN_SALTS: [&str; 1] = ["QX4QkKEU"];

/// What stands between a salt and a value.
const SEPARATORS: [&str; 3] = ["", ":", "|"];

/// Functions that values are salted for.
const SALTED: [Algorithm; 4] = [Algorithm::Md5, Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512];

/// Functions that keys are used with.
const KEYED: [Algorithm; 3] = [Algorithm::Md5, Algorithm::Sha1, Algorithm::Sha256];

/// Strings of the page that are tried as keys, and salts of the site: as many as [`Clues`] asks for at the most.
const MAX_KEYS: usize = 64;
const MAX_HOSTS: usize = 8;

/// The least of a digest that counts, in bytes: 64 bits, which no other digest has by chance.
const MIN_BYTES: usize = 8;

/// Bits that tell which eight bytes begin no digest.
const BLOOM_BITS: u32 = 18;

/// One digest that may be sent.
struct Entry {
    ordinal: u32,
    algorithm: Algorithm,
    variant: Variant,
    salt: Option<Salt>,
    bytes: Vec<u8>,
}

/// A digest that stands somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Match {
    pub ordinal: u32,
    pub form: Form,
    pub at: Range<usize>,
    /// Whether it has 32 bits only, so that it says nothing alone.
    pub short: bool,
}

/// What is looked for.
pub(super) struct Digests {
    entries: Vec<Entry>,
    /// By the first eight bytes.
    long: HashMap<u64, Vec<u32>>,
    /// Digests of 32 bits.
    short: HashMap<u32, u32>,
    bloom: Vec<u64>,
}

impl Digests {
    pub fn new(canaries: &[Canary], clues: &Clues) -> Self {
        let mut digests = Self {
            entries: Vec::new(),
            long: HashMap::new(),
            short: HashMap::new(),
            bloom: vec![0; 1 << (BLOOM_BITS - 6)],
        };
        for canary in canaries.iter().filter(|canary| canary.kind.is_typed()) {
            for (variant, value) in hashed(canary) {
                digests.add_value(canary.ordinal, variant, &value, clues);
            }
        }
        digests
    }

    fn add_value(&mut self, ordinal: u32, variant: Variant, value: &str, clues: &Clues) {
        for algorithm in Algorithm::ALL {
            self.add(Entry { ordinal, algorithm, variant, salt: None, bytes: algorithm.digest(value.as_bytes()) });
        }
        if matches!(variant, Variant::Without(_) | Variant::Word(_)) {
            return;
        }
        let known = KNOWN_SALTS.map(|salt| (salt.to_owned(), Salt::Known(salt)));
        let hosts = clues.hosts.iter().take(MAX_HOSTS).map(|host| (host.clone(), Salt::Host(host.clone())));
        for (text, salt) in known.into_iter().chain(hosts) {
            for separator in SEPARATORS {
                for salted in [format!("{value}{separator}{text}"), format!("{text}{separator}{value}")] {
                    for algorithm in SALTED {
                        let bytes = algorithm.digest(salted.as_bytes());
                        self.add(Entry { ordinal, algorithm, variant, salt: Some(salt.clone()), bytes });
                    }
                }
            }
        }
        for key in clues.keys.iter().take(MAX_KEYS) {
            for algorithm in KEYED {
                if let Some(bytes) = algorithm.hmac(key.as_bytes(), value.as_bytes()) {
                    self.add(Entry { ordinal, algorithm, variant, salt: Some(Salt::Key), bytes });
                }
            }
        }
    }

    fn add(&mut self, entry: Entry) {
        let at = self.entries.len() as u32;
        if entry.bytes.len() < MIN_BYTES {
            let number = entry.bytes.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte));
            self.short.entry(number).or_insert(at);
        } else {
            // The second half of murmur3-128 is sent alone as well.
            for half in entry.bytes.chunks_exact(MIN_BYTES).take(if entry.algorithm.is_weak() { 2 } else { 1 }) {
                let start = first_eight(half);
                let hash = hash(start);
                self.bloom[hash >> 6] |= 1 << (hash & 63);
                self.long.entry(start).or_default().push(at);
            }
        }
        self.entries.push(entry);
    }

    /// Digests in a run of letters, digits and `+/-_`: hexadecimal, base64, or numbers.
    pub fn in_run(&self, layer: &[u8], run: &Range<usize>, mut found: impl FnMut(Match)) {
        let mut start = run.start;
        for piece in layer[run.clone()].split(|byte| !byte.is_ascii_alphanumeric()) {
            let at = start..start + piece.len();
            start = at.end + 1;
            if let Some(hit) = self.base64(&layer[at.start..run.end], at.start) {
                found(hit);
            }
            if piece.len() >= 8 && piece.iter().all(u8::is_ascii_hexdigit) {
                self.in_hex(piece, at.start, &mut found);
                self.number(layer, &at, &mut found);
            }
        }
    }

    /// At the run's beginning, or as its end.
    fn in_hex(&self, text: &[u8], start: usize, found: &mut impl FnMut(Match)) {
        let ends = [32, 40, 48, 56, 64, 96, 128].into_iter().filter_map(|digits| text.len().checked_sub(digits));
        for at in [0].into_iter().chain(ends.filter(|at| *at > 0)) {
            let Some(word) = text.get(at..at + 2 * MIN_BYTES).and_then(from_hex) else { break };
            if !self.may_begin(word) {
                continue;
            }
            let bytes: Vec<u8> = text[at..]
                .chunks_exact(2)
                .take(64)
                .map_while(|pair| Some(digit(pair[0])? * 16 + digit(pair[1])?))
                .collect();
            if let Some((entry, count)) = self.longest(&bytes) {
                found(self.matched(entry, count, start + at..start + at + 2 * count));
            }
        }
        if text.len() == 8 {
            let number = text.iter().fold(0, |sum, byte| sum << 4 | u32::from(digit(*byte).unwrap_or(0)));
            self.short(number, start..start + 8, found);
        }
    }

    fn base64(&self, text: &[u8], start: usize) -> Option<Match> {
        // 64 bits are ten characters and two thirds.
        let mut word = 0u64;
        for byte in text.get(..10)? {
            word = word << 6 | u64::from(sextet(*byte)?);
        }
        let last = sextet(*text.get(10)?)?;
        let word = word << 4 | u64::from(last >> 2);
        if !self.may_begin(word) {
            return None;
        }
        let mut bits = 0u32;
        let mut held = 0;
        let mut bytes = Vec::new();
        for value in text.iter().take(MAX_DIGEST_BASE64).map_while(|byte| sextet(*byte)) {
            bits = bits << 6 | u32::from(value);
            held += 6;
            if held >= 8 {
                held -= 8;
                bytes.push((bits >> held) as u8);
            }
        }
        let (entry, count) = self.longest(&bytes)?;
        Some(self.matched(entry, count, start..start + (count * 8).div_ceil(6)))
    }

    /// Digests as they are, in bytes that are no text.
    pub fn raw(&self, layer: &[u8], mut found: impl FnMut(Match)) {
        for at in 0..layer.len().saturating_sub(MIN_BYTES - 1) {
            if self.may_begin(first_eight(&layer[at..]))
                && let Some((entry, count)) = self.longest(&layer[at..layer.len().min(at + 64)])
            {
                found(self.matched(entry, count, at..at + count));
            }
        }
    }

    /// A number written in digits, whole, with its sign.
    fn number(&self, layer: &[u8], digits: &Range<usize>, found: &mut impl FnMut(Match)) {
        let negative = digits.start.checked_sub(1).is_some_and(|before| layer[before] == b'-');
        let Ok(text) = std::str::from_utf8(&layer[digits.clone()]) else { return };
        let Ok(number) = text.parse::<u64>() else { return };
        if digits.len() > 16 {
            let number = if negative { number.wrapping_neg() } else { number };
            if self.may_begin(number)
                && let Some((entry, count)) = self.longest(&number.to_be_bytes())
            {
                found(self.matched(entry, count, digits.clone()));
            }
        } else if let Ok(number) = u32::try_from(number) {
            self.short(if negative { number.wrapping_neg() } else { number }, digits.clone(), found);
        }
    }

    fn short(&self, number: u32, at: Range<usize>, found: &mut impl FnMut(Match)) {
        if let Some(entry) = self.short.get(&number) {
            let entry = &self.entries[*entry as usize];
            found(self.matched(entry, entry.bytes.len(), at));
        }
    }

    #[inline]
    fn may_begin(&self, word: u64) -> bool {
        let hash = hash(word);
        self.bloom[hash >> 6] & (1 << (hash & 63)) != 0
    }

    /// The digest of which the most bytes begin `bytes`, and how many.
    fn longest(&self, bytes: &[u8]) -> Option<(&Entry, usize)> {
        let candidates = self.long.get(&first_eight(bytes.get(..MIN_BYTES)?))?;
        let shared = |entry: &Entry| {
            let half = if bytes.starts_with(&entry.bytes[..MIN_BYTES]) { 0 } else { MIN_BYTES };
            entry.bytes[half..].iter().zip(bytes).take_while(|(one, other)| one == other).count()
        };
        let entries = candidates.iter().map(|at| &self.entries[*at as usize]);
        entries.map(|entry| (entry, shared(entry))).max_by_key(|(_, count)| *count)
    }

    fn matched(&self, entry: &Entry, count: usize, at: Range<usize>) -> Match {
        let Entry { ordinal, algorithm, variant, .. } = *entry;
        let (truncated, weak) = (count < entry.bytes.len(), algorithm.is_weak());
        let form = Form::Digest { algorithm, variant, salt: entry.salt.clone(), truncated, weak };
        Match { ordinal, form, at, short: entry.bytes.len() < MIN_BYTES }
    }
}

/// How many characters of base64 the longest digest (512 bits) has.
const MAX_DIGEST_BASE64: usize = 86;

/// Sixteen digits as a number.
fn from_hex(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0, |sum, byte| Some(sum << 4 | u64::from(digit(*byte)?)))
}

fn first_eight(bytes: &[u8]) -> u64 {
    bytes[..MIN_BYTES].iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

fn hash(word: u64) -> usize {
    (word.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - BLOOM_BITS)) as usize
}
