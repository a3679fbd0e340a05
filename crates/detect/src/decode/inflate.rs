//! gzip and zlib streams that begin at a known place.

use std::io::{ErrorKind, Read};

use flate2::bufread::{GzDecoder, ZlibDecoder};

use super::Packing;

/// A stream that unpacked.
#[derive(Debug)]
pub(crate) struct Inflated {
    pub packing: Packing,
    pub bytes: Vec<u8>,
    /// How much of the input the stream took.
    pub taken: usize,
    /// Whether it ended where it says it ends, with the checksum that it says it has.
    pub whole: bool,
}

/// Which packing the first bytes announce.
pub(crate) fn magic(bytes: &[u8]) -> Option<Packing> {
    match bytes {
        [0x1f, 0x8b, 8, ..] => Some(Packing::Gzip),
        // Deflate with a 32 KiB window, and a header that is a multiple of 31 (RFC 1950, 2.2): 01, 5e, 9c, da.
        [0x78, flags, ..] if (0x7800 + u16::from(*flags)).is_multiple_of(31) && flags & 0x20 == 0 => {
            Some(Packing::Zlib)
        }
        _ => None,
    }
}

/// Unpacks the stream at the start of `bytes`, at most `limit` bytes of it. What was read and what was unpacked is
/// taken from `budget`, also when it comes to nothing: a stream that fails at its last byte has cost as much. A stream
/// that breaks off with its input (a cut body) or at the limit is given as far as it goes; one that is corrupt is none.
pub(crate) fn inflate(bytes: &[u8], limit: usize, budget: &mut usize) -> Option<Inflated> {
    let packing = magic(bytes)?;
    let limit = limit.min(*budget);
    let (out, ended, left) = match packing {
        Packing::Gzip => {
            let mut stream = GzDecoder::new(bytes);
            let (out, ended) = read(&mut stream, limit);
            (out, ended, stream.into_inner().len())
        }
        _ => {
            let mut stream = ZlibDecoder::new(bytes);
            let (out, ended) = read(&mut stream, limit);
            (out, ended, stream.into_inner().len())
        }
    };
    let taken = bytes.len() - left;
    *budget = budget.saturating_sub(taken + out.len());
    match ended {
        Ended::Whole => Some(Inflated { packing, bytes: out, taken, whole: true }),
        // At a limit nobody knows where the stream ends: it is taken to reach to the end of its input.
        Ended::Short | Ended::Limit if !out.is_empty() => {
            Some(Inflated { packing, bytes: out, taken: bytes.len(), whole: false })
        }
        _ => None,
    }
}

enum Ended {
    Whole,
    Short,
    Limit,
    Corrupt,
}

fn read(stream: &mut impl Read, limit: usize) -> (Vec<u8>, Ended) {
    let mut out = Vec::new();
    let ended = match stream.take(limit as u64).read_to_end(&mut out) {
        Ok(_) if out.len() < limit => Ended::Whole,
        // Exactly at the limit: whole only if nothing more comes, which also has the checksum read.
        Ok(_) => match stream.read(&mut [0]) {
            Ok(0) => Ended::Whole,
            _ => Ended::Limit,
        },
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ended::Short,
        Err(_) => Ended::Corrupt,
    };
    (out, ended)
}
