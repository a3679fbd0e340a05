//! A file that is not there before it is whole.

use std::{
    fs::{self, File},
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use super::FileNote;

/// A file being written, under another name until it is done; what was written goes with it if it never is.
pub(super) struct Target {
    name: String,
    file: PathBuf,
    part: PathBuf,
    out: BufWriter<File>,
    hash: Sha256,
    length: u64,
    done: bool,
}

impl Target {
    pub(super) fn new(dir: &Path, name: &str) -> Result<Self> {
        let (file, part) = (dir.join(name), dir.join(format!(".{name}.part")));
        let out = File::create(&part).with_context(|| format!("cannot write {}", part.display()))?;
        let (name, out) = (name.to_owned(), BufWriter::new(out));
        Ok(Self { name, file, part, out, hash: Sha256::new(), length: 0, done: false })
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.out.write_all(bytes).with_context(|| format!("cannot write {}", self.part.display()))?;
        self.hash.update(bytes);
        self.length += bytes.len() as u64;
        Ok(())
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Gives it its name.
    pub(super) fn finish(mut self) -> Result<FileNote> {
        let written = self.out.flush().and_then(|()| self.out.get_ref().sync_all());
        written
            .and_then(|()| fs::rename(&self.part, &self.file))
            .with_context(|| format!("cannot write {}", self.file.display()))?;
        self.done = true;
        let sha256 = HEXLOWER.encode(&self.hash.clone().finalize());
        Ok(FileNote { name: self.name.clone(), bytes: self.length, sha256, rows: None, query: None })
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        if !self.done {
            // Nothing better can be done about a file that does not go away.
            let _ = fs::remove_file(&self.part);
        }
    }
}
