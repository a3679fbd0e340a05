//! SHA-256, in bytes and in hex.

use std::io::{self, Read, Write};

use sha2::{Digest as _, Sha256};

/// A SHA-256.
pub(crate) type Hash = [u8; 32];

pub(crate) fn of(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

/// 32 bytes from lower-case hex.
pub(crate) fn parse(hex: &str) -> Option<Hash> {
    data_encoding::HEXLOWER.decode(hex.as_bytes()).ok()?.try_into().ok()
}

/// What passes through is counted and hashed.
pub(crate) struct Hashing<W> {
    pub inner: W,
    bytes: u64,
    hash: Sha256,
}

impl<W> Hashing<W> {
    pub fn new(inner: W) -> Self {
        Self { inner, bytes: 0, hash: Sha256::new() }
    }

    /// What it all went to, how many bytes there were, and their hash.
    pub fn finish(self) -> (W, u64, Hash) {
        (self.inner, self.bytes, self.hash.finalize().into())
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Reads to the end, or to `most` bytes: how many there were, and their hash.
pub(crate) fn of_all(mut from: impl Read, most: u64) -> io::Result<(u64, Hash)> {
    let mut hashing = Hashing::new(io::sink());
    io::copy(&mut (&mut from).take(most), &mut hashing)?;
    let (_, bytes, hash) = hashing.finish();
    Ok((bytes, hash))
}
