//! Unpacks compressed streams, each within a budget.

use std::io::Read;

use brotli_decompressor::Decompressor;
use flate2::{Decompress, FlushDecompress, Status};
use memchr::{memchr, memmem};
use ruzstd::decoding::StreamingDecoder;

use super::coding::Coding;
use crate::decode::{Packing, inflate};

/// RFC 8878, § 3.1.1: what begins a frame.
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Largest window of zstd that memory is given for: what RFC 8878 (§ 3.1.1.1.2) asks every decoder to support.
const MAX_WINDOW: u64 = 8 * 1024 * 1024;

/// How much of a stream without a checksum must come out, so that it is none by chance.
const MIN_UNMARKED: usize = 12;

/// The shortest stream without a mark that has tables of its own, or more than one block.
const MIN_LONG: usize = 32;

/// The shortest stream of brotli: it stores what is shorter.
pub(super) const MIN_BROTLI: usize = 24;

/// A stream that was unpacked.
pub(super) struct Stream {
    pub coding: Coding,
    pub bytes: Vec<u8>,
    /// How much of the input it took.
    pub taken: usize,
    /// Whether it came to its end.
    pub whole: bool,
}

/// Where the next stream may begin, from `from` on.
pub(super) fn next(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let gzip = memmem::find(rest, &[0x1f, 0x8b, 8]);
    let rest = &rest[..gzip.map_or(rest.len(), |at| at + 3)];
    let zstd = memmem::find(rest, &ZSTD_MAGIC);
    let rest = &rest[..zstd.map_or(rest.len(), |at| at + 4)];
    let mut at = 0;
    while let Some(place) = memchr(b'x', &rest[at..]) {
        if inflate::magic(&rest[at + place..]).is_some() {
            return Some(from + at + place);
        }
        at += place + 1;
    }
    zstd.or(gzip).map(|at| from + at)
}

/// The stream that begins `bytes`, by its first bytes. One inside other bytes counts if it is whole.
pub(super) fn marked(bytes: &[u8], budget: &mut usize) -> Option<Stream> {
    if bytes.starts_with(&ZSTD_MAGIC) {
        return zstd(bytes, budget);
    }
    let stream = inflate::inflate(bytes, usize::MAX, budget)?;
    let coding = if stream.packing == Packing::Gzip { Coding::Gzip } else { Coding::Zlib };
    Some(Stream { coding, bytes: stream.bytes, taken: stream.taken, whole: stream.whole })
}

fn zstd(bytes: &[u8], budget: &mut usize) -> Option<Stream> {
    if window(bytes)? > MAX_WINDOW {
        return None;
    }
    let mut rest = bytes;
    let mut out = Vec::new();
    let whole = {
        let stream = StreamingDecoder::new(&mut rest).ok()?;
        stream.take(*budget as u64).read_to_end(&mut out).is_ok()
    };
    let taken = bytes.len() - rest.len();
    *budget = budget.saturating_sub(taken + out.len());
    (!out.is_empty()).then_some(Stream { coding: Coding::Zstd, bytes: out, taken, whole })
}

/// The window that a frame of zstd asks for (RFC 8878, § 3.1.1.1).
fn window(frame: &[u8]) -> Option<u64> {
    let descriptor = *frame.get(4)?;
    if descriptor & 0x20 == 0 {
        let window = u64::from(*frame.get(5)?);
        let base = 1u64 << (10 + (window >> 3));
        return Some(base + base / 8 * (window & 7));
    }
    let dictionary = [0, 1, 2, 4][usize::from(descriptor & 3)];
    let length = [1, 2, 4, 8][usize::from(descriptor >> 6)];
    let size = frame.get(5 + dictionary..5 + dictionary + length)?;
    Some(size.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

/// A stream of RFC 1951 that takes all of `bytes`, whatever comes out.
pub(super) fn deflate(bytes: &[u8], state: &mut Decompress, budget: &mut usize) -> Option<Stream> {
    // The first block: the last one or not, with fixed or dynamic codes, or stored with its length twice.
    match (bytes.first()? & 7, bytes) {
        (3, _) => {}
        (2 | 4 | 5, _) if bytes.len() >= MIN_LONG => {}
        (0 | 1, [_, low, high, not_low, not_high, ..]) if *low == !not_low && *high == !not_high => {}
        _ => return None,
    }
    state.reset(false);
    *budget = budget.saturating_sub(bytes.len().min(64));
    let mut out = Vec::with_capacity(256);
    loop {
        let read = state.total_in() as usize;
        let status = state.decompress_vec(&bytes[read..], &mut out, FlushDecompress::None).ok()?;
        let stuck = state.total_in() as usize == read && out.len() < out.capacity();
        if status == Status::StreamEnd || stuck || out.len() >= *budget {
            break;
        }
        if out.len() == out.capacity() {
            out.reserve(out.len().max(1024).min(*budget - out.len()));
        }
    }
    let taken = state.total_in() as usize;
    *budget = budget.saturating_sub(taken + out.len());
    let whole = bytes.len() - taken <= 4;
    (whole && out.len() >= MIN_UNMARKED).then_some(Stream { coding: Coding::Deflate, bytes: out, taken, whole })
}

/// A stream of RFC 7932 that takes all of `bytes`, whatever comes out.
pub(super) fn brotli(bytes: &[u8], budget: &mut usize) -> Option<Stream> {
    if bytes.len() < MIN_BROTLI {
        return None;
    }
    *budget = budget.saturating_sub(bytes.len());
    let mut out = Vec::new();
    let mut stream = Decompressor::new(bytes, 4096);
    stream.by_ref().take(64).read_to_end(&mut out).ok()?;
    let whole = stream.take(*budget as u64).read_to_end(&mut out).is_ok();
    *budget = budget.saturating_sub(out.len());
    let enough = out.len() >= MIN_UNMARKED && whole;
    enough.then_some(Stream { coding: Coding::Brotli, bytes: out, taken: bytes.len(), whole })
}

/// Whether bytes are something: nearly all text, or the beginning of a stream.
pub(super) fn looks_readable(bytes: &[u8]) -> bool {
    let sample = &bytes[..bytes.len().min(128)];
    let text = sample.iter().filter(|byte| is_text(**byte)).count();
    text * 20 >= sample.len() * 17 || begins_stream(bytes) || is_utf16(sample) || is_multilingual(sample)
}

/// Whether a byte is a character of ASCII text.
pub(super) fn is_text(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~')
}

/// Whether the first bytes announce a stream.
pub(super) fn begins_stream(bytes: &[u8]) -> bool {
    bytes.starts_with(&ZSTD_MAGIC) || (bytes.len() > 8 && inflate::magic(bytes).is_some())
}

/// Whether every second byte is nought.
pub(super) fn is_utf16(bytes: &[u8]) -> bool {
    let noughts = |first: usize| bytes.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
    bytes.len() >= 16 && noughts(0).max(noughts(1)) * 10 >= bytes.len() * 4
}

/// Text of other scripts than ours; random bytes are never UTF-8 for long.
fn is_multilingual(sample: &[u8]) -> bool {
    let valid = match std::str::from_utf8(sample) {
        Ok(_) => sample.len(),
        Err(error) => error.valid_up_to(),
    };
    valid >= 24 && valid + 4 >= sample.len() && !sample[..valid].iter().any(|byte| *byte < 9)
}
