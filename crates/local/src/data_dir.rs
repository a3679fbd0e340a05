//! Where one installation keeps its data, and which process holds it.

use std::{
    fs::{self, File, TryLockError},
    io::{Read, Seek, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{LocalError, secret};

/// The folder of one installation. Its services are run by the one process that holds it; others attach to them.
#[derive(Clone, Debug)]
pub struct DataDir {
    root: PathBuf,
}

/// Who holds a data directory.
#[derive(Debug)]
pub enum Lock {
    /// We do, until the value is dropped.
    Held(Held),
    /// Another process does.
    Busy {
        /// Its id, if it has written it already.
        pid: Option<u32>,
        /// Where its services answer; `None` while they are being started.
        services: Option<Services>,
    },
}

/// A data directory that this process holds. Let it go last, after the services were stopped.
#[derive(Debug)]
pub struct Held {
    dir: DataDir,
    file: File,
}

/// Where the running services answer. Whoever can read this can use them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Services {
    /// `nats://user:password@127.0.0.1:port`.
    pub nats: String,
    /// `http://127.0.0.1:port`.
    pub clickhouse: String,
    /// User of the latter.
    pub user: String,
    /// Its password.
    pub password: String,
    /// Whether they stay until somebody stops them, so that others may work with them; else they end with one run.
    pub stays: bool,
}

impl DataDir {
    /// Opens `root`, which is created with mode 0700 if it is not there, with all that belongs inside.
    ///
    /// # Errors
    /// [`LocalError::File`] if a folder cannot be made.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, LocalError> {
        let root = root.into();
        secret::private_dir(&root)?;
        // Children have other working directories.
        let root = root.canonicalize().map_err(LocalError::file("read", &root))?;
        let dir = Self { root };
        for inside in [dir.nats(), dir.clickhouse(), dir.evidence()] {
            secret::private_dir(&inside)?;
        }
        Ok(dir)
    }

    /// The folder itself, absolute.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What `nats-server` keeps.
    #[must_use]
    pub fn nats(&self) -> PathBuf {
        self.root.join("nats")
    }

    /// What the embedded engine keeps.
    #[must_use]
    pub fn clickhouse(&self) -> PathBuf {
        self.root.join("clickhouse")
    }

    /// Screenshots and other evidence.
    #[must_use]
    pub fn evidence(&self) -> PathBuf {
        self.root.join("evidence")
    }

    /// The key that signs evidence, where no other is given. Not among the evidence: that may be handed on as a whole.
    #[must_use]
    pub fn evidence_key(&self) -> PathBuf {
        self.root.join("evidence-key.pem")
    }

    /// Tries to hold the directory. The system frees it when this process ends, however it ends.
    ///
    /// # Errors
    /// [`LocalError::File`] if the lock file cannot be used. That somebody else holds it is no error.
    pub fn lock(&self) -> Result<Lock, LocalError> {
        let path = self.root.join("lock");
        let mut file = fs::OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(LocalError::file("create", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                file.read_to_string(&mut text).map_err(LocalError::file("read", &path))?;
                return Ok(Lock::Busy { pid: text.trim().parse().ok(), services: self.services() });
            }
            Err(TryLockError::Error(source)) => return Err(LocalError::file("lock", &path)(source)),
        }
        // Left over by a holder that was killed.
        let _ = fs::remove_file(self.services_path());
        let pid = std::process::id().to_string();
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(pid.as_bytes()))
            .map_err(LocalError::file("write", &path))?;
        Ok(Lock::Held(Held { dir: self.clone(), file }))
    }

    /// What the holder published; `None` if it did not yet.
    #[must_use]
    pub fn services(&self) -> Option<Services> {
        serde_json::from_slice(&fs::read(self.services_path()).ok()?).ok()
    }

    fn services_path(&self) -> PathBuf {
        self.root.join("services.json")
    }
}

impl Held {
    /// The directory that is held.
    #[must_use]
    pub fn dir(&self) -> &DataDir {
        &self.dir
    }

    /// Tells others where the services answer, in `services.json` (mode 0600).
    ///
    /// # Errors
    /// [`LocalError::File`] if it cannot be written.
    pub fn publish(&self, services: &Services) -> Result<(), LocalError> {
        secret::write_private(&self.dir.services_path(), &serde_json::to_vec_pretty(services)?)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // Before the lock goes: nobody may attach to services that are gone.
        let _ = fs::remove_file(self.dir.services_path());
        // Closing alone would not do: a child between fork and exec has the same open file for a moment.
        let _ = self.file.unlock();
    }
}

impl std::fmt::Debug for Services {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Services")
            .field("clickhouse", &self.clickhouse)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn services() -> Services {
        Services {
            nats: "nats://earshot:secret@127.0.0.1:1".into(),
            clickhouse: "http://127.0.0.1:2".into(),
            user: "earshot".into(),
            password: "secret".into(),
            stays: true,
        }
    }

    #[test]
    fn a_second_command_attaches_to_the_first_ones_services() {
        let temp = tempfile::tempdir().unwrap();
        let dir = DataDir::open(temp.path().join("data")).unwrap();
        let Lock::Held(held) = dir.lock().unwrap() else { panic!("nobody else holds it") };
        let busy = |expected: Option<Services>| match dir.lock().unwrap() {
            Lock::Busy { pid, services } => {
                assert_eq!(pid, Some(std::process::id()));
                assert_eq!(services, expected);
            }
            Lock::Held(_) => panic!("it is held already"),
        };
        busy(None);
        held.publish(&services()).unwrap();
        busy(Some(services()));
        let mode = fs::metadata(dir.services_path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        drop(held);
        assert_eq!(dir.services(), None);
        assert!(matches!(dir.lock().unwrap(), Lock::Held(_)));
    }

    #[test]
    fn what_a_killed_holder_published_is_not_believed() {
        let temp = tempfile::tempdir().unwrap();
        let dir = DataDir::open(temp.path()).unwrap();
        fs::write(dir.services_path(), serde_json::to_vec(&services()).unwrap()).unwrap();
        let Lock::Held(_held) = dir.lock().unwrap() else { panic!("nobody holds it") };
        assert_eq!(dir.services(), None);
    }

    #[test]
    fn passwords_are_not_printed() {
        assert!(!format!("{:?}", services()).contains("secret"));
    }
}
