//! The texts as they stand in bytes, and the proof that one of them stands there.

use std::ops::Range;

use super::{
    coding::Coding,
    filter::{Domain, Filter},
    form::Variant,
    number,
    value::{MIN_CHARACTERS, Value},
    view::{View, base85_group, rotated},
};

/// How much of a text is written in base64 and base85: enough for two whole groups behind the first, cut one.
const GROUPED_BYTES: usize = 14;

/// Texts beyond that length are looked for in base58 by decoding only: each beginning of them is a needle of its own.
const MAX_BASE58: usize = 48;

/// How many characters must be there where every byte or letter may have been moved on: natural words have the same
/// distances as eight letters of ours now and then.
const MIN_MOVED: usize = 12;

/// Bytes that betray a text.
struct Needle {
    value: usize,
    bytes: Vec<u8>,
    domain: Domain,
    view: View,
    /// Where the text's first distinctive byte stands, in the units of its view, from the first byte of the needle.
    base: isize,
    proof: Kind,
}

/// What has to be shown of a place where a needle stands.
#[derive(Clone, Copy)]
enum Kind {
    /// That enough characters of the text stand there.
    Text,
    /// That nothing else stands around it: it is that many characters in a form that is no view.
    Whole(usize),
    /// That the digits go on behind separators.
    Groups,
}

/// All needles of a visit.
pub(super) struct Needles {
    values: Vec<Value>,
    needles: Vec<Needle>,
    filter: Filter,
}

/// A text that stands somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Match {
    pub ordinal: u32,
    pub characters: usize,
    pub of: usize,
    pub variant: Variant,
    /// How it was wrapped there, if it was.
    pub coding: Option<Coding>,
    pub at: Range<usize>,
}

impl Needles {
    pub fn new(values: Vec<Value>) -> Self {
        let mut needles = Vec::new();
        for (at, value) in values.iter().enumerate() {
            Writer { at, value, needles: &mut needles }.all();
        }
        let filter = Filter::new(needles.iter().map(|needle| (needle.domain, needle.bytes.as_slice())));
        Self { values, needles, filter }
    }

    /// Tells every text that stands in `layer`.
    pub fn search(&self, layer: &[u8], mut found: impl FnMut(Match)) {
        self.filter.scan(layer, |needle, at| {
            if let Some(hit) = self.proved(&self.needles[needle], layer, at) {
                found(hit);
            }
        });
    }

    fn proved(&self, needle: &Needle, layer: &[u8], at: isize) -> Option<Match> {
        let start = usize::try_from(at).ok()?;
        let there = layer.get(start..start + needle.bytes.len())?;
        let view = match needle.domain {
            Domain::Bytes if there == needle.bytes => needle.view,
            Domain::Bytes => return None,
            Domain::Xor => View::Xor(there[0] ^ needle.bytes[0]),
            Domain::Shift => View::Shift(there[0].wrapping_sub(needle.bytes[0])),
        };
        let value = &self.values[needle.value];
        match needle.proof {
            Kind::Whole(characters) => whole(value, characters, layer, start..start + needle.bytes.len()),
            Kind::Groups => number::read(value, layer, start),
            Kind::Text if matches!(view, View::Xor(0) | View::Shift(0)) => None,
            Kind::Text => Reading { value, view, layer, base: at + needle.base }.matched(),
        }
    }
}

/// A needle that is the whole of what was sent.
fn whole(value: &Value, characters: usize, layer: &[u8], at: Range<usize>) -> Option<Match> {
    let outside = [at.start.checked_sub(1), Some(at.end)];
    if outside.iter().flatten().any(|place| layer.get(*place).is_some_and(u8::is_ascii_alphanumeric)) {
        return None;
    }
    let (ordinal, of, variant) = (value.ordinal, value.of, value.variant);
    Some(Match { ordinal, characters, of, variant, coding: Some(Coding::Base58), at })
}

/// A value held against bytes.
struct Reading<'a> {
    value: &'a Value,
    view: View,
    layer: &'a [u8],
    base: isize,
}

impl Reading<'_> {
    fn byte(&self, nth: usize) -> Option<u8> {
        self.view.byte(self.layer, self.base, nth as isize)
    }

    fn before(&self) -> Option<u8> {
        self.view.byte(self.layer, self.base, -1)
    }

    fn matched(&self) -> Option<Match> {
        let text = self.value.distinctive();
        let length = text
            .iter()
            .enumerate()
            .take_while(|(nth, byte)| self.byte(*nth).is_some_and(|there| there.eq_ignore_ascii_case(byte)))
            .count();
        let moved = matches!(self.view, View::Xor(_) | View::Shift(_) | View::Rot(_));
        let enough = match moved {
            true => length >= MIN_MOVED.min(text.len()),
            false => length >= MIN_CHARACTERS.min(text.len()) || self.is_word(length),
        };
        if !enough {
            return None;
        }
        if self.value.is_number() && !self.is_number(length) {
            return None;
        }
        Some(self.found(length))
    }

    fn found(&self, length: usize) -> Match {
        let value = self.value;
        let start = value.start as isize;
        let from = (-start..0).all(|nth| {
            let there = self.view.byte(self.layer, self.base, nth);
            there.is_some_and(|there| there.eq_ignore_ascii_case(&value.text[(start + nth) as usize]))
        });
        let from = if from { -start } else { 0 };
        let whole = length == value.distinctive().len();
        let characters = if whole && from == -start { value.of } else { (length as isize - from) as usize };
        let variant = match value.distinctive().get(length) {
            Some(b'@') => Variant::LocalPart,
            _ if value.is_number() && self.before() == Some(b'1') => Variant::International,
            _ => value.variant,
        };
        let at = self.view.span(self.base, from, length as isize);
        let (ordinal, of) = (value.ordinal, value.of);
        Match { ordinal, characters, of, variant, coding: self.view.coding(), at }
    }

    /// Whether what was found is one word, and stands alone.
    fn is_word(&self, length: usize) -> bool {
        let alone = |byte: Option<u8>| byte.is_none_or(|byte| !byte.is_ascii_alphanumeric());
        self.value.word().is_some_and(|word| length >= word) && alone(self.before()) && alone(self.byte(length))
    }

    /// Whether what was found is a number of its own, not a part of a longer one. A telephone's may have a 1 before it.
    fn is_number(&self, length: usize) -> bool {
        let is_digit =
            |nth: isize| self.view.byte(self.layer, self.base, nth).is_some_and(|byte| byte.is_ascii_digit());
        let country =
            self.value.text.len() == 10 && self.view.byte(self.layer, self.base, -1) == Some(b'1') && !is_digit(-2);
        let as_sent = |nth: usize| self.layer.get(self.view.span(self.base, nth as isize, nth as isize + 1).start);
        let moved = matches!(self.view, View::Xor(_) | View::Shift(_));
        // A number moved on is another number: only what is none any more can have been moved.
        let plain = moved && (0..length).any(|nth| as_sent(nth).is_some_and(|byte| byte.is_ascii_graphic()));
        (!is_digit(-1) || country) && !is_digit(length as isize) && !plain
    }
}

/// Writes the needles of one value.
struct Writer<'a> {
    at: usize,
    value: &'a Value,
    needles: &'a mut Vec<Needle>,
}

impl Writer<'_> {
    fn add(&mut self, view: View, bytes: Vec<u8>, base: isize) {
        self.push(Needle { value: self.at, bytes, domain: Domain::Bytes, view, base, proof: Kind::Text });
    }

    fn push(&mut self, needle: Needle) {
        if needle.bytes.len() >= Filter::MIN_NEEDLE {
            self.needles.push(needle);
        }
    }

    fn all(&mut self) {
        let anchor = self.value.anchor().to_vec();
        self.add(View::Plain, anchor.clone(), 0);
        for blank in [b'+', b'-', b'_'].into_iter().filter(|_| self.value.distinctive().contains(&b' ')) {
            let text = self.value.distinctive();
            let replaced = text[..MIN_CHARACTERS.min(text.len())].iter();
            self.add(View::Blank(blank), replaced.map(|byte| if *byte == b' ' { blank } else { *byte }).collect(), 0);
        }
        self.add(View::Reversed, anchor.iter().rev().copied().collect(), anchor.len() as isize - 1);
        for by in (1..26).filter(|_| !self.value.is_number()) {
            self.add(View::Rot(by), anchor.iter().map(|byte| rotated(*byte, by)).collect(), 0);
        }
        self.add(View::Utf16Le, anchor.iter().flat_map(|byte| [*byte, 0]).collect(), 0);
        self.add(View::Utf16Be, anchor.iter().flat_map(|byte| [0, *byte]).collect(), 0);
        for domain in [Domain::Xor, Domain::Shift] {
            let bytes = anchor.clone();
            self.push(Needle { value: self.at, bytes, domain, view: View::Plain, base: 0, proof: Kind::Text });
        }
        let hex: String = anchor.iter().map(|byte| format!("{byte:02x}")).collect();
        self.add(View::Hex, hex.to_uppercase().into_bytes(), 0);
        self.add(View::Hex, hex.into_bytes(), 0);
        self.base64();
        self.base85();
        self.base58();
        for bytes in number::beginnings(self.value) {
            let (domain, view, proof) = (Domain::Bytes, View::Plain, Kind::Groups);
            self.push(Needle { value: self.at, bytes, domain, view, base: 0, proof });
        }
    }

    /// The whole characters of base64 at each phase.
    fn base64(&mut self) {
        let text = &self.value.distinctive()[..self.value.distinctive().len().min(GROUPED_BYTES)];
        for phase in 0..3u8 {
            let padded = [&[0; 3][..phase.into()], text].concat();
            let first = (usize::from(phase) * 8).div_ceil(6);
            let end = padded.len() * 8 / 6;
            let write = |encoding: data_encoding::Encoding| encoding.encode(&padded).as_bytes()[first..end].to_vec();
            let standard = write(data_encoding::BASE64_NOPAD);
            let url = write(data_encoding::BASE64URL_NOPAD);
            let (view, base) = (View::Base64 { phase }, -(first as isize));
            if url != standard {
                self.add(view, url, base);
            }
            self.add(view, standard, base);
        }
    }

    /// The whole groups of base85 at each phase.
    fn base85(&mut self) {
        let text = &self.value.distinctive()[..self.value.distinctive().len().min(GROUPED_BYTES)];
        for phase in 0..4u8 {
            let skipped = (4 - usize::from(phase)) % 4;
            let groups = text.get(skipped..).unwrap_or_default().chunks_exact(4);
            let groups: Vec<[u8; 4]> = groups.filter_map(|group| group.try_into().ok()).take(2).collect();
            for z85 in [false, true] {
                let bytes = groups.iter().flat_map(|group| base85_group(*group, z85)).collect();
                self.add(View::Base85 { phase, z85 }, bytes, if phase == 0 { 0 } else { -5 });
            }
        }
    }

    /// Base58 has no phases: each beginning of the value is another number.
    fn base58(&mut self) {
        let text = &self.value.text;
        if self.value.start > 0 || text.len() > MAX_BASE58 {
            return;
        }
        for characters in MIN_CHARACTERS.min(text.len())..=text.len() {
            let bytes = bs58::encode(&text[..characters]).into_vec();
            let proof = Kind::Whole(if characters == text.len() { self.value.of } else { characters });
            self.push(Needle { value: self.at, bytes, domain: Domain::Bytes, view: View::Plain, base: 0, proof });
        }
    }
}
