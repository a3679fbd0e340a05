//! The archive: what is in it, read within bounds.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufReader, Read as _, Seek as _, SeekFrom},
    path::Path,
};

use zip::{ZipArchive, result::ZipError};

use super::{Problem, ProblemKind};
use crate::{
    EvidenceError,
    archive::{DIGITS, SEAL},
    evidence::MAX_FILE,
    hash::{self, Hash},
};

/// How many times its own length an archive may unpack to. Deflate makes at most 1,032 of 1 (zlib, "Technical details"): what
/// makes more counts bytes twice.
const MAX_RATIO: u64 = 1_100;

/// An archive.
pub(super) struct Container {
    zip: ZipArchive<BufReader<File>>,
    names: Vec<String>,
    /// Whether it is packed as the export has packed it.
    pub is_sealed: bool,
    /// What may still be unpacked.
    left: u64,
    /// Which files were read, with the bytes that they have.
    pub read: BTreeMap<usize, u64>,
}

/// What is wrong with a file.
type Fault = (ProblemKind, String);

impl Container {
    /// Opens it. What is odd about it as a whole comes with it; what is no archive is the inner error.
    pub fn open(path: &Path) -> Result<Result<(Self, Vec<Problem>), Problem>, EvidenceError> {
        let fault = |what: String| Problem { file: String::new(), kind: ProblemKind::Archive, what };
        let mut file = File::open(path).map_err(EvidenceError::file(path))?;
        let length = file.metadata().map_err(EvidenceError::file(path))?.len();
        let sealed = sealed(&mut file, length).map_err(EvidenceError::file(path))?;
        let zip = match ZipArchive::new(BufReader::new(file)) {
            Ok(zip) => zip,
            Err(ZipError::Io(error)) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
                return Err(EvidenceError::file(path)(error));
            }
            Err(error) => return Ok(Err(fault(format!("it is no archive that can be read: {error}")))),
        };
        let mut problems = Vec::new();
        if sealed == Some(false) {
            problems.push(fault("it is not as it was exported: its own SHA-256, at its end, is another".to_owned()));
        }
        if zip.has_duplicate_names() {
            problems.push(fault("a name occurs twice: which file is meant nobody can say".to_owned()));
        }
        let mut names = Vec::new();
        for name in zip.file_names() {
            match name {
                Ok(name) => names.push(name.into_owned()),
                Err(error) => problems.push(fault(format!("a name cannot be read: {error}"))),
            }
        }
        let left = length.saturating_mul(MAX_RATIO);
        let container = Self { zip, names, is_sealed: sealed.is_some(), left, read: BTreeMap::new() };
        Ok(Ok((container, problems)))
    }

    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// A whole file of no more than `most` bytes.
    pub fn read(&mut self, name: &str, most: u64) -> Result<Vec<u8>, Fault> {
        let mut bytes = Vec::new();
        let most = most.min(self.left);
        let index = self.entry(name, |entry| entry.take(most + 1).read_to_end(&mut bytes).map(|_| ()))?;
        self.count(index, bytes.len() as u64);
        if bytes.len() as u64 > most {
            return Err((ProblemKind::Changed, format!("it has more than {most} bytes")));
        }
        Ok(bytes)
    }

    /// Length and hash of a file that should have `bytes`; of a longer one, of one byte more.
    pub fn hash(&mut self, name: &str, bytes: u64) -> Result<(u64, Hash), Fault> {
        let most = bytes.min(MAX_FILE).min(self.left);
        let mut seen = None;
        let index = self.entry(name, |entry| {
            seen = Some(hash::of_all(entry, most + 1)?);
            Ok(())
        })?;
        let (bytes, hash) = seen.expect("the entry was read");
        self.count(index, bytes);
        Ok((bytes, hash))
    }

    fn entry(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut dyn std::io::Read) -> std::io::Result<()>,
    ) -> Result<usize, Fault> {
        let Some(index) = self.zip.index_for_name_raw(name.as_bytes()) else {
            return Err((ProblemKind::Missing, "it is not in the archive".to_owned()));
        };
        let damaged = |error: &dyn std::fmt::Display| (ProblemKind::Changed, format!("it does not unpack: {error}"));
        let mut entry = self.zip.by_index(index).map_err(|error| damaged(&error))?;
        read(&mut entry).map_err(|error| damaged(&error))?;
        Ok(index)
    }

    fn count(&mut self, index: usize, bytes: u64) {
        self.left = self.left.saturating_sub(bytes);
        self.read.insert(index, bytes);
    }
}

/// Whether the file ends with the hash of all that stands before it; `None` if it does not end with a hash at all.
fn sealed(file: &mut File, length: u64) -> std::io::Result<Option<bool>> {
    let Some(before) = length.checked_sub((SEAL.len() + DIGITS) as u64) else { return Ok(None) };
    let mut end = [0; SEAL.len() + DIGITS];
    file.seek(SeekFrom::Start(before))?;
    file.read_exact(&mut end)?;
    let (mark, digits) = end.split_at(SEAL.len());
    file.seek(SeekFrom::Start(0))?;
    // One of the two is enough: a flipped bit in the other must not make it look like an archive of somebody else's.
    if mark != SEAL.as_bytes() && !digits.iter().all(u8::is_ascii_hexdigit) {
        return Ok(None);
    }
    let (_, hash) = hash::of_all(&mut *file, length - DIGITS as u64)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(Some(hash::hex(&hash).as_bytes() == digits))
}
