//! What can go wrong with the local services.

use std::{io, path::PathBuf, time::Duration};

use thiserror::Error;

use crate::parts::PartError;

/// Why a local service could not be started, reached or stopped.
#[derive(Debug, Error)]
pub enum LocalError {
    /// A program or library that is needed is not there.
    #[error(transparent)]
    Part(#[from] PartError),
    /// A file or folder could not be used.
    #[error("cannot {action} {}: {source}", path.display())]
    File {
        /// What was tried: "create", "read", "write", "lock".
        action: &'static str,
        /// With what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A child could not be started.
    #[error("cannot start {name}: {source}")]
    Spawn {
        /// Which service.
        name: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// A child ended before it was ready.
    #[error("{name} ended before it was ready ({exit}); the end of {}:\n{tail}", log.display())]
    EndedEarly {
        /// Which service.
        name: &'static str,
        /// How it ended.
        exit: crate::Exit,
        /// Where its log is.
        log: PathBuf,
        /// The last lines of it.
        tail: String,
    },
    /// A child did not become ready in time.
    #[error("{name} was not ready after {} s; see {}", after.as_secs(), log.display())]
    NotReady {
        /// Which service.
        name: &'static str,
        /// How long we waited.
        after: Duration,
        /// Where its log is.
        log: PathBuf,
    },
    /// A child became ready, but is not what we need.
    #[error("{name} is not usable: {reason}")]
    Unusable {
        /// Which service.
        name: &'static str,
        /// Why not.
        reason: String,
    },
    /// An earlier child of a program that is gone still holds its files.
    #[error("{} is still in use by another process; end it, or use another data directory", .0.display())]
    StillInUse(PathBuf),
    /// The engine's library could not be loaded.
    #[error("cannot load {}: {reason}", path.display())]
    Library {
        /// Which file.
        path: PathBuf,
        /// What the loader said.
        reason: String,
    },
    /// The engine refused to open its data.
    #[error("the ClickHouse engine cannot open {}: it is damaged, not writable, or in use", .0.display())]
    Open(PathBuf),
    /// The HTTP port failed.
    #[error("cannot serve on {listen}: {source}")]
    Listen {
        /// The address.
        listen: String,
        /// What the system said.
        source: io::Error,
    },
    /// The engine's child got options that it cannot read.
    #[error("the engine's options do not parse: {0}")]
    Options(#[from] serde_json::Error),
}

impl LocalError {
    /// For `map_err`: names the file that an I/O error is about.
    pub(crate) fn file(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source }
    }
}
