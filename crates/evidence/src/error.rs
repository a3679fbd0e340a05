//! What can go wrong with evidence.

use thiserror::Error;

/// Why evidence could not be kept, read or exported.
#[derive(Debug, Error)]
pub enum EvidenceError {
    /// The place where evidence is kept cannot be used.
    #[error("cannot keep evidence in {place}: {reason}")]
    Place {
        /// Which.
        place: String,
        /// Why not.
        reason: String,
    },
    /// Something could not be read from there or written there.
    #[error("cannot {what} {key} in the evidence store: {source}")]
    Store {
        /// `read` or `write`.
        what: &'static str,
        /// Of what.
        key: String,
        /// What came back.
        source: object_store::Error,
    },
    /// What lies there is not what we have written.
    #[error("{key} in the evidence store is damaged: {reason}")]
    Damaged {
        /// Of what.
        key: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A key cannot be read, made or kept.
    #[error("the evidence key{of}: {reason}")]
    Key {
        /// ` FILE`, where it is in one.
        of: String,
        /// Why. Never what the file holds.
        reason: String,
    },
    /// A file could not be read or written.
    #[error("{file}: {source}")]
    File {
        /// Which.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// The archive could not be written.
    #[error("cannot write the archive: {0}")]
    Archive(#[from] zip::result::ZipError),
}

impl EvidenceError {
    /// Whether the evidence store simply has no such thing.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Store { source: object_store::Error::NotFound { .. }, .. })
    }

    /// For `map_err`: names the file.
    pub(crate) fn file(path: &std::path::Path) -> impl Fn(std::io::Error) -> Self {
        let file = path.display().to_string();
        move |source| Self::File { file: file.clone(), source }
    }
}
