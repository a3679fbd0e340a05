//! The directory of one browser: its profile and its temporary files. It goes with the browser, and what a killed
//! process of ours left behind goes when the next one starts.

use std::{
    fs::{self, File, TryLockError},
    io,
    os::unix::fs::MetadataExt,
    path::Path,
};

use tempfile::TempDir;

/// How the names of all of them begin.
const PREFIX: &str = "earshot-browser-";

/// The file in it that its owner holds locked. The kernel lets go of the lock when the owner dies, however it dies.
const LOCK: &str = "earshot.lock";

/// A directory that is nobody else's while this lives.
pub(crate) struct Scratch {
    directory: TempDir,
    _lock: File,
}

impl Scratch {
    /// Makes one in the system's directory for temporary files.
    pub(crate) fn create() -> io::Result<Self> {
        loop {
            let directory = tempfile::Builder::new().prefix(PREFIX).tempdir()?;
            // Between its making and its locking somebody may have taken it for left behind: then there is another.
            if let Some(lock) = lock(directory.path())? {
                return Ok(Self { directory, _lock: lock });
            }
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Removes it with all that is in it.
    pub(crate) fn close(self) -> io::Result<()> {
        self.directory.close()
    }
}

/// The lock of a directory that was just made; `None` if it is somebody's already, or gone.
fn lock(directory: &Path) -> io::Result<Option<File>> {
    let path = directory.join(LOCK);
    let file = match File::create_new(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        made => made?,
    };
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error),
        Ok(()) => {}
    }
    Ok(path.exists().then_some(file))
}

/// Removes the directories whose owners are dead. Anything else is left alone: what has no lock, what is locked, what
/// is another user's, what is a link.
pub(crate) fn reap() {
    let Ok(entries) = fs::read_dir(std::env::temp_dir()) else { return };
    let ours = entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX));
    for entry in ours {
        let directory = entry.path();
        if let Some(_lock) = lock_of_the_dead(&directory) {
            match fs::remove_dir_all(&directory) {
                Ok(()) => tracing::info!(directory = %directory.display(), "removed what a dead process left behind"),
                Err(error) => tracing::warn!(directory = %directory.display(), %error, "could not be removed"),
            }
        }
    }
}

/// The lock of a directory of ours that nobody holds any more.
fn lock_of_the_dead(directory: &Path) -> Option<File> {
    let it = fs::symlink_metadata(directory).ok()?;
    if !it.is_dir() || it.uid() != nix::unistd::geteuid().as_raw() {
        return None;
    }
    let file = File::open(directory.join(LOCK)).ok()?;
    file.try_lock().is_ok().then_some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_dead_left_is_taken() {
        let (mine, left) = (Scratch::create().unwrap(), Scratch::create().unwrap());
        let Scratch { directory: left, _lock: held } = left;
        // The end of the owner: the kernel closes what it had open.
        drop(held);
        let other = tempfile::Builder::new().prefix(PREFIX).tempdir().unwrap();
        fs::write(left.path().join("Cookies"), "x").unwrap();
        reap();
        assert!(mine.path().exists() && other.path().exists() && !left.path().exists());
        let path = mine.path().to_owned();
        mine.close().unwrap();
        assert!(!path.exists());
    }
}
