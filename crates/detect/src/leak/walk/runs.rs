//! Runs of letters and digits: base64, hexadecimal, base32, base58, lz-string, lists of numbers.

use std::ops::Range;

use super::{Coding, Frame, Seen, Walk, lzstring, pack};
use crate::leak::view::digit;

const DIGIT: u8 = 1;
const UPPER: u8 = 2;
const LOWER: u8 = 4;
const NOT_HEX: u8 = 8;
const SIGN: u8 = 16;

/// What each byte is, as far as runs are concerned; 0 for what ends one.
static CLASSES: [u8; 256] = classes();

/// What lists of numbers are made of: `[84,97]`, `84, 97`, `0x54,0x61`, `"0":84,"1":97`.
static LISTED: [bool; 256] = listed();

const fn listed() -> [bool; 256] {
    let mut listed = [false; 256];
    let mut at = 0;
    let signs = b"0123456789abcdefABCDEFx,; \":-";
    while at < signs.len() {
        listed[signs[at] as usize] = true;
        at += 1;
    }
    listed
}

/// The shortest run that may be a digest: eight digits.
const MIN_RUN: usize = 8;

/// The shortest run that is decoded: what comes out of less holds nothing that is looked for.
const MIN_CODED: usize = 12;

/// The shortest run in which nobody can read anything that counts as such: longer than digests and identifiers.
const MIN_OPAQUE: usize = 160;

/// How many bytes are decoded to see whether there is anything.
const PROBE: usize = 36;

/// Longest run that is read as base58: the work grows with the square.
const MAX_BASE58: usize = 400;

/// The shortest run of hexadecimal digits that is decoded, and of base32: eight bytes.
const MIN_HEX: usize = 16;
const MIN_BASE32: usize = 13;

/// How many parts of a run are tried by themselves.
const MAX_PARTS: usize = 8;

/// The shortest run that is one thing only.
const MIN_CERTAIN: usize = 64;

/// Longest run that is read as a path even if it can be read as a whole.
const MAX_PATH: usize = 1024;

/// Reads a run as one coding; whether it was that.
type Decoder<'s> = fn(&mut Walk<'s>, &Frame<'_>, &Range<usize>, u8) -> bool;

const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let char = byte as u8;
        classes[byte] = match char {
            b'0'..=b'9' => DIGIT,
            b'A'..=b'F' => UPPER,
            b'G'..=b'Z' => UPPER | NOT_HEX,
            b'a'..=b'f' => LOWER,
            b'g'..=b'z' => LOWER | NOT_HEX,
            b'+' | b'/' | b'-' | b'_' => SIGN | NOT_HEX,
            _ => 0,
        };
        byte += 1;
    }
    classes
}

impl<'s> Walk<'s> {
    /// Goes through the runs of a layer; says how many of its bytes nobody can read.
    pub(super) fn runs(&mut self, frame: &Frame<'_>) -> usize {
        let bytes = frame.bytes;
        let (mut from, mut opaque) = (0, 0);
        // Whatever is worth a look is a stretch's length or longer, so that it covers the last byte of one.
        while let Some(byte) = bytes.get(from + MIN_RUN - 1) {
            let last = from + MIN_RUN - 1;
            if CLASSES[usize::from(*byte)] != 0 {
                let start = from + start_of(&bytes[from..last], |byte| CLASSES[usize::from(byte)] != 0);
                let (classes, end) = run_from(bytes, start);
                if end - start >= MIN_RUN {
                    opaque += self.run(frame, start..end, classes);
                    from = end;
                    continue;
                }
            }
            if LISTED[usize::from(*byte)] && bytes[from..last].iter().all(|byte| LISTED[usize::from(*byte)]) {
                from = self.list(frame, from).unwrap_or(last + 1);
            } else {
                from = last + 1;
            }
            if self.left == 0 {
                break;
            }
        }
        opaque
    }

    /// A list of numbers that covers the bytes from `at` on. Where it ends.
    fn list(&mut self, frame: &Frame<'_>, at: usize) -> Option<usize> {
        let bytes = frame.bytes;
        let back = at.saturating_sub(MAX_LIST_HEAD);
        let start = back + start_of(&bytes[back..at], |byte| LISTED[usize::from(byte)]);
        let first = (start..at + MIN_RUN).find(|place| bytes[*place].is_ascii_digit())?;
        let end = run_from(bytes, first).1;
        let begins = begins_list(bytes, first, end);
        begins.then(|| self.char_codes(frame, first)).flatten().map(|end| end.max(at + MIN_RUN))
    }

    fn run(&mut self, frame: &Frame<'_>, run: Range<usize>, classes: u8) -> usize {
        let is_words = is_words(&frame.bytes[run.clone()], classes);
        if !is_words {
            (self.seen)(Seen::Run(frame, run.clone()));
        }
        if run.len() < MIN_CODED || !self.affords(frame.depth) {
            return 0;
        }
        let mut readable = self.coded(frame, &run, classes, is_words);
        if classes & SIGN != 0 && (!readable || run.len() <= MAX_PATH) && is_path(frame.bytes, &run) {
            readable |= self.segments(frame, &run);
        }
        if is_words || readable || run.len() < MIN_OPAQUE { 0 } else { run.len() }
    }

    /// A run as whichever coding it can be. Whether anything could be read.
    fn coded(&mut self, frame: &Frame<'_>, run: &Range<usize>, classes: u8, is_words: bool) -> bool {
        if is_words {
            // Of the codings only base32 looks like that.
            return self.base32(frame, run, classes);
        }
        let mut readable = false;
        for decode in [Self::hex, Self::lz_string, Self::base64, Self::base32, Self::base58] as [Decoder<'s>; 5] {
            readable |= decode(self, frame, run, classes);
            // Of what is short, more than one coding can make something readable, by chance.
            if readable && run.len() >= MIN_CERTAIN {
                break;
            }
        }
        readable
    }

    /// The segments of what may be a path, each by itself. Whether anything could be read.
    fn segments(&mut self, frame: &Frame<'_>, run: &Range<usize>) -> bool {
        let (mut start, mut tried, mut readable) = (run.start, 0, false);
        for segment in frame.bytes[run.clone()].split(|byte| *byte == b'/') {
            let at = start..start + segment.len();
            start = at.end + 1;
            if at.len() >= MIN_CODED && at.len() < run.len() && tried < MAX_PARTS {
                tried += 1;
                let classes = run_from(segment, 0).0;
                readable |= self.coded(frame, &at, classes, is_words(segment, classes));
            }
        }
        readable
    }

    fn hex(&mut self, frame: &Frame<'_>, run: &Range<usize>, classes: u8) -> bool {
        if classes & NOT_HEX != 0 || run.len() < MIN_HEX {
            return false;
        }
        // Something else may stand before it: the length of a field.
        let starts = [run.start, run.start + 1];
        starts.into_iter().any(|start| {
            let at = start..run.end - (run.end - start) % 2;
            let pairs = frame.bytes[at.clone()].chunks_exact(2);
            let bytes: Vec<u8> = pairs.filter_map(|pair| Some(digit(pair[0])? * 16 + digit(pair[1])?)).collect();
            let worth = start == run.start || pack::looks_readable(&bytes);
            worth && self.decoded(frame, Coding::Hex, at, &bytes)
        })
    }

    /// A run, or what stands between its signs: some are joints, and some are digits of base64.
    fn base64(&mut self, frame: &Frame<'_>, run: &Range<usize>, classes: u8) -> bool {
        if classes & UPPER == 0 || classes & (LOWER | DIGIT) == 0 {
            return false;
        }
        let bytes = from_base64(frame.bytes[run.clone()].iter(), usize::MAX);
        if self.decoded(frame, Coding::Base64, run.clone(), &bytes) || self.base64_at(frame, run, 1) {
            return true;
        }
        if classes & SIGN != 0 {
            let mut start = run.start;
            for part in frame.bytes[run.clone()].split(|byte| CLASSES[usize::from(*byte)] & SIGN != 0).take(MAX_PARTS) {
                let at = start..start + part.len();
                start = at.end + 1;
                if at.len() < run.len() && at.len() >= 2 * MIN_CODED && self.base64_at(frame, &at, 0) {
                    return true;
                }
            }
        }
        false
    }

    /// At whichever phase, from that one on, something can be read, to and fro.
    fn base64_at(&mut self, frame: &Frame<'_>, run: &Range<usize>, first: usize) -> bool {
        let text = &frame.bytes[run.clone()];
        for phase in first..4.min(text.len() - MIN_CODED + 1) {
            if begins_readable(text[phase..].iter()) {
                let bytes = from_base64(text[phase..].iter(), usize::MAX);
                let opaque = self.unpacked(frame, Coding::Base64, run.start + phase..run.end, &bytes);
                return opaque * 2 <= bytes.len();
            }
        }
        for phase in 0..4.min(text.len() - MIN_CODED + 1) {
            let text = &text[..text.len() - phase];
            if begins_readable(text.iter().rev()) {
                let at = run.start..run.end - phase;
                let turned: Vec<u8> = text.iter().rev().copied().collect();
                self.unpacked(frame, Coding::Reversed, at, &turned);
                return true;
            }
        }
        false
    }

    /// A run and the padding behind it. One with a `-`, which base64 has for another value, may be either.
    fn lz_string(&mut self, frame: &Frame<'_>, run: &Range<usize>, _: u8) -> bool {
        let padding = frame.bytes[run.end..].iter().take_while(|byte| matches!(byte, b'=' | b'$')).count();
        let text = &frame.bytes[run.start..run.end + padding];
        let Some(bytes) = lzstring::sextets(text, self.left) else { return false };
        if bytes.len() < MIN_RUN || !pack::looks_readable(&bytes) {
            return false;
        }
        self.spend(bytes.len());
        self.unpacked(frame, Coding::LzString, run.clone(), &bytes);
        !text.contains(&b'-')
    }

    fn base32(&mut self, frame: &Frame<'_>, run: &Range<usize>, classes: u8) -> bool {
        let text = &frame.bytes[run.clone()];
        let value = |byte: &u8| match byte.to_ascii_uppercase() {
            byte @ b'A'..=b'Z' => Some(byte - b'A'),
            byte @ b'2'..=b'7' => Some(byte - b'2' + 26),
            _ => None,
        };
        if text.len() < MIN_BASE32 {
            return false;
        }
        // Something else may stand before it: the length of a field.
        (0..2).any(|skipped| {
            let text = &text[skipped..];
            let worth = skipped == 0 && classes & DIGIT != 0;
            let Some(bytes) = from_base32(text, worth, value) else { return false };
            if !worth && !pack::looks_readable(&bytes) || !self.affords(frame.depth) {
                return false;
            }
            self.decoded(frame, Coding::Base32, run.start + skipped..run.end, &bytes)
        })
    }

    fn base58(&mut self, frame: &Frame<'_>, run: &Range<usize>, classes: u8) -> bool {
        let text = &frame.bytes[run.clone()];
        let may_be =
            classes == classes & (DIGIT | UPPER | LOWER | NOT_HEX) && classes & UPPER != 0 && classes & LOWER != 0;
        if !may_be || text.len() > MAX_BASE58 || !begins_as_text(text) {
            return false;
        }
        self.spend(text.len() * text.len() / 8);
        let Ok(bytes) = bs58::decode(text).into_vec() else { return false };
        if !pack::looks_readable(&bytes) || !self.affords(frame.depth) {
            return false;
        }
        self.unpacked(frame, Coding::Base58, run.clone(), &bytes);
        true
    }
}

/// How far before a stretch a list can begin without covering the stretch before.
const MAX_LIST_HEAD: usize = 2 * MIN_RUN;

/// Where that begins which reaches to the end of `bytes`.
fn start_of(bytes: &[u8], belongs: impl Fn(u8) -> bool) -> usize {
    bytes.iter().rposition(|byte| !belongs(*byte)).map_or(0, |place| place + 1)
}

/// The classes of the run that begins at `start`, and where it ends.
fn run_from(bytes: &[u8], start: usize) -> (u8, usize) {
    let (mut classes, mut at) = (0, start);
    while let Some(class) = bytes.get(at).map(|byte| CLASSES[usize::from(*byte)]).filter(|class| *class != 0) {
        classes |= class;
        at += 1;
    }
    (classes, at)
}

/// Whether a number is the first of a list.
fn begins_list(bytes: &[u8], start: usize, end: usize) -> bool {
    let before = start.checked_sub(1).map(|before| bytes[before]);
    let opens =
        before.is_none_or(|byte| matches!(byte, b'[' | b'(' | b'"' | b'=' | b':' | b' ' | b'{' | b'\n' | b'\''));
    let follows = match bytes.get(end) {
        Some(b',' | b' ' | b';') => true,
        Some(b'"') => bytes[start..end] == *b"0" && bytes.get(end + 1) == Some(&b':'),
        _ => false,
    };
    end - start <= 5 && opens && follows
}

/// Whether a run can be the path of an address: it begins with a slash, or the last label of a host or a port.
fn is_path(bytes: &[u8], run: &Range<usize>) -> bool {
    let before = run.start.checked_sub(1).map(|before| bytes[before]);
    bytes[run.start] == b'/' || matches!(before, Some(b'.' | b':' | b' '))
}

/// Whether a run is a word, or many: of those that have small letters, at most each third is a capital.
fn is_words(run: &[u8], classes: u8) -> bool {
    let capitals = || run.iter().filter(|byte| byte.is_ascii_uppercase()).count();
    let is_one_case = classes & (UPPER | LOWER) != UPPER | LOWER;
    classes & DIGIT == 0 && classes & NOT_HEX != 0 && (is_one_case || !is_mixed(run) && capitals() * 3 <= run.len())
}

/// Whether letters of both cases are mixed as no words have them, even if each begins with a capital.
fn is_mixed(run: &[u8]) -> bool {
    let changes = run.windows(2).filter(|pair| pair[0].is_ascii_uppercase() != pair[1].is_ascii_uppercase()).count();
    changes * 3 >= run.len()
}

/// Whether what base64 holds begins as text, or as a stream: by its first nine bytes.
fn begins_readable<'a>(text: impl ExactSizeIterator<Item = &'a u8> + Clone) -> bool {
    let mut bytes = [0; 9];
    let mut digits = text.clone().map(|byte| SEXTETS[usize::from(*byte)]);
    for group in bytes.chunks_exact_mut(3) {
        let mut next = || u32::from(digits.next().unwrap_or(0));
        let bits = next() << 18 | next() << 12 | next() << 6 | next();
        group.copy_from_slice(&bits.to_be_bytes()[1..]);
    }
    let may_be =
        bytes.iter().filter(|byte| pack::is_text(**byte) || **byte == 0).count() >= 7 || pack::begins_stream(&bytes);
    may_be && pack::looks_readable(&from_base64(text, PROBE))
}

/// What base64 holds, at most `limit` bytes of it. Its characters have been looked at.
fn from_base64<'a>(text: impl ExactSizeIterator<Item = &'a u8>, limit: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity((text.len() * 6 / 8).min(limit));
    let (mut bits, mut held) = (0u32, 0);
    for value in text.map(|byte| SEXTETS[usize::from(*byte)]) {
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            if bytes.len() == limit {
                break;
            }
        }
    }
    bytes
}

/// What base32 holds; `None` if that is none, or, unless it is `worth` a look anyhow, if it does not begin as text.
fn from_base32(text: &[u8], worth: bool, value: impl Fn(&u8) -> Option<u8>) -> Option<Vec<u8>> {
    // Five bytes tell a word from text: they are hardly ever text by chance.
    let first = text.iter().take(8).try_fold(0u64, |sum, byte| Some(sum << 5 | u64::from(value(byte)?)))?;
    if !worth && first.to_be_bytes()[3..].iter().filter(|byte| pack::is_text(**byte)).count() < 4 {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut bits, mut held) = (0u32, 0);
    for byte in text {
        bits = bits << 5 | u32::from(value(byte)?);
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    Some(bytes)
}

/// Whether a number in base58 begins as text does: its first four bytes follow from its first digits and its length.
fn begins_as_text(run: &[u8]) -> bool {
    const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    const HEAD: usize = 9;
    let mut head = 0f64;
    for byte in run.iter().take(HEAD) {
        let Some(value) = ALPHABET.iter().position(|digit| digit == byte) else { return false };
        head = head * 58.0 + value as f64;
    }
    let bits = head.log2() + (run.len() - HEAD.min(run.len())) as f64 * 58f64.log2();
    let whole = (bits / 8.0).floor();
    let first = (bits - whole * 8.0 + 24.0).exp2() as u32;
    // The last of the four may be one too low or too high.
    let [one, two, ..] = first.to_be_bytes();
    let begins_stream = matches!((one, two), (0x1f, 0x8b) | (0x78, 0x01 | 0x5e | 0x9c | 0xda) | (0x28, 0xb5));
    begins_stream || first.to_be_bytes()[..3].iter().all(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~'))
}

/// The six bits of each character of base64; 0 for what is none.
static SEXTETS: [u8; 256] = sextets();

const fn sextets() -> [u8; 256] {
    let mut values = [0; 256];
    let mut value = 0;
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    while value < 64 {
        values[alphabet[value] as usize] = value as u8;
        value += 1;
    }
    values[b'-' as usize] = 62;
    values[b'_' as usize] = 63;
    values
}
