//! Base85: Ascii85 as Adobe writes it, and Z85 (ZeroMQ RFC 32).

use std::ops::Range;

use super::{Coding, Frame, Walk, closing_quote, pack};
use crate::leak::view::base85_value;

/// The shortest that is decoded between its marks.
const MIN_MARKED: usize = 12;

/// How much is decoded to see whether it can be read, in bytes.
const PROBE: usize = 36;

/// The shortest base85 that is decoded.
const MIN_BASE85: usize = 20;

/// Every so many bytes a stretch of that length is looked at for base85 in a string, of which at least so many have to
/// be signs: there are four of sixteen on average. So strings from 48 characters on are found nearly always.
const BASE85_STEP: usize = 32;
const BASE85_WINDOW: usize = 16;
const BASE85_SIGNS: u32 = 2;

impl Walk<'_> {
    /// Between `<~` and `~>`, as a string in quotes, or as the whole layer.
    pub(super) fn base85(&mut self, frame: &Frame<'_>) {
        let bytes = frame.bytes;
        let mut from = 0;
        while let Some(start) = memchr::memmem::find(&bytes[from..], b"<~").map(|at| from + at + 2) {
            let end = memchr::memmem::find(&bytes[start..], b"~>").map_or(bytes.len(), |end| start + end);
            self.base85_at(frame, start..end, false, true);
            from = end;
        }
        let mut at = 0;
        while let Some(window) = bytes.get(at..at + BASE85_WINDOW) {
            let place = at;
            at += BASE85_STEP;
            if !may_be_base85(window) {
                continue;
            }
            let start = memchr::memrchr(b'"', &bytes[..place]).map_or(0, |quote| quote + 1);
            let end = closing_quote(bytes, place);
            at = at.max(end);
            for z85 in [false, true] {
                if end - start < bytes.len() && begins_as_base85(&bytes[start..end], z85) {
                    self.base85_at(frame, start..end, z85, false);
                }
            }
        }
        for z85 in [false, true] {
            self.base85_at(frame, 0..bytes.len(), z85, false);
        }
    }

    fn base85_at(&mut self, frame: &Frame<'_>, at: Range<usize>, z85: bool, marked: bool) {
        let Some(text) =
            frame.bytes.get(at.clone()).filter(|text| text.len() >= if marked { MIN_MARKED } else { MIN_BASE85 })
        else {
            return;
        };
        let probe = from_base85(&text[..text.len().min(PROBE / 4 * 5)], z85);
        let worth = probe.is_some_and(|bytes| marked || pack::looks_readable(&bytes));
        if !worth || !self.affords(frame.depth) {
            return;
        }
        if let Some(bytes) = from_base85(text, z85) {
            self.decoded(frame, Coding::Base85, at, &bytes);
        }
    }
}

/// Whole groups, and the rest of one.
fn from_base85(text: &[u8], z85: bool) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 4 / 5);
    let mut group = [0; 5];
    let mut held = 0;
    for byte in text {
        if !z85 && held == 0 && *byte == b'z' {
            bytes.extend_from_slice(&[0; 4]);
            continue;
        }
        group[held] = base85_value(*byte, z85)?;
        held += 1;
        if held == 5 {
            bytes.extend_from_slice(&number(&group)?.to_be_bytes());
            held = 0;
        }
    }
    if held > 1 {
        group[held..].fill(84);
        bytes.extend_from_slice(&number(&group)?.to_be_bytes()[..held - 1]);
    }
    Some(bytes)
}

/// Whether a stretch is of one string, and full of signs that only base85 is full of.
fn may_be_base85(stretch: &[u8]) -> bool {
    let signs: u32 = stretch.iter().map(|byte| u32::from(SIGNS[usize::from(*byte)])).sum();
    (BASE85_SIGNS..NOT_BASE85.into()).contains(&signs)
}

/// 1 for a sign of base85 that other text seldom has, and for what base85 has not, more than a stretch can have signs.
static SIGNS: [u8; 256] = signs();
const NOT_BASE85: u8 = BASE85_WINDOW as u8 + 1;

const fn signs() -> [u8; 256] {
    let mut signs = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        signs[byte] = match byte as u8 {
            b'"' | b'\\' | ..=b' ' | 0x7f.. => NOT_BASE85,
            b'!' | b'#'..=b'$' | b'('..=b'*' | b';' | b'<' | b'>' | b'@' | b'['..=b'^' | b'`' | b'{'..=b'}' => 1,
            _ => 0,
        };
        byte += 1;
    }
    signs
}

/// Whether three groups of base85 are the beginning of something.
fn begins_as_base85(text: &[u8], z85: bool) -> bool {
    let mut bytes = [0; 12];
    for (group, four) in text.chunks_exact(5).zip(bytes.chunks_exact_mut(4)) {
        let mut values = [0; 5];
        for (value, byte) in values.iter_mut().zip(group) {
            let Some(found) = base85_value(*byte, z85) else { return false };
            *value = found;
        }
        let Some(number) = number(&values) else { return false };
        four.copy_from_slice(&number.to_be_bytes());
    }
    pack::looks_readable(&bytes)
}

fn number(group: &[u8; 5]) -> Option<u32> {
    group.iter().try_fold(0u32, |sum, value| sum.checked_mul(85)?.checked_add((*value).into()))
}
